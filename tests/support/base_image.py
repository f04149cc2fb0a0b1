"""A small Debian to build on, made once and kept under `build/`."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from docker.errors import DockerException

from tests.support.dockerd import NoEngine
from trailer_tui.engine.client import EngineClient
from trailer_tui.engine.wire import HostAddress

SUITE = "bookworm"
REFERENCE = "trailer-test/base:1"

_CACHE = Path(__file__).parents[2] / "build"


def root_file_system() -> Path:
    """The tar of a minimal Debian, made by mmdebstrap when it is not there yet.

    Raises:
        NoEngine: it cannot be made here; the message says why.
    """
    tar = _CACHE / f"base-{SUITE}.tar"
    if tar.exists():
        return tar
    if shutil.which("mmdebstrap") is None or os.geteuid() != 0:
        raise NoEngine("the base image needs mmdebstrap and root")
    _CACHE.mkdir(exist_ok=True)
    unfinished = tar.with_name(f"{tar.stem}-{os.getpid()}.tar")
    command = ["mmdebstrap", "--variant=minbase", "--mode=root", SUITE, str(unfinished)]
    try:
        made = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=600
        )
        if made.returncode:
            raise NoEngine(f"mmdebstrap failed:\n{made.stderr[-2000:]}")
        unfinished.rename(tar)
    finally:
        unfinished.unlink(missing_ok=True)
    return tar


def import_base_image(address: str) -> bool:
    """Give the engine at `address` the image `REFERENCE`; returns whether it was missing.

    Raises:
        NoEngine: the engine does not take it; the message says why.
    """
    client = EngineClient(HostAddress.parse(address), api_version="1.41", timeout=300)
    try:
        if client.images(name=REFERENCE):
            return False
        repository, tag = REFERENCE.split(":")
        changes = ['CMD ["/bin/bash"]', "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
        client.import_image_from_file(str(root_file_system()), repository=repository, tag=tag, changes=changes)
        if not client.images(name=REFERENCE):
            raise NoEngine("the engine took the base image and does not have it")
    except DockerException as error:
        raise NoEngine(f"the engine does not take the base image: {error}") from error
    finally:
        client.close()
        client.line.close()
    return True
