"""Values that look like shell, Dockerfile or template stay text when the image is built and run."""

from __future__ import annotations

import dataclasses
import io
import shlex

import pytest

from tests.engine.recorded import Recorded
from tests.support.containers import running
from trailer_tui.dockerfile.generate import build_context
from trailer_tui.dockerfile.inputs import BuildInputs, StoredFile
from trailer_tui.engine.cancel import CancelToken
from trailer_tui.engine.docker_engine import DockerEngine
from trailer_tui.engine.interface import BuildRequest
from trailer_tui.model.image import GenerateConfiguration

pytestmark = pytest.mark.engine

TEXTS = [
    "$(touch canary)",
    "`touch canary`",
    "a'b\"c",
    "\\",
    "\\\\n \\' \\$HOME",
    "${HOME} $HOME $$ ${",
    "; touch canary #",
    '"], "x", ["',
    "{{ 7*7 }} {% raw %}",
    "--chown=1:1 --from=x",
    "[a] *? ]",
    "<<EOF & | > <",
    "# escape=`",
    "ü 😀 %PATH% !x! ~",
    "x" * 180,
]


def test_nothing_of_a_value_is_run(engine: DockerEngine, docker_host: str, base_image: str) -> None:
    # Half of them as names of files, the others as places: each is a step of the build.
    names = [text for text in TEXTS[::2] if "\\" not in text and len(text) < 128]
    places = [text for text in TEXTS if text not in names]
    stored = StoredFile(name="", size=5, sha256="", open=lambda: io.BytesIO(b"mine\n"))
    archive = {
        name: dataclasses.replace(stored, name=name, sha256=f"{number:064x}") for number, name in enumerate(names)
    }
    files = [{"source": "archive", "file": name, "destination": "/opt/kept/"} for name in names]
    files += [{"source": "archive", "file": names[0], "destination": f"/opt/named/{text}x/{text}x"} for text in places]
    configuration = GenerateConfiguration.model_validate(
        {
            "image_name": "hostile:1",
            "base_image": base_image,
            "user": {"uid": 2001, "name": "ada"},
            "startup": [{"command": f"printf '[%s]\\n' {shlex.join(TEXTS)}"}],
            "files": files,
        }
    )
    context = build_context(configuration, BuildInputs(files=archive))
    assert context is not None
    image = engine.build(BuildRequest(context, "hostile:1"), Recorded(), CancelToken())
    with running(docker_host, image) as container:
        assert container.ended() == 0
        assert container.log().splitlines() == [f"[{text}]" for text in TEXTS]
    look = (
        "sh",
        "-c",
        "cd /opt && find kept named -type f; cat kept/* named/*/* | sort -u; find / -xdev -name 'canary*'",
    )
    with running(docker_host, image, command=look, user="0") as container:
        assert container.ended() == 0
        *found, content = container.log().splitlines()
    wanted = [f"kept/{name}" for name in names] + [f"named/{text}x/{text}x" for text in places]
    assert sorted(found) == sorted(wanted)
    assert content == "mine"
