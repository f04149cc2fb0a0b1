"""The archive of files: what images add, stored once or fetched from an address at every build."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from urllib.parse import unquote

from pydantic import AfterValidator, BaseModel, ConfigDict

from trailer_tui.model.errors import FieldProblem, InvalidInput
from trailer_tui.model.image import Description
from trailer_tui.model.image_file import archive_url, file_name

MAX_FILE_BYTES = 5_000_000
"""The largest upload."""

FileName = Annotated[str, AfterValidator(file_name)]
FileUrl = Annotated[str, AfterValidator(archive_url)]

TAR_TYPES = frozenset(
    {
        "application/x-tar",
        "application/x-compressed-tar",
        "application/x-bzip2-compressed-tar",
        "application/x-xz-compressed-tar",
    }
)
"""Content types (names of shared-mime-info) of what a build unpacks."""


class FileDraft(BaseModel):
    """What of a file can change: its content and its address never do."""

    model_config = ConfigDict(extra="forbid")

    name: FileName
    description: Description = ""


class UrlFileDraft(FileDraft):
    """A file that every build fetches."""

    url: FileUrl


class FileRecord(BaseModel):
    """One file of the archive."""

    model_config = ConfigDict(extra="ignore")

    id: int
    owner: str
    """Account that stored it; only images of this creator can use it."""
    name: str
    """Its name among the files of the owner; images refer to it."""
    description: str = ""
    kind: Literal["upload", "url"]
    url: str = ""
    """Where a builder fetches it; empty for an upload."""
    content_type: str = ""
    """Recognised from content and name of an upload."""
    size: int | None = None
    """Bytes of an upload."""
    sha256: str = ""
    """Of an upload, in hexadecimal."""
    used_by: list[str] = []
    """Names of the owner's images and templates whose configuration names it."""
    created_at: datetime
    updated_at: datetime

    @property
    def is_tar(self) -> bool:
        """Whether a build unpacks it."""
        return self.content_type in TAR_TYPES


def name_for_url(url: str) -> str:
    """A name that a file at this address can have in the archive; empty when the address ends in none."""
    path = url.partition("#")[0].partition("?")[0].rstrip("/")
    last = unquote(path.partition("://")[2].partition("/")[2] if "://" in path else path).rpartition("/")[2]
    try:
        return file_name(last.rpartition(":")[2].removesuffix(".git"))
    except ValueError:
        return ""


def too_large(size: int | None) -> InvalidInput:
    """The error for an upload that is too large; `size` is None when it was not read to its end."""
    number = f"has {size:,} bytes" if size is not None else "is too large"
    problem = f"{number}, and at most {MAX_FILE_BYTES:,} (5 MB) can be uploaded"
    found = FieldProblem("content", "", problem, "put it on a server and store its URL")
    return InvalidInput(found.sentence(), fields=(found,))
