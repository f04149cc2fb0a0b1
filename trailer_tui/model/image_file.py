"""Files that an image adds: what is put where."""

from __future__ import annotations

import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from trailer_tui.printable import first_control_character

MAX_FILES = 99
MAX_PATH_LENGTH = 1000
MAX_URL_LENGTH = 2000

_WINDOWS_DRIVE = re.compile(r"[Cc]:[\\/]")


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _refuse_controls(value: str) -> None:
    found = first_control_character(value)
    if found:
        raise ValueError(f"has the control character {found[1]} at position {found[0] + 1}: remove it")


def _destination(value: str) -> str:
    value = value.strip()
    _refuse_controls(value)
    if not value:
        raise ValueError("is empty: write where it lands, such as /opt/tool/")
    if len(value) > MAX_PATH_LENGTH:
        raise ValueError(f"has {len(value)} characters: shorten it to {MAX_PATH_LENGTH}")
    if not value.startswith("/") and not _WINDOWS_DRIVE.match(value):
        raise ValueError("is no absolute path: start with /, or with C:\\ in a Windows image")
    if ".." in re.split(r"[\\/]", value):
        raise ValueError("has .. in it: write the path without")
    return value


def file_name(value: str) -> str:
    """A name in the archive of files; a validator.

    Raises:
        ValueError: it is none; the message is "problem: remedy".
    """
    value = value.strip()
    _refuse_controls(value)
    if not value or len(value) > 128:
        raise ValueError("is empty or longer than 128 characters: choose a name")
    if "/" in value or "\\" in value or value in (".", ".."):
        raise ValueError("has a slash or is no name: write the name of a file, without folders")
    return value


def web_url(value: str) -> str:
    """An http or https address without a login; a validator. Raises like `file_name`."""
    value = value.strip()
    _refuse_controls(value)
    _refuse_login(value)
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("is no URL: write http://host/path or https://host/path")
    return value


def git_address(value: str) -> str:
    """The address of a git repository as ADD takes it; a validator. Raises like `file_name`."""
    value = value.strip()
    _refuse_controls(value)
    if re.match(r"git@[^\s:]+:\S+$", value):
        return value
    _refuse_login(value)
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https", "ssh", "git") or not parts.hostname:
        raise ValueError("is no git address: write https://host/repository.git, or git@host:repository.git")
    if parts.scheme in ("http", "https") and not parts.path.endswith(".git"):
        raise ValueError("is not read as a git address by builders: end its path with .git, then #branch if needed")
    return value


def _refuse_login(value: str) -> None:
    if len(value) > MAX_URL_LENGTH:
        raise ValueError(f"has {len(value)} characters: shorten it to {MAX_URL_LENGTH}")
    if re.search(r"\s", value):
        raise ValueError("has a blank in it: write %20 instead")
    try:
        parts = urlsplit(value)
        login, _ = parts.password, parts.port
    except ValueError:
        raise ValueError("is no URL: write http://host/path or https://host/path") from None
    if login is not None or (parts.username and parts.scheme in ("http", "https")):
        raise ValueError(
            "has a login in it, which would stay in the image and in logs: leave it out, and use a build secret"
        )


Destination = Annotated[str, AfterValidator(_destination)]


class ArchiveFile(_Model):
    """A file of the archive: an upload is copied, or unpacked when it is a tar; an external one is fetched."""

    source: Literal["archive"] = "archive"
    file: Annotated[str, AfterValidator(file_name)]
    """Its name among the files of the image's creator."""
    destination: Destination


class UrlFile(_Model):
    """A file that the builder downloads; never unpacked."""

    source: Literal["url"] = "url"
    url: Annotated[str, AfterValidator(web_url)]
    destination: Destination


class GitRepository(_Model):
    """A git repository that the builder clones."""

    source: Literal["git"] = "git"
    url: Annotated[str, AfterValidator(git_address)]
    destination: Destination


ImageFile = Annotated[ArchiveFile | UrlFile | GitRepository, Field(discriminator="source")]
ImageFiles = Annotated[list[ImageFile], Field(max_length=MAX_FILES)]
