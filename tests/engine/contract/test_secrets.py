"""Build secrets on every engine that mounts them: there while the step runs, and nowhere after."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Callable

import pytest

from tests.engine.contract.subject import Subject
from tests.engine.recorded import Recorded
from tests.support.saved_image import found_in_image
from trailer_tui.dockerfile.context import BuildContext
from trailer_tui.engine.cancel import CancelToken
from trailer_tui.engine.interface import BuildRequest
from trailer_tui.model.errors import BuildFailed, EngineError
from trailer_tui.model.secret import MAX_SECRET_BYTES

Note = Callable[[str], None]

MOUNT = "--mount=type=secret,id=token"


def build(host: Subject, steps: str, recorded: Recorded, **secrets: bytes) -> str:
    """Build on the base, with a first step that no cache knows."""
    text = f"FROM {host.base}\nRUN echo {uuid.uuid4().hex} >/word\n{steps}"
    readers = {name: lambda value=value: value for name, value in secrets.items()}
    request = BuildRequest(BuildContext(text), "test:1", secrets=readers)
    return host.engine.build(request, recorded, CancelToken())


@pytest.mark.promise("Build secrets, in no layer afterwards")
def test_a_secret_is_there_in_its_step_and_in_no_layer(host: Subject, recorded: Recorded, differs: Note) -> None:
    value, word = f"hush {uuid.uuid4().hex} ü\n".encode(), uuid.uuid4().hex
    steps = (
        f"RUN {MOUNT} cat /run/secrets/token; stat -c %a /run/secrets/token\n"
        f"RUN {MOUNT},target=/root/key test -s /root/key && echo there\n"
        f"RUN test ! -s /run/secrets/token && test ! -s /root/key && echo {word} | cat >/word; echo gone\n"
    )
    if not host.capabilities.secrets:
        with pytest.raises(EngineError, match=r"mount|secret|token"):
            build(host, steps, recorded, token=value)
        differs("The builder cannot mount them; Trailer refuses the build before it starts.")
        return
    image = build(host, steps, recorded, token=value)
    assert recorded.output(f"RUN {MOUNT} cat") == f"{value.decode()}400\n"
    assert recorded.output(f"RUN {MOUNT},target") == "there\n"
    assert recorded.output("RUN test") == "gone\n"
    text = value.strip()
    needles = [word.encode(), text, text[5:37], base64.b64encode(text)]
    assert found_in_image(host.address, image, needles) == {word.encode()}


@pytest.fixture
def mounting(host: Subject) -> Subject:
    """An engine whose builder mounts secrets."""
    if not host.capabilities.secrets:
        pytest.skip("the builder mounts no secrets")
    return host


def test_the_largest_secret_arrives_whole(mounting: Subject, recorded: Recorded) -> None:
    value = b"".join(b"%08x" % number for number in range(MAX_SECRET_BYTES // 8))
    steps = f"RUN {MOUNT} perl -e 'local $/; open F, \"/run/secrets/token\"; print length($_ = <F>), substr($_, -8)'\n"
    build(mounting, steps, recorded, token=value)
    assert recorded.output("RUN --mount") == f"{MAX_SECRET_BYTES}{value[-8:].decode()}"


def test_a_secret_that_nobody_gave(mounting: Subject, recorded: Recorded) -> None:
    build(mounting, f"RUN {MOUNT} test ! -e /run/secrets/token && echo without\n", recorded, other=b"x")
    assert recorded.output("RUN --mount") == "without\n"
    with pytest.raises(BuildFailed, match="token"):
        build(mounting, f"RUN {MOUNT},required=true true\n", Recorded(), other=b"x")
