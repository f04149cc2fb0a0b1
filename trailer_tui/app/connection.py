"""Keeps the app connected to its server: connects, reads the events, connects again when they end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Protocol

from trailer_tui.model.errors import ServerUnavailable, TrailerError

if TYPE_CHECKING:
    from trailer_tui.app.session import Session
    from trailer_tui.client.client import TrailerClient
    from trailer_tui.model.events import Event

RETRY_SECONDS = (0.25, 0.5, 1.0, 2.0, 5.0)
"""Waits between attempts; the last one repeats."""


class Connector(Protocol):
    """Finds the server, or starts one: `trailer_tui.client.start.connect`."""

    def __call__(
        self, *, start: bool = True, on_wait: Callable[[str], None] | None = None
    ) -> Awaitable[TrailerClient]: ...


async def find_server(*, start: bool = True, on_wait: Callable[[str], None] | None = None) -> TrailerClient:
    """The client's own connector, imported only when the first frame is on the screen."""
    from trailer_tui.client.start import connect

    return await connect(start=start, on_wait=on_wait)


class Watcher(Protocol):
    """Who wants to know; the app."""

    def connection_waits(self, text: str) -> None:
        """Connecting takes a moment, because of `text`."""

    async def connection_made(self) -> None:
        """`session.client` works from now on."""

    def connection_failed(self, error: TrailerError) -> None:
        """The first attempt failed; nothing happens until `Connection.retry`."""

    def connection_lost(self, error: TrailerError | None) -> bool:
        """The server went away; whether to start another one without being asked."""

    def event_received(self, event: Event) -> None:
        """The server said something."""


class NoClient:
    """Stands for the client until there is one: every call says that there is no connection."""

    def __getattr__(self, name: str) -> object:
        hint = "wait, or press r; in a text field press esc first"
        raise ServerUnavailable("there is no connection to the server", hint=hint)


class Connection:
    """The life of the connection; run `keep` in a worker."""

    def __init__(self, session: Session, watcher: Watcher, connector: Connector) -> None:
        self._session = session
        self._watcher = watcher
        self._connector = connector
        self._retry = asyncio.Event()

    def retry(self) -> None:
        """Try now, and start a server if there is none: the user asked."""
        self._retry.set()

    async def keep(self) -> None:
        """Connect, follow, connect again; ends only by being cancelled."""
        client = await self._first()
        while True:
            error: TrailerError | None = None
            try:
                self._session.client = client
                await self._watcher.connection_made()
                async for event in client.events():
                    self._watcher.event_received(event)
            except TrailerError as problem:
                error = problem
            finally:
                await client.close()
            start = self._watcher.connection_lost(error)
            client = await self._again(start=start)

    async def _first(self) -> TrailerClient:
        while True:
            self._retry.clear()
            try:
                return await self._connector(start=True, on_wait=self._watcher.connection_waits)
            except TrailerError as error:
                self._watcher.connection_failed(error)
            await self._retry.wait()

    async def _again(self, *, start: bool) -> TrailerClient:
        self._retry.clear()
        attempt = 0
        while True:
            try:
                return await self._connector(start=start, on_wait=self._watcher.connection_waits)
            except TrailerError as error:
                start = False
                self._watcher.connection_lost(error)
            try:
                async with asyncio.timeout(RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)]):
                    await self._retry.wait()
            except TimeoutError:
                attempt += 1
            else:
                self._retry.clear()
                start = True
