"""Files below /config of a desktop: put there at the start of a container, as its user's, and never over their own."""

from __future__ import annotations

import dataclasses
import io
import shlex
import tarfile

from tests.dockerfile.test_files_part import DESKTOP, STORED, file
from tests.engine.recorded import Recorded
from trailer_tui.dockerfile.context import BuildContext
from trailer_tui.dockerfile.generate import build_context
from trailer_tui.dockerfile.inputs import BuildInputs
from trailer_tui.engine.cancel import CancelToken
from trailer_tui.engine.docker_engine import DockerEngine
from trailer_tui.engine.interface import BuildRequest
from trailer_tui.model.image import GenerateConfiguration


def tar_of_folders() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, kind, link in (
            ("open", tarfile.DIRTYPE, ""),
            ("open/run me", tarfile.REGTYPE, ""),
            ("open/link", tarfile.SYMTYPE, "nowhere"),
        ):
            entry = tarfile.TarInfo(name)
            entry.type, entry.mode, entry.linkname = kind, 0o750, link
            archive.addfile(entry, io.BytesIO())
    return buffer.getvalue()


def test_files_arrive_at_the_first_start_and_later_ones_leave_them_alone(
    engine: DockerEngine, base_image: str, recorded: Recorded
) -> None:
    content = tar_of_folders()
    tar = dataclasses.replace(STORED["tool.tgz"], size=len(content), open=lambda: io.BytesIO(content))
    hostile = '/config/it\'s a $HOME `x` "y"/ü'
    configuration = GenerateConfiguration.model_validate(
        {
            "image_name": "x:1",
            "services": DESKTOP,
            "files": [file("tool.tgz", "/config/tool"), file("notes", hostile), file("notes", "/config/mine/notes")],
        }
    )
    context = build_context(configuration, BuildInputs(files=STORED | {"tool.tgz": tar}))
    assert context is not None
    section = context.dockerfile.partition("# Files\n")[2].partition("\n\n")[0]
    start = "/custom-cont-init.d/50-trailer-files"
    steps = [
        "useradd --uid 1911 abc && mkdir -p /config/mine && chown abc /config",
        "echo of the user > /config/mine/notes",
        start,
        f"cat {shlex.quote(hostile)}",
        f"stat -c '%U %a %n' {shlex.quote(hostile)} /config/tool/open /config/tool/open/*",
        'stat -c %U "/config/it\'s a"* && readlink /config/tool/open/link && cat /config/mine/notes',
        f"echo changed > '/config/tool/open/run me' && {start} && cat '/config/tool/open/run me'",
    ]
    text = f"FROM {base_image}\n{section}\nRUN {' && '.join(steps)}\n"
    engine.build(BuildRequest(BuildContext(text, context.entries), "test-desktop:1"), recorded, CancelToken())
    engine.remove_image("test-desktop:1")
    assert recorded.output("useradd").splitlines() == [
        f"abcabc 644 {hostile}",
        "abc 750 /config/tool/open",
        "abc 777 /config/tool/open/link",
        "abc 750 /config/tool/open/run me",
        "abc",
        "nowhere",
        "of the user",
        "changed",
    ]
