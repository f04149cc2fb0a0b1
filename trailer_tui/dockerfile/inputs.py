"""What a build context is made of beside the configuration: all that a server knows and this package must not ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO

from trailer_tui.catalog.catalogue import Catalogue, builtin
from trailer_tui.model.resolved import ResolvedEnvironment

DEFAULT_INSTALLER_IMAGE = "mambaorg/micromamba:2.8.1"
"""Installs conda environments when the build host names no other image; pinned, so that builds can be repeated."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file of the archive, as a build needs it."""

    name: str
    url: str = ""
    """Where the builder fetches it; empty for an upload."""
    size: int = 0
    """Bytes of an upload as it is sent."""
    sha256: str = ""
    """Of an upload as it was stored, in hexadecimal."""
    is_tar: bool = False
    """Whether ADD unpacks it."""
    is_executable: bool = False
    """Whether it is a program: a script with `#!` or an ELF file."""
    open: Callable[[], IO[bytes]] | None = None
    """Opens an upload."""


@dataclass(frozen=True, slots=True)
class BuildInputs:
    """Everything but the configuration that the text and the files of a build context depend on."""

    catalogue: Catalogue = field(default_factory=builtin)
    installer_image: str = DEFAULT_INSTALLER_IMAGE
    platform: str = "linux-64"
    """Conda's name of what is built for."""
    locks: Sequence[ResolvedEnvironment] = ()
    """What earlier builds resolved; one counts when platform and specification fit."""
    solve_mark: str = ""
    """Written as a comment into the files that environments are solved from, so that a builder does not take an
    earlier solve of the same text from its cache; empty where it may."""
    files: Mapping[str, StoredFile] = field(default_factory=dict)
    """The files of the archive that the configuration names, by name."""
