"""The dialog of one startup command."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult

from trailer_tui.app.dialogs.suggesting_entry import SuggestingEntryDialog
from trailer_tui.app.form.entry_states import COMMAND, COMMAND_ENVIRONMENT, StartupState
from trailer_tui.app.widgets.form.choice_strip import ChoiceStrip
from trailer_tui.app.widgets.form.form_field import FormField
from trailer_tui.app.widgets.form.suggestions import SuggestedInput, SuggestionList
from trailer_tui.model.startup import StartupCommand


class StartupDialog(SuggestingEntryDialog):
    """The command, and the environment whose packages are on its path."""

    def __init__(
        self,
        command: StartupCommand | None,
        environments: Sequence[str],
        *,
        why_none: str,
        known: Sequence[tuple[str, str]] = (),
    ) -> None:
        """
        Args:
            command: the one to edit; None makes a new one.
            environments: names of those that the image defines.
            why_none: what to say where no environment can be chosen; empty offers them.
            known: commands that run what the image has, and what each runs.
        """
        super().__init__("New startup command" if command is None else "Startup command", StartupState(command))
        self._environments = list(environments)
        self._why_none = why_none
        self._known = list(known)

    def fields(self) -> ComposeResult:
        """The fields, in order."""
        commands = [command for command, _ in self._known]
        command = SuggestedInput(commands, value=self.state.text(COMMAND), placeholder="jupyter lab --ip 0.0.0.0")
        note = "as in a shell; pipes, && and $VARIABLES work"
        yield FormField(
            COMMAND, command, note=f"↓ lists {len(commands)} for its services; {note}" if commands else note
        )
        yield SuggestionList(self._known)
        chosen = self.state.text(COMMAND_ENVIRONMENT)
        if self._why_none:
            yield FormField(
                COMMAND_ENVIRONMENT, ChoiceStrip([(chosen, "none")], chosen, literal=True), note=self._why_none
            )
            return
        options = [("", "none"), *((name, name) for name in self._environments)]
        if chosen and chosen not in self._environments:
            options.append((chosen, f"{chosen} (there is none of that name)"))
        note = "its packages are on the command's path" if self._environments else "none is defined: see Packages"
        yield FormField(COMMAND_ENVIRONMENT, ChoiceStrip(options, chosen, literal=True), note=note)
