"""Root file systems with the container engines of Debian's releases, made once and kept under `build/engines/`."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

from tests.support.child import Child
from tests.support.dockerd import NoEngine

PACKAGES = {
    "bookworm": ("docker.io", "git", "iproute2", "iptables"),
    "trixie": ("docker.io", "podman", "git", "openssh-client", "iproute2", "iptables"),
    "sid": ("docker.io", "git", "openssh-client", "iproute2", "iptables"),
}
"""What is installed, by release: docker.io 20.10, 26 and the newest, and Podman 5."""

_CACHE = Path(__file__).parents[2] / "build" / "engines"
_MAKE_SECONDS = 600
_LEFT_OUT = (
    "/usr/share/doc/*",
    "/usr/share/man/*",
    "/usr/share/info/*",
    "/usr/share/locale/*",
    "/usr/share/i18n/*",
    "/usr/share/zoneinfo/*",
    "/usr/lib/*/gconv/*",
    "/usr/lib/cni/*",
    "/usr/libexec/podman/podman-testing",
    "/usr/bin/ctr",
)


class EngineRoots:
    """Makes the root file systems as they are asked for."""

    def __init__(self) -> None:
        self._making: dict[str, tuple[Child, Path]] = {}

    def prepare(self, suite: str) -> None:
        """Begin to make the root file system of this release, unless it is there."""
        if self._made(suite).exists() or suite in self._making or self._why_not():
            return
        _CACHE.mkdir(parents=True, exist_ok=True)
        _remove_abandoned()
        unfinished = _CACHE / f"{suite}-{os.getpid()}.part"
        command = [
            *("mmdebstrap", "--mode=root", "--variant=minbase", "--include", ",".join(PACKAGES[suite])),
            # A mirror's copy of the newest release may be older than its signature allows.
            *("--aptopt", 'Acquire::Check-Valid-Until "false"'),
            *(f"--dpkgopt=path-exclude={path}" for path in _LEFT_OUT),
            *(suite, str(unfinished)),
        ]
        log = unfinished.with_suffix(".log")
        self._making[suite] = (Child(command, log, os.environ | {"LC_ALL": "C.UTF-8"}), unfinished)

    def path(self, suite: str) -> Path:
        """The root file system of this release; waits while it is made.

        Raises:
            NoEngine: it cannot be made here; the message says why.
        """
        made = self._made(suite)
        if made.exists():
            return made
        reason = self._why_not()
        if reason:
            raise NoEngine(reason)
        self.prepare(suite)
        child, unfinished = self._making.pop(suite)
        code = child.finish(_MAKE_SECONDS)
        words = child.words[-2000:]
        unfinished.with_suffix(".log").unlink()
        if code:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise NoEngine(f"mmdebstrap could not make Debian {suite} with an engine:\n{words}")
        try:
            unfinished.rename(made)
        except OSError:  # Another test run was faster.
            shutil.rmtree(unfinished, ignore_errors=True)
        return made

    def close(self) -> None:
        """End what is still being made."""
        for child, unfinished in self._making.values():
            child.stop(30)
            unfinished.with_suffix(".log").unlink(missing_ok=True)
            shutil.rmtree(unfinished, ignore_errors=True)
        self._making.clear()

    @staticmethod
    def _made(suite: str) -> Path:
        recipe = hashlib.sha256(repr((PACKAGES[suite], _LEFT_OUT)).encode()).hexdigest()
        return _CACHE / f"{suite}-{recipe[:8]}"

    @staticmethod
    def _why_not() -> str:
        if os.geteuid() != 0:
            return "engines of other Debian releases need root"
        return "" if shutil.which("mmdebstrap") else "mmdebstrap is not installed"


def _remove_abandoned() -> None:
    for unfinished in _CACHE.glob("*.part"):
        owner = unfinished.stem.rpartition("-")[2]
        if not Path(f"/proc/{owner}").exists():
            unfinished.with_suffix(".log").unlink(missing_ok=True)
            shutil.rmtree(unfinished, ignore_errors=True)
