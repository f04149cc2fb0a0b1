"""Finding and sorting the files of the archive."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trailer_tui.model.stored_file import FileRecord


class FileSort(StrEnum):
    """What files are sorted by."""

    NAME = "name"
    TYPE = "type"
    SIZE = "size"
    UPDATED = "last update"


@dataclass(frozen=True, slots=True)
class FileOrder:
    """How files are sorted; those that are equal in it by name."""

    sort: FileSort = FileSort.NAME
    descending: bool = False

    def of(self, files: Iterable[FileRecord]) -> list[FileRecord]:
        """The files in this order."""
        by_name = sorted(files, key=lambda file: (file.name.casefold(), file.owner))
        return sorted(by_name, key=self._key, reverse=self.descending)

    def _key(self, file: FileRecord) -> tuple[str, float]:
        match self.sort:
            case FileSort.NAME:
                return file.name.casefold(), 0
            case FileSort.TYPE:
                return file.content_type or file.kind, 0
            case FileSort.SIZE:
                return "", -1 if file.size is None else file.size
            case FileSort.UPDATED:
                return "", file.updated_at.timestamp()


def matching(files: Iterable[FileRecord], text: str) -> list[FileRecord]:
    """The files in whose name every word of `text` occurs, whatever its case."""
    words = text.casefold().split()
    return [file for file in files if all(word in file.name.casefold() for word in words)]
