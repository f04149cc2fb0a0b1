"""Run the whole app against a server in memory, press keys, read the screen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from textual.pilot import Pilot

from tests.app.server_stand_in import NOW, ServerStandIn
from tests.support.live_server import LiveServer
from trailer_tui.app.app import TrailerApp
from trailer_tui.app.screens.images import ImagesScreen
from trailer_tui.app.settings import AppSettings

BOUND = 10.0
"""Seconds after which something that should happen counts as not happening."""


class Driven:
    """The app under test."""

    def __init__(self, app: TrailerApp, pilot: Pilot[None]) -> None:
        self.app = app
        self._pilot = pilot

    async def press(self, *keys: str) -> None:
        """Press keys and wait until they are handled."""
        await self._pilot.press(*keys)

    async def type(self, text: str) -> None:
        """Type text."""
        await self._pilot.press(*text)

    async def click(self, selector: str, x: int, y: int = 0) -> None:
        """Click into a widget."""
        await self._pilot.click(selector, offset=(x, y))

    async def resize(self, width: int, height: int) -> None:
        """Give the terminal another size."""
        await self._pilot.resize_terminal(width, height)

    @property
    def lines(self) -> list[str]:
        """The screen's lines without trailing spaces."""
        strips = self.app.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip).rstrip() for strip in strips]

    @property
    def text(self) -> str:
        """The whole screen."""
        return "\n".join(self.lines)

    @property
    def cursor_line(self) -> str:
        """The row under the table's cursor."""
        return next((line for line in self.lines if line.startswith("▌")), "")

    @property
    def images(self) -> ImagesScreen:
        """The Images screen, when it is on top."""
        assert isinstance(self.app.screen, ImagesScreen)
        return self.app.screen

    async def expect(self, holds: Callable[[], object]) -> None:
        """Wait until `holds`; fails with the screen when it never does."""
        try:
            async with asyncio.timeout(BOUND):
                while not holds():
                    await self._pilot.pause(0.01)
        except TimeoutError:
            raise AssertionError(f"this never came:\n{self.text}") from None

    async def expect_shown(self, text: str) -> None:
        """Wait until the screen shows `text`."""
        await self.expect(lambda: text in self.text)


@asynccontextmanager
async def running_app(
    server: ServerStandIn, size: tuple[int, int] = (80, 24), settings: AppSettings | None = None
) -> AsyncIterator[Driven]:
    """The app on a terminal of `size`, connected to `server`, its list loaded."""
    app = TrailerApp(connector=server.connect, clock=lambda: NOW, settings=settings)
    async with app.run_test(size=size, notifications=True) as pilot:
        driven = Driven(app, pilot)
        await driven.expect(lambda: app.situation.is_known and f" of {len(server.rows):,}" in driven.text)
        yield driven


@asynccontextmanager
async def app_over_a_socket(server: LiveServer, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Driven]:
    """The app on a terminal of `size`, connected to a whole server."""

    async def connect(**_: Any) -> Any:
        return server.client()

    app = TrailerApp(connector=connect)
    async with app.run_test(size=size, notifications=True) as pilot:
        driven = Driven(app, pilot)
        await driven.expect(lambda: app.situation.is_known)
        yield driven
