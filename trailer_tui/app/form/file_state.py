"""What the dialog of one file holds, as typed, and what will happen to the file."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import TYPE_CHECKING

from trailer_tui.app.form.entries import FileEntry
from trailer_tui.app.form.entry_states import EntryState
from trailer_tui.app.form.fields import Field, Value
from trailer_tui.model.errors import FieldProblem
from trailer_tui.model.image_file import (
    ArchiveFile,
    GitRepository,
    UrlFile,
    file_name,
    git_address,
    is_git_address,
    web_url,
)

if TYPE_CHECKING:
    from trailer_tui.model.stored_file import FileRecord

SOURCE = Field("source", "Source", "archive")
ARCHIVED = Field("file", "File", "", is_line=True)
UPLOAD_PATH = Field("upload_path", "File here", "", is_line=True)
UPLOAD_NAME = Field("upload_name", "Name in archive", "", is_line=True)
URL = Field("url", "URL", "", is_line=True)
GIT = Field("git", "Git address", "", is_line=True)
DESTINATION = Field("destination", "Path in image", "", is_line=True)

SOURCES = {"archive": "From archive", "upload": "Upload", "url": "URL", "git": "Git"}
_OF_SOURCE = {
    "archive": (ARCHIVED,),
    "upload": (UPLOAD_PATH, UPLOAD_NAME),
    "url": (URL,),
    "git": (GIT,),
}
_TAR_ENDINGS = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")


class FileState(EntryState):
    """One file: the fields of every source are kept side by side."""

    FIELDS = (SOURCE, ARCHIVED, UPLOAD_PATH, UPLOAD_NAME, URL, GIT, DESTINATION)

    def __init__(
        self,
        file: FileEntry | None,
        archive: Mapping[str, FileRecord] | None,
        *,
        is_windows: bool = False,
        git_refusal: str = "",
    ) -> None:
        """
        Args:
            file: the one to edit; None makes a new one.
            archive: the files that can be chosen, by name; None while they are not known.
            is_windows: whether it is for a Windows image.
            git_refusal: why the build host cannot clone; empty when it can or nobody knows.
        """
        values = _values(file) if file is not None else {}
        if file is None and not archive:
            values[SOURCE.path] = "upload"
        super().__init__(values)
        self.archive = archive
        self.is_windows = is_windows
        self.git_refusal = git_refusal

    @property
    def source(self) -> str:
        """Where the file comes from."""
        return self.text(SOURCE)

    def applies(self, field: Field) -> bool:
        """Whether the present source has the field."""
        return field in (SOURCE, DESTINATION, *_OF_SOURCE[self.source])

    def change(self, field: Field, value: Value) -> bool:
        """Another file may have another name in the archive."""
        is_news = super().change(field, value)
        if is_news and field in (UPLOAD_PATH, UPLOAD_NAME):
            self.try_again()
        return is_news

    @property
    def upload_name(self) -> str:
        """The name that an upload gets in the archive: as typed, else the file's own."""
        return self.text(UPLOAD_NAME).strip() or PurePath(self.text(UPLOAD_PATH).strip()).name

    def entry(self) -> FileEntry:
        """What was typed, as an entry; an upload as the file of the archive that it becomes."""
        destination = self.text(DESTINATION).strip()
        if self.source == "url":
            return UrlFile(url=self.text(URL), destination=destination)
        if self.source == "git":
            return GitRepository(url=self.text(GIT), destination=destination)
        name = self.upload_name if self.source == "upload" else self.text(ARCHIVED).strip()
        return ArchiveFile(file=name, destination=destination)

    def _check(self) -> dict[str, FieldProblem]:
        found = {path: problem for path, problem in super()._check().items() if path == DESTINATION.path}
        checks: dict[str, tuple[Field, Callable[[str], str], str]] = {
            "archive": (ARCHIVED, file_name, self.text(ARCHIVED)),
            "upload": (UPLOAD_NAME, file_name, self.upload_name),
            "url": (URL, web_url, self.text(URL)),
            "git": (GIT, git_address, self.text(GIT)),
        }
        field, check, text = checks[self.source]
        problem = _problem(field, check, text)
        if self.source == "upload" and not self.text(UPLOAD_PATH).strip():
            problem = FieldProblem(UPLOAD_PATH.path, "", "is empty", "write the path of a file on this machine")
        elif problem is None:
            problem = self._other_problem(text.strip())
        destination = self.text(DESTINATION).strip()
        if destination and DESTINATION.path not in found and destination.startswith("/") is self.is_windows:
            kind, start = ("Windows", "C:\\") if self.is_windows else ("Linux", "/")
            words = f"is no path in a {kind} image"
            found[DESTINATION.path] = FieldProblem(DESTINATION.path, destination, words, f"start it with {start}")
        return ({problem.field: problem} if problem is not None else {}) | found

    def _other_problem(self, text: str) -> FieldProblem | None:
        if self.source == "archive" and self.archive is not None and text not in self.archive:
            return FieldProblem(ARCHIVED.path, text, "is not in the archive of files", "choose one, or upload it")
        if self.source == "git" and self.git_refusal:
            return FieldProblem(GIT.path, "", self.git_refusal, "choose another host, or upload an archive of it")
        return None

    def outcome(self) -> str:
        """What the build does with the file, in one line; empty while that is not known."""
        destination = self.text(DESTINATION).strip()
        if not destination:
            return ""
        if self.source == "upload":
            name = self.upload_name
            if not name:
                return ""
            is_tar = name.casefold().endswith(_TAR_ENDINGS)
            return _outcome("unpack" if is_tar else "copy", name, destination, self.is_windows)
        try:
            entry = self.entry()
        except ValueError:
            return ""
        return outcome(entry, self.archive or {}, is_windows=self.is_windows)


def outcome(entry: FileEntry, archive: Mapping[str, FileRecord], *, is_windows: bool = False) -> str:
    """What a build does with an entry, in words; empty for a file of the archive that is not known."""
    if isinstance(entry, GitRepository):
        return _outcome("clone", "", entry.destination, is_windows)
    if isinstance(entry, UrlFile):
        return _outcome("fetch", posixpath.basename(entry.url.partition("?")[0]), entry.destination, is_windows)
    record = archive.get(entry.file)
    if record is None:
        return ""
    if record.kind == "url":
        action = "clone" if is_git_address(record.url) else "fetch"
        name = posixpath.basename(record.url.partition("?")[0])
        return _outcome(action, name, entry.destination, is_windows)
    return _outcome("unpack" if record.is_tar else "copy", record.name, entry.destination, is_windows)


def _outcome(action: str, name: str, destination: str, is_windows: bool) -> str:
    separators = ("/", "\\") if is_windows else ("/",)
    target = destination + name if destination.endswith(separators) else destination
    folder = destination.rstrip("/\\") or destination
    words = {
        "copy": f"copied to {target}",
        "unpack": f"unpacked into the folder {folder}",
        "fetch": f"fetched by every build, as it is, to {target}",
        "clone": f"cloned by every build into the folder {folder}",
    }[action]
    return f"{words}, at the end of the installation" if is_windows else words


def _problem(field: Field, check: Callable[[str], str], text: str) -> FieldProblem | None:
    if not text.strip():
        return FieldProblem(field.path, "", "is empty", "fill it in")
    try:
        check(text)
    except ValueError as error:
        problem, _, remedy = str(error).partition(": ")
        return FieldProblem(field.path, "", problem, remedy)
    return None


def _values(file: FileEntry) -> dict[str, Value]:
    if isinstance(file, ArchiveFile):
        own: dict[str, Value] = {ARCHIVED.path: file.file}
    else:
        own = {(GIT if isinstance(file, GitRepository) else URL).path: file.url}
    return {SOURCE.path: file.source, DESTINATION.path: file.destination, **own}
