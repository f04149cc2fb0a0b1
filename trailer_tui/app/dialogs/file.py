"""The dialog of one file that an image adds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.widgets import Label

from trailer_tui.app.dialogs.suggesting_entry import SuggestingEntryDialog
from trailer_tui.app.files.local_file import PathSuggester, read_file
from trailer_tui.app.form.entries import FileEntry
from trailer_tui.app.form.file_state import (
    ARCHIVED,
    DESTINATION,
    GIT,
    SOURCE,
    SOURCES,
    UPLOAD_NAME,
    UPLOAD_PATH,
    URL,
    FileState,
)
from trailer_tui.app.widgets.form.choice_strip import ChoiceStrip
from trailer_tui.app.widgets.form.form_field import FormField
from trailer_tui.app.widgets.form.line_input import LineInput
from trailer_tui.app.widgets.form.suggestions import SuggestedInput, SuggestionList
from trailer_tui.humanize import size
from trailer_tui.model.errors import FieldProblem, InvalidInput, TrailerError
from trailer_tui.model.image_file import ArchiveFile
from trailer_tui.model.stored_file import MAX_FILE_BYTES, FileRecord
from trailer_tui.printable import printable

if TYPE_CHECKING:
    from trailer_tui.app.session import Session

_LARGEST = f"{MAX_FILE_BYTES / 1_000_000:g} MB at most"


class FileDialog(SuggestingEntryDialog):
    """Source and destination. An upload becomes a file of the archive before the dialog answers."""

    state: FileState

    def __init__(
        self,
        session: Session,
        file: FileEntry | None,
        state: FileState,
        stored: Callable[[FileRecord], None],
    ) -> None:
        """
        Args:
            session: the connection.
            file: the one to edit; None makes a new one.
            state: what is typed.
            stored: told of a file that was uploaded.
        """
        super().__init__("New file" if file is None else "File", state)
        self._session = session
        self._stored = stored
        self._is_uploading = False

    def fields(self) -> ComposeResult:
        """The fields, in order."""
        state = self.state
        yield FormField(SOURCE, ChoiceStrip(list(SOURCES.items()), state.source, literal=True))
        names = sorted(state.archive or {})
        archived = SuggestedInput(names, value=state.text(ARCHIVED), placeholder="a name of the archive")
        yield FormField(ARCHIVED, archived, note=_archive_note(names))
        yield SuggestionList([(name, _about((state.archive or {})[name])) for name in names])
        path = LineInput(state.text(UPLOAD_PATH), placeholder="~/data.tar.gz", suggester=PathSuggester())
        yield FormField(UPLOAD_PATH, path, note=f"on this machine, {_LARGEST}; it becomes a file of the archive")
        yield FormField(UPLOAD_NAME, LineInput(state.text(UPLOAD_NAME), placeholder="the file's own name"))
        yield FormField(URL, LineInput(state.text(URL), placeholder="https://host/file"))
        git = LineInput(state.text(GIT), placeholder="https://host/repository.git#branch")
        yield FormField(GIT, git)
        place = "C:\\Tools\\" if state.is_windows else "/opt/tool/"
        yield FormField(DESTINATION, LineInput(state.text(DESTINATION), placeholder=place), note=" ")

    def on_mount(self) -> None:
        """Call the destination what it is."""
        super().on_mount()
        if self.state.is_windows:
            destination = self._widget(DESTINATION.path)
            destination.query_one(Label).update("Path on C: drive")

    def show_state(self) -> None:
        """Show the fields of the source, and what will happen."""
        super().show_state()
        for widget in self.query(FormField):
            widget.display = self.state.applies(widget.field)
        outcome = self.state.outcome()
        self._widget(DESTINATION.path).show_note(printable(outcome))

    def _widget(self, path: str) -> FormField:
        return next(widget for widget in self.query(FormField) if widget.field.path == path)

    def accept(self) -> None:
        """Answer with the entry; an upload is stored first."""
        if self.state.source != "upload":
            self.dismiss(self.state.entry())
        elif not self._is_uploading:
            self._is_uploading = True
            self.say("Reading the file …")
            self.run_worker(self._upload(), group="upload", exit_on_error=False)

    async def _upload(self) -> None:
        name = self.state.upload_name
        try:
            content = await asyncio.to_thread(read_file, self.state.text(UPLOAD_PATH).strip())
            self.say(f"Uploading {printable(name)} ({size(len(content))}) …")
            record = await self._session.client.upload_file(name, content)
        except InvalidInput as error:
            taken = any(found.field.endswith("name") for found in error.fields)
            self._refuse_upload(error, is_name=taken)
            return
        except TrailerError as error:
            self.say(printable(f"✖ {error.title}: {error.cause}"))
            return
        finally:
            self._is_uploading = False
        self._stored(record)
        entry = self.state.entry()
        self.dismiss(ArchiveFile(file=record.name, destination=entry.destination))

    def _refuse_upload(self, error: InvalidInput, *, is_name: bool) -> None:
        found = next(iter(error.fields), None)
        problem, remedy = (found.problem, found.remedy) if found is not None else (error.cause, "")
        if is_name and self.state.archive is not None and self.state.upload_name in self.state.archive:
            free = free_name(self.state.upload_name, self.state.archive)
            remedy = f"choose another, such as {free}, or take the one of the archive"
        self._refuse(UPLOAD_NAME.path if is_name else UPLOAD_PATH.path, problem, remedy)

    def _refuse(self, path: str, problem: str, remedy: str) -> None:
        """Show what is wrong with the upload at its field, and go there."""
        self.say("")
        self.state.refuse(FieldProblem(path, "", problem, remedy))
        self.show_state()
        self.set_focus(self._widget(path).control_widget)


def free_name(name: str, taken: Collection[str]) -> str:
    """`data-2.tar.gz` for `data.tar.gz`: the first such name that is not among `taken`."""
    stem, dot, ending = name.partition(".")
    number = 2
    while f"{stem}-{number}{dot}{ending}" in taken:
        number += 1
    return f"{stem}-{number}{dot}{ending}"


def _archive_note(names: list[str]) -> str:
    if not names:
        return "the archive is empty: upload one"
    return f"↓ lists {len(names)} file{'' if len(names) == 1 else 's'}"


def _about(record: FileRecord) -> str:
    if record.kind == "url":
        return record.url
    words = [size(record.size or 0), *(["unpacked"] if record.is_tar else []), record.description]
    return " · ".join(filter(None, words))
