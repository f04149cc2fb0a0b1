"""A small Debian to build on, made once and kept under `build/`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

from docker.errors import DockerException

from tests.support.dockerd import NoEngine
from trailer_tui.engine.client import EngineClient
from trailer_tui.engine.wire import HostAddress

SUITE = "bookworm"
REFERENCE = "trailer-test/base:1"
SHELL_REFERENCE = "trailer-test/shell:1"
"""A shell with a few programs and Perl: small, so that many engines can take it in."""

_CACHE = Path(__file__).parents[2] / "build"
_PROGRAMS = "cat|chmod|dash|echo|env|head|id|ln|ls|mkdir|mknod|perl|rm|seq|sh|sleep|stat|touch|true|wc"
_LIBRARIES = r"ld-linux|libacl|libattr|libc|libcrypt|libm|libpcre2-8|libselinux"
_SHELL_FILES = re.compile(
    rf"\./(?:bin|lib\w*|tmp|usr|usr/bin|usr/lib\w*|usr/lib/[^/]+|usr/bin/(?:{_PROGRAMS})"
    rf"|usr/lib\w*/(?:[^/]+/)?(?:{_LIBRARIES})[-.][^/]*|usr/lib/[^/]+/perl-base(?:/.*)?|etc|etc/(?:passwd|group))"
)


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


def shell_file_system() -> Path:
    """The tar of a shell with a few programs and Perl, taken from the Debian of `root_file_system`.

    Raises:
        NoEngine: it cannot be made here; the message says why.
    """
    tar = _CACHE / f"shell-{SUITE}.tar"
    if tar.exists():
        return tar
    unfinished = tar.with_name(f"{tar.stem}-{os.getpid()}.tar")
    with tarfile.open(root_file_system()) as whole, tarfile.open(unfinished, "w") as part:
        for member in whole:
            if _SHELL_FILES.fullmatch(member.name):
                part.addfile(member, whole.extractfile(member) if member.isreg() else None)
    unfinished.rename(tar)
    return tar


def import_base_image(address: str) -> bool:
    """Give the engine at `address` the image `REFERENCE`, a small Debian; returns whether it was missing.

    Raises:
        NoEngine: the engine does not take it; the message says why.
    """
    return _import(address, REFERENCE, root_file_system)


def import_shell_image(address: str) -> bool:
    """Give the engine at `address` the image `SHELL_REFERENCE`; returns whether it was missing.

    Raises:
        NoEngine: the engine does not take it; the message says why.
    """
    return _import(address, SHELL_REFERENCE, shell_file_system)


def _import(address: str, reference: str, file_system: Callable[[], Path]) -> bool:
    client = EngineClient(HostAddress.parse(address), api_version="1.41", timeout=300)
    try:
        if client.images(name=reference):
            return False
        repository, tag = reference.split(":")
        changes = ['CMD ["/bin/sh"]', "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
        client.import_image_from_file(str(file_system()), repository=repository, tag=tag, changes=changes)
        if not client.images(name=reference):
            raise NoEngine("the engine took the base image and does not have it")
    except DockerException as error:
        raise NoEngine(f"the engine does not take the base image: {error}") from error
    finally:
        client.close()
        client.line.close()
    return True
