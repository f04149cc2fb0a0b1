"""What the forms share: nobody leaves one with unsaved changes without being asked."""

from __future__ import annotations

from trailer_tui.app.dialogs.unsaved import unsaved_dialog
from trailer_tui.app.form.form_state import FormState
from trailer_tui.app.screens.base import ScreenResult, TrailerScreen


class FormScreen(TrailerScreen[ScreenResult]):
    """A form over the server."""

    state: FormState
    """What is typed."""
    _is_saving = False

    def outcome(self) -> ScreenResult | None:
        """What a form that is left answers with."""
        return None

    def leave(self) -> None:
        """Out of the form; asks when something would be lost."""
        self.call_server(self._leave, group="form-leave", exclusive=True)

    async def _leave(self) -> None:
        if await self._may_go("Leave"):
            self.dismiss(self.outcome())

    def action_detach(self) -> None:
        """Out of the app; asks when something would be lost."""
        self.call_server(self._quit, group="form-leave", exclusive=True)

    async def _quit(self) -> None:
        if await self._may_go("Quit"):
            await self.app.run_action("app.detach")

    async def _may_go(self, verb: str) -> bool:
        if self._is_saving:
            return False
        changed = self.state.changed_fields()
        return not changed or await self.app.push_screen_wait(unsaved_dialog(verb, changed)) is not None
