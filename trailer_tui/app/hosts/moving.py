"""Moving a queued build to another host: which hosts could take it, the question, the call."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from textual.app import App

from trailer_tui.humanize import ordinal
from trailer_tui.model.errors import NotApplicable
from trailer_tui.model.status import BuildState
from trailer_tui.printable import printable

if TYPE_CHECKING:
    from trailer_tui.app.session import Session
    from trailer_tui.model.build import Build, BuildSummary
    from trailer_tui.model.errors import TrailerError
    from trailer_tui.model.host import Host


class Owner(Protocol):
    """The screen from which a build is moved."""

    @property
    def app(self) -> App[Any]:
        """The app, for dialogs and toasts."""

    def call_server(self, call: Callable[[], Awaitable[None]], *, group: str, exclusive: bool = False) -> None:
        """Run a call in the background and show its errors."""

    def show_error(self, error: TrailerError) -> None:
        """Tell the user."""


class BuildMoves:
    """Asks where a queued build should go, and moves it."""

    def __init__(self, session: Session, owner: Owner) -> None:
        self._session = session
        self._owner = owner

    def ask(self, build_id: int) -> None:
        """Choose a host for a build."""
        self._owner.call_server(partial(self._ask, build_id), group="move", exclusive=True)

    async def _ask(self, build_id: int) -> None:
        from trailer_tui.app.dialogs.choice import ChoiceDialog

        client = self._session.client
        build, hosts = await client.build(build_id), await client.hosts()
        if build.state is not BuildState.PENDING:
            raise NotApplicable(f"{build.image_name} does not wait any more: it is {build.state.label.lower()}")
        can, cannot = await asyncio.to_thread(_sorted_out, hosts, build)
        place = f", {ordinal(build.queue_position)} in the queue" if build.queue_position else ""
        title = f"Move {build.image_name} (on {build.host_name}{place}) to"

        def chosen(key: str | None) -> None:
            if key is not None:
                self._owner.call_server(partial(self._move, build, int(key)), group="move")

        self._owner.app.push_screen(ChoiceDialog(title, can, refused=cannot), chosen)

    async def _move(self, build: BuildSummary, host_id: int) -> None:
        moved = await self._session.client.move_build(build.id, host_id)
        text = f"{printable(moved.image_name)} is in the queue of {printable(moved.host_name)} now"
        self._owner.app.notify(text, timeout=4, markup=False)


def _sorted_out(hosts: Sequence[Host], build: Build) -> tuple[list[tuple[str, str]], list[str]]:
    """(key, label) of the hosts that can take the build, and labels with a reason of those that cannot."""
    # What knows hosts needs pydantic, for which the images table does not wait.
    from trailer_tui.app.hosts import wording
    from trailer_tui.dockerfile.eligibility import cannot_take

    here = next((host for host in hosts if host.id == build.host_id), None)
    can, cannot = [], []
    for host in hosts:
        reason = cannot_take(host, build, here)
        if reason:
            cannot.append(f"{host.name}: {reason}")
        else:
            can.append((str(host.id), f"{host.name}  {wording.builds_words(host)}  {wording.builder_words(host)}"))
    return can, cannot
