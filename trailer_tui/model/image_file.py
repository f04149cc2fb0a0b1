"""Files that an image adds: what is put where."""

from __future__ import annotations

import re
from typing import Annotated, Literal
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from trailer_tui.model.control_characters import refuse_control_characters
from trailer_tui.model.url_login import refuse_login

MAX_FILES = 99
MAX_PATH_LENGTH = 1000
MAX_NAME_BYTES = 255
"""What file systems take for one name."""

_WINDOWS_DRIVE = re.compile(r"[Cc]:[\\/]")
_SCHEME = re.compile(r"\A[A-Za-z]+://")
_SCP = re.compile(r"git@[^\s:@/]+:[^\s@]+")


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _destination(value: str) -> str:
    value = value.strip()
    refuse_control_characters(value)
    if not value:
        raise ValueError("is empty: write where it lands, such as /opt/tool/")
    if len(value) > MAX_PATH_LENGTH:
        raise ValueError(f"has {len(value)} characters: shorten it to {MAX_PATH_LENGTH}")
    if not value.startswith("/") and not _WINDOWS_DRIVE.match(value):
        raise ValueError("is no absolute path: start with /, or with C:\\ in a Windows image")
    if value.startswith("//"):
        value = f"/{value.lstrip('/')}"  # two slashes are the same place, and no folder's name begins like them
    if ".." in re.split(r"[\\/]", value):
        raise ValueError("has .. in it: write the path without")
    if any(len(part.encode()) > MAX_NAME_BYTES for part in value.split("/")):
        raise ValueError(f"has a part of more than {MAX_NAME_BYTES} bytes: shorten it")
    return value


def file_name(value: str) -> str:
    """A name in the archive of files; a validator.

    Raises:
        ValueError: it is none; the message is "problem: remedy".
    """
    value = value.strip()
    refuse_control_characters(value)
    if not value or len(value) > 128:
        raise ValueError("is empty or longer than 128 characters: choose a name")
    if len(value.encode()) > MAX_NAME_BYTES:
        raise ValueError(f"has {len(value.encode())} bytes in UTF-8: shorten it to {MAX_NAME_BYTES}")
    if "/" in value or "\\" in value or value in (".", ".."):
        raise ValueError("has a slash or is no name: write the name of a file, without folders")
    return value


def web_url(value: str) -> str:
    """An http or https address of a file, without a login; a validator. Raises like `file_name`."""
    value = _trimmed(value)
    refuse_control_characters(value)
    refuse_login(value)
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("is no URL: write http://host/path or https://host/path")
    if _is_cloned(value):
        raise ValueError("is read as a git repository by newer builders: choose Git as its source")
    return value


def git_address(value: str) -> str:
    """The address of a git repository as ADD takes it; a validator. Raises like `file_name`."""
    value = _trimmed(value)
    refuse_control_characters(value)
    if _SCP.fullmatch(value):
        return value
    refuse_login(value)
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https", "ssh", "git") or not parts.hostname:
        raise ValueError("is no git address: write https://host/repository.git, or git@host:repository.git")
    if not _is_cloned(value):
        raise ValueError("is not read as a git address by builders: end its path with .git, then #branch if needed")
    return value


def archive_url(value: str) -> str:
    """An address that the archive can keep: of a file, or of a git repository. Raises like `file_name`."""
    value = _trimmed(value)
    return git_address(value) if is_git_address(value) else web_url(value)


def is_git_address(value: str) -> bool:
    """Whether an address names a git repository rather than a file."""
    return value.startswith(("ssh://", "git://", "git@")) or (
        value.startswith(("http://", "https://")) and _is_cloned(value)
    )


def _trimmed(value: str) -> str:
    """Without blanks around it, and with the scheme as builders write it: `HTTPS://` is a file's name to them."""
    return _SCHEME.sub(lambda match: match.group().lower(), value.strip())


def _is_cloned(value: str) -> bool:
    """Whether builders that know git clone what ADD is given."""
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    if parts.scheme not in ("http", "https"):
        return True
    # Newer builders look at the decoded path, older ones at the end of the address before its last #.
    return unquote(parts.path).endswith(".git") or value.partition("#")[0].endswith(".git") or value.endswith(".git")


Destination = Annotated[str, AfterValidator(_destination)]


class ArchiveFile(_Model):
    """A file of the archive: an upload is copied, or unpacked when it is a tar; an external one is fetched."""

    source: Literal["archive"] = "archive"
    """It lies in the archive of files."""
    file: Annotated[str, AfterValidator(file_name)]
    """Its name among the files of the image's creator."""
    destination: Destination
    """An absolute path; a folder when it ends in a slash."""


class UrlFile(_Model):
    """A file that the builder downloads; never unpacked."""

    source: Literal["url"] = "url"
    """It lies on a web server."""
    url: Annotated[str, AfterValidator(web_url)]
    """Its address: http or https, without a login."""
    destination: Destination
    """An absolute path; a folder when it ends in a slash."""


class GitRepository(_Model):
    """A git repository that the builder clones."""

    source: Literal["git"] = "git"
    """It is a git repository."""
    url: Annotated[str, AfterValidator(git_address)]
    """Its address, such as https://host/repository.git#branch:folder."""
    destination: Destination
    """An absolute path; a folder when it ends in a slash."""


ImageFile = Annotated[ArchiveFile | UrlFile | GitRepository, Field(discriminator="source")]
ImageFiles = Annotated[list[ImageFile], Field(max_length=MAX_FILES)]
