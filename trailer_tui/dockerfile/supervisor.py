"""Where s6, the supervisor of startup commands, comes from on each family of distributions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from trailer_tui.dockerfile.plan import Section
from trailer_tui.dockerfile.quoting import Quoted, UserText

_FIELD = "configuration.startup"
_PACKAGE = "s6"
_MANAGERS = {"debian": "apt-get", "alpine": "apk", "arch": "pacman"}
"""Families whose own repositories have s6, and their package managers."""

_RELEASE = "https://github.com/just-containers/s6-overlay/releases/download/v3.2.0.2"
"""The documented place of s6-overlay, whose archive of one machine holds s6 without anything that it needs."""

_FAILURE = (
    "Several startup commands need the supervisor s6, and this base image has neither it nor a package of it, or its "
    "archive could not be fetched and unpacked (that takes curl or wget, sha256sum, tar and xz): install s6 in the "
    "base image, choose another base image, or use a single startup command"
)


@dataclass(frozen=True, slots=True)
class _Archive:
    """One archive of s6-overlay."""

    machine: str
    """As `uname -m` says it."""
    sha256: str

    def shown(self) -> dict[str, Quoted]:
        url = f"{_RELEASE}/s6-overlay-{self.machine}.tar.xz"
        return {"machine": Quoted(self.machine), "url": Quoted(url), "sha256": Quoted(self.sha256)}


_ARCHIVES = {
    "linux-64": _Archive("x86_64", "59289456ab1761e277bd456a95e737c06b03ede99158beb24f12b165a904f478"),
    "linux-aarch64": _Archive("aarch64", "8b22a2eaca4bf0b27a43d36e65c89d2701738f628d1abd0cea5569619f66f785"),
}
"""By conda's platform, which is what builds know of the machine."""


def supervisor(family: str | None, platform: str) -> Section:
    """The step that makes sure of s6: what the base image has, else a package, else the archive of s6-overlay.

    It fails, with what is missing and what to do, where none can be had.

    Args:
        family: of the base image; None makes a step that finds out by what is there.
        platform: conda's name of what is built for.
    """
    has_package = family in _MANAGERS
    # A builder fetches the archive itself where it is certain to be needed: distributions without the package.
    download = _ARCHIVES.get(platform) if family is not None and not has_package else None
    wanted = [name for name in _MANAGERS if family in (None, name)]
    values: dict[str, Any] = {
        "failure": UserText(_FIELD, _FAILURE),
        "download": download.shown() if download else None,
        "finds_out": not has_package and download is None,
        "archives": [archive.shown() for archive in _ARCHIVES.values()],
        "packages": [_way(name) for name in wanted],
    }
    return "startup/supervisor", values


def _way(family: str) -> dict[str, Any]:
    return {
        "manager": Quoted(_MANAGERS[family]),
        "template": f"commands/install_{family}.j2",
        "packages": [UserText(_FIELD, _PACKAGE)],
    }
