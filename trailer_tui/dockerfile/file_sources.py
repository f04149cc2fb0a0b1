"""What an entry of an image's files is for a builder: a word of ADD or COPY, and what is sent for it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote, urlsplit

from trailer_tui.dockerfile.context import ContextEntry
from trailer_tui.dockerfile.inputs import StoredFile
from trailer_tui.dockerfile.plan import CONTEXT_FOLDER
from trailer_tui.model.errors import FieldProblem, InvalidInput
from trailer_tui.model.image_file import ArchiveFile, ImageFile, is_git_address

_GLOB = re.compile(r"[*?[]")


@dataclass(frozen=True, slots=True)
class FileSource:
    """Where the content of one entry comes from."""

    kind: Literal["copy", "unpack", "download", "clone"]
    word: str
    """What stands in ADD or COPY."""
    name: str
    """The name that a copied or downloaded file has in a folder; empty when its address has none."""
    entry: ContextEntry | None = None
    """What is sent with the build."""

    @property
    def fills_folder(self) -> bool:
        """Whether what arrives is a folder's content rather than one file."""
        return self.kind in ("unpack", "clone")


def file_source(number: int, file: ImageFile, stored: Mapping[str, StoredFile]) -> FileSource:
    """The source of an entry.

    Args:
        number: of the entry, from 0.
        file: the entry.
        stored: the archive's files.

    Raises:
        InvalidInput: the archive has no such file.
    """
    if not isinstance(file, ArchiveFile):
        return _remote(file.url)
    found = stored.get(file.file)
    if found is None:
        problem = FieldProblem(
            f"configuration.files.{number}.file",
            file.file,
            "is no file in the archive of the image's creator",
            "upload it, or choose another",
        )
        raise InvalidInput(problem.sentence(), fields=(problem,))
    return _remote(found.url) if found.url else _upload(number, found)


def _remote(url: str) -> FileSource:
    if is_git_address(url):
        return FileSource("clone", url, "")
    return FileSource("download", url, posixpath.basename(unquote(urlsplit(url).path)))


def _upload(number: int, stored: StoredFile) -> FileSource:
    if stored.open is None:
        raise ValueError(f"{stored.name} has neither a content nor an address")
    folder = f"{CONTEXT_FOLDER}/files/{number + 1}"
    entry = ContextEntry(
        f"{folder}/{stored.name}",
        stored.size,
        0o755 if stored.is_executable else 0o644,
        stored.open,
        f"sha256:{stored.sha256}",
    )
    # A source is a pattern; a class of one character stands for that character.
    word = f"{folder}/{_GLOB.sub(lambda match: f'[{match.group()}]', stored.name)}"
    return FileSource("unpack" if stored.is_tar else "copy", word, stored.name, entry)
