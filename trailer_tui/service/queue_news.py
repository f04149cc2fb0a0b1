"""Tells the clients how pending builds move up, in small portions however fast the queue moves."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping

from trailer_tui.model.build import BuildSummary
from trailer_tui.model.errors import TrailerError
from trailer_tui.service.live import LiveState
from trailer_tui.store.store import Store

_LOG = logging.getLogger(__name__)

TELL_SECONDS = 0.25
"""Between two rounds, so that no build's position is told more than four times a second."""
EVENTS_PER_SECOND = 200
"""A round that tells more makes the next one wait longer: a long queue moves in larger steps."""
ROWS_AT_ONCE = 500


class QueueNews:
    """Runs beside the queue; rests while no position changes."""

    def __init__(self, store: Store, live: LiveState, pending: Callable[[int], BuildSummary | None]) -> None:
        """`pending` gives a build that still waits."""
        self._store = store
        self._live = live
        self._pending = pending
        self._told: dict[int, int] = {}
        self._moved = asyncio.Event()

    def set(self, positions: Mapping[int, int]) -> None:
        """The positions of all pending builds as they are now, by build."""
        self._live.positions = dict(positions)
        if self._told != positions:
            self._moved.set()

    async def run(self) -> None:
        """Tell until cancelled."""
        while True:
            await self._moved.wait()
            self._moved.clear()
            try:
                told = await self._tell()
            except TrailerError as error:
                _LOG.warning("the order of the queue was not told: %s", error.cause)
                told = 0
            await asyncio.sleep(max(TELL_SECONDS, told / EVENTS_PER_SECOND))

    async def _tell(self) -> int:
        """Tell every build whose position changed; returns how many."""
        moved = {
            build_id: position
            for build_id, position in self._live.positions.items()
            if self._told.get(build_id) != position
        }
        self._told = {build_id: self._told.get(build_id, 0) for build_id in self._live.positions} | moved
        creators = await self._creators([build.image_id for build in map(self._pending, moved) if build is not None])
        for build_id in moved:
            build = self._pending(build_id)
            if build is not None and build.image_id in creators:
                self._live.tell_build(build, creators[build.image_id])
        return len(moved)

    async def _creators(self, image_ids: list[int]) -> dict[int, str]:
        creators: dict[int, str] = {}
        for start in range(0, len(image_ids), ROWS_AT_ONCE):
            rows = await self._store.images.rows(image_ids[start : start + ROWS_AT_ONCE])
            creators |= {row.id: row.creator for row in rows}
        return creators
