"""Packages: named environments with conda and PyPI packages, and what the last build installed of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.widgets import Static

from trailer_tui.app.actions import bindings
from trailer_tui.app.form.entries import Entry
from trailer_tui.app.form.fields import ENVIRONMENTS, Mode
from trailer_tui.app.screens.leaving import Dialog
from trailer_tui.app.widgets.form.entry_list import EntryList
from trailer_tui.app.widgets.form.section import FormSection
from trailer_tui.app.widgets.put_text import put_text
from trailer_tui.model.environment import Environment
from trailer_tui.model.errors import TrailerError
from trailer_tui.model.resolved import specification_of
from trailer_tui.printable import printable_lines

if TYPE_CHECKING:
    from trailer_tui.model.resolved import BuildPackages

_ABOUT = "Each environment gets its packages when the image is built; startup commands can name one."


class PackagesSection(FormSection):
    """The list of environments, and what is known of the last build."""

    BINDINGS = bindings("form_packages")
    SECTION_ID = "packages"
    TITLE = "Packages"
    MODES = frozenset({Mode.GENERATE})
    FOR_WINDOWS = False
    FIELDS = (ENVIRONMENTS,)

    installed: BuildPackages | None = None
    """What the last build installed; None where there was none, or while it is not known."""

    def compose(self) -> ComposeResult:
        yield Static(_ABOUT, classes="form-note", markup=False)
        yield EnvironmentList(self)
        yield Static("", id="packages-installed", classes="form-note", markup=False)

    def on_mount(self) -> None:
        """Ask what the last build installed."""
        if self.state.record is not None and self.state.record.last_build_id is not None:
            self.run_worker(self._read(self.state.record.id), group="form-installed", exit_on_error=False)

    async def _read(self, image_id: int) -> None:
        try:
            self.installed = await self.session.client.packages(image_id)
        except TrailerError:
            return  # no build has installed any, or nobody knows: there is nothing to show
        self.show_state()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the packages where there are some."""
        return self.installed is not None if action == "show_installed" else True

    def action_show_installed(self) -> None:
        """Every package that the last build installed."""
        from trailer_tui.app.screens.packages import PackagesScreen

        record = self.state.record
        if record is not None:
            self.app.push_screen(PackagesScreen(self.session, record.id, record.name))

    def show_state(self) -> None:
        """Show the environments and what is known of the last build."""
        if not self.is_mounted:
            return
        super().show_state()
        put_text(self.query_one("#packages-installed", Static), printable_lines(self._about_installed()))

    def _about_installed(self) -> str:
        found = self.installed
        if found is None:
            return ""
        lines = [f"Build {found.number} installed {found.counts()}.", "v lists them."]
        lines.append("The next build installs the same versions; Resolve again (R in the list) takes newer ones.")
        kept = {environment.name: environment.specification for environment in found.resolved}
        value = self.state.value(ENVIRONMENTS)
        entries = [entry for entry in value if isinstance(entry, Environment)] if isinstance(value, tuple) else []
        changed = [entry.name for entry in entries if kept.get(entry.name) != specification_of(entry)]
        if changed:
            lines.append(f"Changed since then, so resolved anew: {', '.join(changed)}")
        return "\n".join(lines)


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

    def import_file(self) -> None:
        """Make an environment of a file: what was read is shown before it is taken."""
        from trailer_tui.app.dialogs.import_environment import ImportEnvironmentDialog

        self.app.push_screen(ImportEnvironmentDialog(), self._show_imported)

    def _show_imported(self, environment: Environment | None) -> None:
        from trailer_tui.app.dialogs.environment import EnvironmentDialog

        if environment is not None:
            dialog = EnvironmentDialog(environment, others=self._other_names(None), is_imported=True)
            self.app.push_screen(dialog, self._take_new)

    def show_file(self) -> None:
        """Show the environment as the environment.yml that the build uses."""
        from trailer_tui.app.dialogs.text import TextDialog
        from trailer_tui.dockerfile.environment_file import environment_file

        entry = self.entries[self.index] if self.entries else None
        if isinstance(entry, Environment):
            text = environment_file(entry)
            self.app.push_screen(TextDialog(f"environment.yml of {entry.name}", text.splitlines()))

    def _other_names(self, environment: Environment | None) -> list[str]:
        others = [entry for entry in self.entries if entry is not environment]
        return [entry.name for entry in others if isinstance(entry, Environment)]
