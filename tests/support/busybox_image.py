"""An image of busybox alone: its shell, no C library, no package manager."""

from __future__ import annotations

import shutil
from pathlib import Path

from trailer_tui.dockerfile.context import BuildContext, ContextEntry, text_entry
from trailer_tui.engine.cancel import CancelToken
from trailer_tui.engine.docker_engine import DockerEngine
from trailer_tui.engine.events import EngineEvent
from trailer_tui.engine.interface import BuildRequest

_INTERPRETER = b"ld-linux"
"""In programs that need glibc to start."""


def why_no_busybox() -> str:
    """Why the image cannot be made here; empty when it can."""
    program = shutil.which("busybox")
    if program is None:
        return "busybox is not installed"
    return "busybox is not linked statically" if _INTERPRETER in Path(program).read_bytes()[:4096] else ""


def build_busybox_image(engine: DockerEngine, *references: str) -> None:
    """Give the engine the image under these names."""
    program = Path(shutil.which("busybox") or "")
    lines = ["FROM scratch", "COPY busybox /bin/busybox", "COPY etc /etc"]
    lines += ['RUN ["/bin/busybox", "mkdir", "-p", "/tmp", "/usr/bin", "/usr/local/bin", "/sbin", "/usr/sbin"]']
    lines += ['RUN ["/bin/busybox", "--install", "-s"]', "ENV PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"]
    entries = (
        ContextEntry("busybox", program.stat().st_size, 0o755, lambda: program.open("rb")),
        text_entry("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"),
        text_entry("etc/group", "root:x:0:\n"),
    )
    request = BuildRequest(BuildContext("\n".join(lines) + "\n", entries), references[0])
    image = engine.build(request, _ignore, CancelToken())
    for reference in references:
        engine.tag(image, reference)


def _ignore(event: EngineEvent) -> None:
    """Nobody looks at how the image is made."""
