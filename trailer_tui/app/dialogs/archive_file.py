"""The dialogs of the Files area: one stores a new file, one changes name and description."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button, Input, Static

from trailer_tui.app.actions import bindings
from trailer_tui.app.dialogs.confirm import ConfirmDialog, ConfirmResult
from trailer_tui.app.files.local_file import PathSuggester, read_file
from trailer_tui.app.files.wording import summary
from trailer_tui.app.screens.leaving import Dialog
from trailer_tui.app.widgets.form.line_input import LineInput
from trailer_tui.app.widgets.put_text import put_text
from trailer_tui.model.errors import TrailerError
from trailer_tui.model.image_file import file_name
from trailer_tui.model.stored_file import MAX_FILE_BYTES, FileRecord, name_for_url
from trailer_tui.printable import printable

if TYPE_CHECKING:
    from trailer_tui.app.session import Session


class _FileDialog(Dialog[FileRecord | None]):
    """Answers with the file as it is stored, or None. What was typed stays until it is stored."""

    BINDINGS = bindings("archive_file")
    TITLE_LINE = ""
    NAME_LINE = "Name in the archive; images name it so"
    ACCEPT = "Save"
    KEYS = "tab move · enter go on, save · esc cancel"

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._is_storing = False
        self._begun_with: dict[str, str] = {}

    def on_mount(self) -> None:
        """Remember what stands there before anybody types."""
        self._begun_with = self._texts()

    def _texts(self) -> dict[str, str]:
        return {str(line.id): line.value for line in self.query(LineInput)}

    def about(self) -> ComposeResult:
        """What stands above name and description."""
        raise NotImplementedError

    def problem(self) -> tuple[str, str]:
        """What is wrong with what is typed, and the id of its input; both empty when nothing is."""
        return _name_problem(self.typed("name")), "name"

    async def stored(self) -> FileRecord:
        """Store it. Raises `TrailerError`."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(self.TITLE_LINE, classes="dialog-title", markup=False)
            yield from self.about()
            yield Static(self.NAME_LINE, classes="dialog-line", markup=False)
            yield LineInput(id="file-name")
            yield Static("Description, if any", classes="dialog-line", markup=False)
            yield LineInput(id="file-description")
            yield Static("", id="file-note", classes="dialog-line dialog-hint", markup=False)
            with Horizontal(classes="dialog-buttons"):
                yield Button("Cancel", id="file-cancel", compact=True)
                yield Button(self.ACCEPT, id="file-accept", variant="primary", compact=True)
            yield Static(self.KEYS, classes="dialog-keys", markup=False)

    def input(self, name: str) -> LineInput:
        """One of the inputs."""
        return self.query_one(f"#file-{name}", LineInput)

    def typed(self, name: str) -> str:
        """What is typed into one of them."""
        return self.input(name).value.strip()

    @on(Input.Changed)
    def forget_note(self) -> None:
        """Another text, another answer."""
        self.say("")

    @on(Input.Submitted)
    def go_on(self, event: Input.Submitted) -> None:
        """To the next input; behind the last one it is stored."""
        if event.input.id == "file-description":
            self.store()
        else:
            self.focus_next(LineInput)

    @on(Button.Pressed, "#file-accept")
    def store(self) -> None:
        """Store it, when it is whole."""
        if self._is_storing:
            return
        words, where = self.problem()
        if words:
            self.say(f"! {words}")
            self.input(where).focus()
            return
        self._is_storing = True
        self.say("Storing …")
        self.run_worker(self._store(), group="archive-file", exit_on_error=False)

    def action_accept(self) -> None:
        """Store it, from any of the inputs."""
        self.store()

    async def _store(self) -> None:
        try:
            record = await self.stored()
        except TrailerError as error:
            self.say(f"✖ {_reason(error)}")
        else:
            self.dismiss(record)
        finally:
            self._is_storing = False

    def say(self, words: str) -> None:
        """Set the line above the buttons."""
        put_text(self.query_one("#file-note", Static), printable(words))

    @on(Button.Pressed, "#file-cancel")
    def action_cancel(self) -> None:
        """Store nothing; asks when something was typed."""
        if self._texts() == self._begun_with:
            self.dismiss(None)
            return
        question = ConfirmDialog(
            "Drop what you typed?", ["It is not stored."], confirm_label="Drop", refuse_label="Type on"
        )
        self.app.push_screen(question, self._drop)

    def _drop(self, answer: ConfirmResult | None) -> None:
        if answer is not None:
            self.dismiss(None)


class NewFileDialog(_FileDialog):
    """Stores a file of this machine, or an address."""

    TITLE_LINE = "New file"
    ACCEPT = "Store"
    KEYS = "tab move · → take what is proposed · enter go on, store · esc cancel"
    AUTO_FOCUS = "#file-source"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._name_follows = ""
        """The name as it follows from the source; another one was typed by the user."""

    def about(self) -> ComposeResult:
        """Where it comes from."""
        limit = MAX_FILE_BYTES // 1_000_000
        line = f"File of this machine, {limit} MB at most, or URL of a file or repository"
        yield Static(line, classes="dialog-line", markup=False)
        yield LineInput(id="file-source", suggester=PathSuggester(), placeholder="./file or https://…")

    @on(Input.Changed, "#file-source")
    def propose_name(self) -> None:
        """The name follows the source until it is edited."""
        name = self.input("name")
        if name.value == self._name_follows:
            source = self.typed("source")
            self._name_follows = name_for_url(source) if not source.endswith("/") or _is_address(source) else ""
            name.value = self._name_follows

    def problem(self) -> tuple[str, str]:
        """The source is needed too."""
        if not self.typed("source"):
            return "nothing to store yet: write a path or a URL", "source"
        return super().problem()

    async def stored(self) -> FileRecord:
        """Upload the file, or store the address."""
        name, source, description = self.typed("name"), self.typed("source"), self.typed("description")
        client = self.session.client
        if _is_address(source):
            return await client.add_url_file(name, source, description=description)
        content = await asyncio.to_thread(read_file, source)
        return await client.upload_file(name, content, description=description)


class EditFileDialog(_FileDialog):
    """Everything about a file; name and description can be changed."""

    AUTO_FOCUS = "#file-description"

    def __init__(self, session: Session, file: FileRecord) -> None:
        super().__init__(session)
        self._file = file
        self.TITLE_LINE = printable(file.name)
        if file.used_by:
            self.NAME_LINE = "Name in the archive; it stays as long as images use the file"

    def about(self) -> ComposeResult:
        """What never changes."""
        file = self._file.model_copy(update={"description": ""})
        times = f"Stored {_moment(file.created_at.timestamp())}, updated {_moment(file.updated_at.timestamp())}"
        content = f"{times}, sha256 {file.sha256[:8]}…" if file.sha256 else times
        with VerticalScroll(classes="dialog-body"):
            yield Static(summary(file, owner=True), classes="dialog-line", markup=False)
            yield Static(content, classes="dialog-line dialog-keys", markup=False)

    def on_mount(self) -> None:
        """Begin with what is stored; what images use keeps its name."""
        self.input("name").value = self._file.name
        self.input("description").value = " ".join(self._file.description.split())
        self.input("name").disabled = bool(self._file.used_by)
        super().on_mount()

    async def stored(self) -> FileRecord:
        """Store name and description."""
        description = self.typed("description")
        if description == " ".join(self._file.description.split()):
            description = self._file.description  # with its line breaks
        return await self.session.client.update_file(self._file.id, name=self.typed("name"), description=description)


def _reason(error: TrailerError) -> str:
    if error.fields:
        return "; ".join(
            f"{found.problem}: {found.remedy}" if found.remedy else found.problem for found in error.fields
        )
    return f"{error.cause}: {error.hint}" if error.hint else error.cause


def _is_address(source: str) -> bool:
    return "://" in source or source.startswith("git@")


def _moment(seconds: float) -> str:
    from datetime import datetime

    return datetime.fromtimestamp(seconds).astimezone().isoformat(" ", "minutes")[:16]


def _name_problem(name: str) -> str:
    try:
        file_name(name)
    except ValueError as error:
        return f"the name {error}"
    return ""
