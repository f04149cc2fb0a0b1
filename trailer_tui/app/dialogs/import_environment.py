"""Asks for an environment.yml on this machine and reads it."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Static

from trailer_tui.app.actions import bindings
from trailer_tui.app.files.local_file import PathSuggester
from trailer_tui.app.screens.leaving import Dialog
from trailer_tui.app.widgets.form.line_input import LineInput
from trailer_tui.app.widgets.put_text import put_text
from trailer_tui.model.environment import Environment
from trailer_tui.model.errors import InvalidInput
from trailer_tui.printable import printable

_LARGEST = 1_000_000
"""Bytes; an environment file has a few thousand."""
_NO_NAMES = ("environment", "env", "conda", "")


class ImportEnvironmentDialog(Dialog[Environment | None]):
    """Answers with the environment of the file, or None. What is wrong with the file is said, and the path stays."""

    BINDINGS = bindings("import")
    AUTO_FOCUS = "#import-path"

    def __init__(self, proposal: str = "environment.yml") -> None:
        """`proposal` is the path to start with."""
        super().__init__()
        self._proposal = proposal
        self._is_reading = False

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static("Import an environment.yml", classes="dialog-title", markup=False)
            yield Static("A file on this machine, as conda, mamba and micromamba read it:", classes="dialog-line")
            yield LineInput(self._proposal, id="import-path", suggester=PathSuggester())
            yield Static("", classes="dialog-line dialog-hint", markup=False)
            with Horizontal(classes="dialog-buttons"):
                yield Button("Cancel", id="import-cancel", compact=True)
                yield Button("Import", id="import-accept", variant="primary", compact=True)
            yield Static("enter import · esc cancel", classes="dialog-keys", markup=False)

    @on(Input.Changed)
    def forget_problem(self) -> None:
        """Another path, another answer."""
        self._say("")

    @on(Input.Submitted)
    @on(Button.Pressed, "#import-accept")
    def read(self) -> None:
        """Read the file, off the app's thread."""
        path = self.query_one(Input).value.strip()
        if not self._is_reading:
            self._is_reading = True
            self.run_worker(self._read(path), group="import", exit_on_error=False)

    def action_accept(self) -> None:
        """Read the file."""
        self.read()

    async def _read(self, path: str) -> None:
        try:
            environment = await asyncio.to_thread(_environment, path)
        except OSError as error:
            self._say(f"! {error.strerror or error}: {path}")
        except UnicodeDecodeError:
            self._say("! the file is no text: choose an environment.yml")
        except (RuntimeError, ValueError) as error:  # there is no such account, or no such path can be
            self._say(f"! {error}: {path}")
        except InvalidInput as error:
            self._say(f"! {error.cause}")
        else:
            self.dismiss(environment)
        finally:
            self._is_reading = False

    def _say(self, words: str) -> None:
        put_text(self.query_one(".dialog-hint", Static), printable(words))

    @on(Button.Pressed, "#import-cancel")
    def action_cancel(self) -> None:
        """Import nothing."""
        self.dismiss(None)


def _environment(typed: str) -> Environment:
    from trailer_tui.dockerfile.environment_file import import_environment

    path = Path(typed).expanduser()
    with path.open("rb") as file:
        text = file.read(_LARGEST).decode()
    return import_environment(text, name=_name(path))


def _name(path: Path) -> str:
    """The name for a file that says none: the file's own, or that of its folder."""
    stem = path.stem if path.stem.casefold() not in _NO_NAMES else path.absolute().parent.name
    return re.sub(r"[^a-z0-9_.-]+", "-", stem.casefold()).strip("-._")[:63] or "imported"
