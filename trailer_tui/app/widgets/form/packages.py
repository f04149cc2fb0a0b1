"""Packages: named environments with conda and PyPI packages, and what the last build installed of them."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import Static

from trailer_tui.app.form.entries import Entry
from trailer_tui.app.form.fields import ENVIRONMENTS, Mode
from trailer_tui.app.screens.leaving import Dialog
from trailer_tui.app.widgets.form.entry_list import EntryList
from trailer_tui.app.widgets.form.section import FormSection
from trailer_tui.model.environment import Environment

_ABOUT = "Each environment gets its packages when the image is built; startup commands can name one."


class PackagesSection(FormSection):
    """The list of environments."""

    SECTION_ID = "packages"
    TITLE = "Packages"
    MODES = frozenset({Mode.GENERATE})
    FOR_WINDOWS = False
    FIELDS = (ENVIRONMENTS,)

    def compose(self) -> ComposeResult:
        yield Static(_ABOUT, classes="form-note", markup=False)
        yield EnvironmentList(self)

    def show_state(self) -> None:
        """Show the environments and what is known of the last build."""
        if not self.is_mounted:
            return
        super().show_state()


class EnvironmentList(EntryList):
    """The environments."""

    has_files = True

    def __init__(self, section: PackagesSection) -> None:
        value = section.state.value(ENVIRONMENTS)
        empty = "No environment yet: a adds one, i imports an environment.yml"
        super().__init__(ENVIRONMENTS, value, self._dialog, empty=empty)

    def _dialog(self, entry: Entry | None) -> Dialog[Entry | None]:
        from trailer_tui.app.dialogs.environment import EnvironmentDialog

        environment = entry if isinstance(entry, Environment) else None
        return EnvironmentDialog(environment, others=self._other_names(environment))

    def _other_names(self, environment: Environment | None) -> list[str]:
        others = [entry for entry in self.entries if entry is not environment]
        return [entry.name for entry in others if isinstance(entry, Environment)]
