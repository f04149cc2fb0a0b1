"""Startup: the commands that run when a workspace starts."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import Static

from trailer_tui.app.form.entries import Entry, entry_words
from trailer_tui.app.form.fields import BUILT_MODES, ENVIRONMENTS, STARTUP, Mode
from trailer_tui.app.form.service_choices import start_commands
from trailer_tui.app.screens.leaving import Dialog
from trailer_tui.app.widgets.form.entry_list import EntryList
from trailer_tui.app.widgets.form.section import FormSection
from trailer_tui.app.widgets.put_text import put_text
from trailer_tui.model.environment import Environment
from trailer_tui.model.startup import StartupCommand

_NOT_WRITTEN = "A Dockerfile that you write has no environment of Trailer's; in Generate mode it comes back."


class StartupSection(FormSection):
    """The list of commands, and what becomes of them."""

    SECTION_ID = "startup"
    TITLE = "Startup"
    MODES = BUILT_MODES
    FOR_WINDOWS = False
    FIELDS = (STARTUP,)

    def compose(self) -> ComposeResult:
        yield Static("", id="startup-about", classes="form-note", markup=False)
        yield CommandList(self)

    def show_state(self) -> None:
        """Say how the commands run: that depends on how many there are."""
        if not self.is_mounted:
            return
        super().show_state()
        put_text(self.query_one("#startup-about", Static), self._about())

    def _about(self) -> str:
        value = self.state.value(STARTUP)
        count = len(value) if isinstance(value, tuple) else 0
        if self.state.has_desktop:
            return "They run beside the desktop and are restarted when they exit; a prefix tells whose a log line is."
        if count == 0:
            return "Without a command a workspace runs what the base image runs."
        if count == 1:
            return "It is the main process: a workspace runs as long as it does, and signals go to it."
        which = "Both" if count == 2 else f"All {count}"
        return (
            f"{which} run side by side and are restarted when they exit; their output is one log, each line "
            "with the prefix of its command."
        )

    def environments(self) -> list[str]:
        """Names of the environments that the image defines."""
        value = self.state.value(ENVIRONMENTS)
        entries = value if isinstance(value, tuple) else ()
        return [entry.name for entry in entries if isinstance(entry, Environment)]


class CommandList(EntryList):
    """The commands."""

    def __init__(self, section: StartupSection) -> None:
        super().__init__(STARTUP, section.state.value(STARTUP), self._dialog, empty="No command yet: a adds one")
        self._section = section

    def words(self, entry: Entry) -> str:
        """The command, with its environment where that counts."""
        is_written = self._section.state.mode is Mode.WRITE
        return entry.command if isinstance(entry, StartupCommand) and is_written else entry_words(entry)

    def _dialog(self, entry: Entry | None) -> Dialog[Entry | None]:
        from trailer_tui.app.dialogs.startup import StartupDialog

        command = entry if isinstance(entry, StartupCommand) else None
        why_none = _NOT_WRITTEN if self._section.state.mode is Mode.WRITE else ""
        known = start_commands(self._section.state)
        return StartupDialog(command, self._section.environments(), why_none=why_none, known=known)
