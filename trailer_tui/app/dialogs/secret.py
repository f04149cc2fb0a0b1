"""Stores a build secret: the value goes to the server at once and is kept nowhere here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Static

from trailer_tui.app.actions import bindings
from trailer_tui.app.screens.leaving import Dialog
from trailer_tui.model.errors import TrailerError
from trailer_tui.model.secret import SecretInfo, SecretName
from trailer_tui.printable import printable

if TYPE_CHECKING:
    from collections.abc import Collection

    from trailer_tui.app.session import Session

_NAME: TypeAdapter[str] = TypeAdapter(SecretName)


class SecretDialog(Dialog[SecretInfo | None]):
    """Answers with the secret as it is stored, without its value, or None."""

    BINDINGS = bindings("secret")

    def __init__(self, session: Session, stored: Collection[str], name: str = "") -> None:
        """
        Args:
            session: the connection.
            stored: names that are stored already: they are replaced, which is said.
            name: the name to start with.
        """
        super().__init__()
        self._session = session
        self._stored = stored
        self._proposed = name
        self._is_storing = False

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static("Store a build secret", classes="dialog-title", markup=False)
            yield Static("Name, also its id in --mount=type=secret", classes="dialog-line", markup=False)
            yield Input(self._proposed, id="secret-name", compact=True, select_on_focus=False)
            yield Static("Value, one line; it is sent to the server and never shown again", classes="dialog-line")
            yield Input(password=True, id="secret-value", compact=True, select_on_focus=False)
            yield Static("", id="secret-note", classes="dialog-line dialog-hint", markup=False)
            with Horizontal(classes="dialog-buttons"):
                yield Button("Cancel", id="secret-cancel", compact=True)
                yield Button("Store", id="secret-accept", variant="primary", compact=True)
            file = "a whole file: trailer secrets set NAME --file PATH"
            yield Static(f"tab move · enter store · esc cancel\n{file}", classes="dialog-keys", markup=False)

    def on_mount(self) -> None:
        """Start with what is missing."""
        self.query_one("#secret-value" if self._proposed else "#secret-name", Input).focus()
        self.show_note()

    @property
    def _typed_name(self) -> str:
        return self.query_one("#secret-name", Input).value.strip()

    @on(Input.Changed)
    def show_note(self) -> None:
        """Say what is wrong with the name, or that it replaces another value."""
        name, words = self._typed_name, ""
        if name and not _is_name(name):
            words = "! letters, digits, dot, dash, colon and underscore only, 128 at most; it starts with none of . : -"
        elif name in self._stored:
            words = f"! {name} is stored already: its value is replaced"
        self._say(words)

    @on(Input.Submitted, "#secret-name")
    def go_on(self) -> None:
        """To the value."""
        self.query_one("#secret-value", Input).focus()

    @on(Input.Submitted, "#secret-value")
    @on(Button.Pressed, "#secret-accept")
    def store(self) -> None:
        """Send it, if it is whole."""
        name, value = self._typed_name, self.query_one("#secret-value", Input).value
        if not _is_name(name):
            self._say("! the name is missing, or has characters that a name cannot have")
            self.query_one("#secret-name", Input).focus()
        elif not value:
            self._say("! the value is empty")
            self.query_one("#secret-value", Input).focus()
        elif not self._is_storing:
            self._is_storing = True
            self._say("Storing …")
            self.run_worker(self._store(name, value.encode()), group="secret", exit_on_error=False)

    async def _store(self, name: str, value: bytes) -> None:
        try:
            info = await self._session.client.set_secret(name, value)
        except TrailerError as error:
            self._say(f"✖ {error.title}: {error.cause}")
            return
        finally:
            self._is_storing = False
        self.dismiss(info)

    def _say(self, words: str) -> None:
        self.query_one("#secret-note", Static).update(printable(words))

    @on(Button.Pressed, "#secret-cancel")
    def action_cancel(self) -> None:
        """Store nothing."""
        self.dismiss(None)


def _is_name(name: str) -> bool:
    try:
        _NAME.validate_python(name)
    except ValidationError:
        return False
    return True
