"""A service stops, whatever it is at."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from tests.service.world import World
from trailer_tui.config import ServerConfig


async def test_a_stop_that_comes_together_with_the_answer_of_a_host(tmp_path: Path) -> None:
    for number in range(15):
        world = World(tmp_path / str(number), lambda: datetime.now(UTC), ServerConfig(host_check_seconds=0.001))
        await world.start()
        async with asyncio.timeout(10):
            await world.close()
        assert world.engine.closed.is_set()
