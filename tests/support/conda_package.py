"""Conda packages made by hand: a `.tar.bz2` with its files and what installers read of it."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_EXECUTABLE = 0o755


@dataclass(frozen=True, slots=True)
class Link:
    """A symbolic link of a package."""

    to: str


@dataclass(frozen=True, slots=True)
class CondaPackage:
    """What one package is and holds."""

    name: str
    version: str
    files: Mapping[str, str | bytes | Path | Link]
    """By path below the prefix: contents, a file to take, or a link. Files below `bin/` can be executed."""
    depends: Sequence[str] = ()
    subdir: str = "noarch"
    entry_points: Sequence[str] = field(default=())
    """Commands of a `noarch: python` package, such as `hello = hello:main`; its files lie below `site-packages/`."""

    @property
    def file_name(self) -> str:
        """Of the package in its channel."""
        return f"{self.name}-{self.version}-0.tar.bz2"

    @property
    def index(self) -> dict[str, Any]:
        """Its `index.json`, which a channel repeats."""
        index: dict[str, Any] = {
            "name": self.name,
            "version": self.version,
            "build": "0",
            "build_number": 0,
            "depends": list(self.depends),
            "subdir": self.subdir,
            "timestamp": 1_700_000_000_000,
        }
        if self.subdir == "noarch":
            index["noarch"] = "python" if self._is_python else "generic"
        return index

    @property
    def _is_python(self) -> bool:
        return any(path.startswith("site-packages/") for path in self.files)

    def write(self, folder: Path) -> Path:
        """Make the package file in this folder, unless it is there."""
        made = folder / self.file_name
        if made.exists():
            return made
        unfinished = made.with_suffix(".unfinished")
        paths: list[dict[str, Any]] = []
        with tarfile.open(unfinished, "w:bz2", compresslevel=1) as tar:
            for path, content in sorted(self.files.items()):
                paths.append(_add(tar, path, content))
            described = {"info/index.json": self.index, "info/paths.json": {"paths": paths, "paths_version": 1}}
            if self._is_python:
                noarch = {"type": "python", "entry_points": list(self.entry_points)}
                described["info/link.json"] = {"noarch": noarch, "package_metadata_version": 1}
            for path, document in described.items():
                _add(tar, path, json.dumps(document))
            _add(tar, "info/files", "".join(f"{path}\n" for path in sorted(self.files)))
        unfinished.rename(made)
        return made


def _add(tar: tarfile.TarFile, path: str, content: str | bytes | Path | Link) -> dict[str, Any]:
    member = tarfile.TarInfo(path)
    member.mtime = 1_700_000_000
    if isinstance(content, Link):
        member.type, member.linkname = tarfile.SYMTYPE, content.to
        tar.addfile(member)
        return {"_path": path, "path_type": "softlink", "sha256": hashlib.sha256(b"").hexdigest(), "size_in_bytes": 0}
    data = content.read_bytes() if isinstance(content, Path) else content
    data = data.encode() if isinstance(data, str) else data
    member.size, member.mode = len(data), _EXECUTABLE if path.startswith("bin/") else 0o644
    tar.addfile(member, io.BytesIO(data))
    digest = hashlib.sha256(data).hexdigest()
    return {"_path": path, "path_type": "hardlink", "sha256": digest, "size_in_bytes": len(data)}
