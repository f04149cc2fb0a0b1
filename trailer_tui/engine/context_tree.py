"""The files of a build context in the order in which builders take them, with the folders above them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from trailer_tui.dockerfile.context import ContextEntry
from trailer_tui.dockerfile.ignore import BadPattern, Matches, PathPatterns
from trailer_tui.model.errors import BuildFailed


class TreeItem(NamedTuple):
    """One file or folder."""

    path: str
    entry: ContextEntry | None
    """None for a folder."""


@dataclass(slots=True)
class _Folder:
    """One folder on the way to the present entry."""

    name: str
    path: str
    excluded: Matches | None
    included: Matches | None
    sent: bool = False
    closed: bool = field(default=False)
    """Nothing in it can stay."""


def walk(
    entries: Iterable[ContextEntry], *, exclude: PathPatterns | None = None, include: PathPatterns | None = None
) -> Iterator[TreeItem]:
    """Every entry and every folder above one: parents before what is in them, siblings by the bytes of their names.

    Args:
        entries: files in any order; of two with one path the last counts.
        exclude: patterns of what stays out. A folder of which something stays in comes right before that.
        include: patterns of what comes in; None for everything.

    Raises:
        BuildFailed: a path leaves the context, or is that of a file and of a folder.
    """
    walker = _Walker(exclude, include)
    for parts, entry in _sorted(entries):
        yield from walker.items(parts, entry)


def bad_pattern(error: BadPattern) -> BuildFailed:
    """The failure of a build whose `.dockerignore` cannot be used."""
    return BuildFailed(f".dockerignore: {error}", hint="correct the pattern and build again")


class _Walker:
    def __init__(self, exclude: PathPatterns | None, include: PathPatterns | None) -> None:
        self._exclude = exclude
        self._include = include
        self._folders: list[_Folder] = []

    def items(self, parts: list[str], entry: ContextEntry) -> Iterator[TreeItem]:
        yield from self._descend(parts[:-1])
        parent = self._folders[-1] if self._folders else None
        if parent is not None and parent.closed:
            return
        if self._keeps(*self._matches(entry.path, parent)):
            yield from self._missing_folders()
            yield TreeItem(entry.path, entry)

    def _descend(self, names: list[str]) -> Iterator[TreeItem]:
        """Leave folders that are done with and enter those that lead to the next entry."""
        shared = 0
        while shared < min(len(names), len(self._folders)) and names[shared] == self._folders[shared].name:
            shared += 1
        del self._folders[shared:]
        for name in names[shared:]:
            parent = self._folders[-1] if self._folders else None
            path = f"{parent.path}/{name}" if parent else name
            if parent is not None and parent.closed:
                self._folders.append(_Folder(name, path, None, None, closed=True))
                continue
            excluded, included = self._matches(path, parent)
            closed = excluded is not None and excluded.matched and not self._can_bring_back
            self._folders.append(_Folder(name, path, excluded, included, closed=closed))
            if self._keeps(excluded, included):
                yield from self._missing_folders()

    @property
    def _can_bring_back(self) -> bool:
        return self._exclude is not None and self._exclude.can_bring_back

    def _matches(self, path: str, parent: _Folder | None) -> tuple[Matches | None, Matches | None]:
        return (
            self._exclude.match(path, parent.excluded if parent else None) if self._exclude else None,
            self._include.match(path, parent.included if parent else None) if self._include else None,
        )

    def _keeps(self, excluded: Matches | None, included: Matches | None) -> bool:
        return not (excluded is not None and excluded.matched) and (included is None or included.matched)

    def _missing_folders(self) -> Iterator[TreeItem]:
        for folder in self._folders:
            if not folder.sent:
                folder.sent = True
                yield TreeItem(folder.path, None)


def _sorted(entries: Iterable[ContextEntry]) -> list[tuple[list[str], ContextEntry]]:
    """The last entry of each path with the parts of the path, in the order of the walk."""
    by_path = {entry.path: entry for entry in entries}
    ordered = sorted(by_path.values(), key=lambda entry: entry.path.encode("utf-8", "surrogateescape").split(b"/"))
    found: list[tuple[list[str], ContextEntry]] = []
    before = ""
    for entry in ordered:
        parts = entry.path.split("/")
        if "\0" in entry.path or any(part in ("", ".", "..") for part in parts):
            raise BuildFailed(
                f"The path {entry.path!r} cannot be in a build context",
                hint="give the file a relative path without . and ..",
            )
        if before and entry.path.startswith(f"{before}/"):
            raise BuildFailed(
                f"The build context has {before!r} both as a file and as a folder", hint="rename one of the two"
            )
        found.append((parts, entry))
        before = entry.path
    return found
