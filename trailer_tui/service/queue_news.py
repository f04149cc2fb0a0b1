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
BUILDS_AT_ONCE = 50
"""Told in one round: a long queue is told in larger steps, and no client's events overflow."""


class QueueNews:
    """Runs beside the queue; rests while no position changes."""

    def __init__(self, store: Store, live: LiveState, pending: Callable[[int], BuildSummary | None]) -> None:
        """`pending` gives a build that still waits."""
        self._store = store
        self._live = live
        self._pending = pending
        self._told: dict[int, tuple[int, int]] = {}
        """By build the position that was told last, and in which round."""
        self._round = 0
        self._moved = asyncio.Event()

    def set(self, positions: Mapping[int, int]) -> None:
        """The positions of all pending builds as they are now, by build."""
        self._live.positions = dict(positions)
        self._moved.set()

    async def run(self) -> None:
        """Tell until cancelled."""
        while True:
            await self._moved.wait()
            self._moved.clear()
            try:
                await self._tell()
            except TrailerError as error:
                _LOG.warning("the order of the queue was not told: %s", error.cause)
            except Exception:
                _LOG.exception("telling the order of the queue stumbled; it goes on with the next move")
            await asyncio.sleep(TELL_SECONDS)

    async def _tell(self) -> None:
        """Tell a round of builds whose position changed, those that were told longest ago first."""
        self._round += 1
        positions = self._live.positions
        self._told = {build_id: self._told.get(build_id, (0, 0)) for build_id in positions}
        moved = [build_id for build_id, position in positions.items() if self._told[build_id][0] != position]
        moved.sort(key=lambda build_id: (self._told[build_id][1], positions[build_id]))
        if not moved:
            return
        if len(moved) > BUILDS_AT_ONCE:
            self._moved.set()
        now = {build_id: positions[build_id] for build_id in moved[:BUILDS_AT_ONCE]}
        self._told |= {build_id: (position, self._round) for build_id, position in now.items()}
        builds = [build for build in map(self._pending, now) if build is not None]
        rows = await self._store.images.rows([build.image_id for build in builds])
        creators = {row.id: row.creator for row in rows}
        for build in builds:
            if build.image_id in creators:
                self._live.tell_build(build, creators[build.image_id])
