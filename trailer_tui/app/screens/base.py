"""What every full screen shares: how it leaves, calls to the server that cannot crash the app, how errors are shown."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeAlias, TypeVar

from textual.worker import Worker

from trailer_tui.app.reporting import report
from trailer_tui.app.screens.leaving import LeavesOnce
from trailer_tui.app.session import Session
from trailer_tui.model.errors import TrailerError

ScreenResult = TypeVar("ScreenResult")

ServerCall: TypeAlias = Callable[[], Awaitable[None]] | Awaitable[None]
"""A coroutine, or what makes one; the latter for calls that a later one may cancel before they begin."""


class TrailerScreen(LeavesOnce[ScreenResult]):
    """A full screen over the server."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session

    def call_server(self, call: ServerCall, *, group: str, exclusive: bool = False) -> None:
        """Run `call` in the background; its errors are shown to the user.

        Args:
            call: speaks to the server and changes the screen.
            group: calls of one group may replace one another.
            exclusive: whether this call cancels older ones of its group.
        """
        work = partial(self._guard, call)
        _: Worker[None] = self.run_worker(work, group=group, exclusive=exclusive, exit_on_error=False)

    async def _guard(self, call: ServerCall) -> None:
        try:
            await (call() if callable(call) else call)
        except TrailerError as error:
            self.show_error(error)
        except Exception as error:  # whatever it is, the screen goes on
            self.log(error)
            self.show_error(TrailerError(f"{type(error).__name__}: {error}", hint="this is a fault of Trailer itself"))

    def show_error(self, error: TrailerError) -> None:
        """Tell the user."""
        report(self.app, error)
