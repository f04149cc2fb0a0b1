"""Asks the server what the services section needs: the catalogue, and what the choices imply for other fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from trailer_tui.app.form.prefilling import Prefilling
from trailer_tui.model.errors import TrailerError

if TYPE_CHECKING:
    from textual.widget import Widget

    from trailer_tui.app.form.draft_state import DraftState
    from trailer_tui.app.session import Session
    from trailer_tui.model.prefill import PrefillRequest


class ServiceFeed:
    """Asks in workers of its owner and tells it when the state has changed."""

    def __init__(self, owner: Widget, session: Session, state: DraftState, changed: Callable[[], None]) -> None:
        """
        Args:
            owner: whose workers ask.
            session: the connection.
            state: what is typed; takes the answers.
            changed: called after every answer.
        """
        self._owner = owner
        self._session = session
        self._state = state
        self._changed = changed
        self.prefilling = Prefilling(state)
        self.error: TrailerError | None = None
        """Why the catalogue could not be read."""

    def read_catalogue(self) -> None:
        """Ask for the catalogue, and again for what had no answer."""
        self._owner.run_worker(self._read_catalogue(), group="form-catalogue", exclusive=True, exit_on_error=False)
        self.ask(again=True)

    async def _read_catalogue(self) -> None:
        client, is_first = self._session.client, self._state.catalogue is None
        try:
            self._state.take_catalogue(await client.catalogue())
            self.error = None
            stored = self.prefilling.stored_question() if is_first and not self._state.is_dirty else None
            if stored is not None:
                self.prefilling.take_stored_answer(await client.prefill(stored))
        except TrailerError as error:
            self.error = error
        self._changed()
        self.ask()

    def ask(self, *, again: bool = False) -> None:
        """Ask what the choices imply, if they are news; with `again` also what had no answer."""
        request = self.prefilling.next_question(again=again)
        if request is not None:
            self._owner.run_worker(self._ask(request), group="form-prefill", exclusive=True, exit_on_error=False)
            self._changed()

    async def _ask(self, request: PrefillRequest) -> None:
        try:
            answer = await self._session.client.prefill(request)
        except TrailerError as error:
            was_wanted = self.prefilling.take_error(request, error)
        else:
            was_wanted = self.prefilling.take_answer(request, answer)
        if was_wanted:
            self._changed()
