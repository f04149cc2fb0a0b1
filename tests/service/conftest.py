"""A service over a real store and hosts in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.service.world import World


class TickingClock:
    """A clock that moves a second with every look, so that records differ in time."""

    def __init__(self) -> None:
        self.now = datetime(2030, 1, 1, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture
def clock() -> Callable[[], datetime]:
    """The time that records get."""
    return TickingClock()


@pytest.fixture
async def world(tmp_path: Path, clock: Callable[[], datetime]) -> AsyncIterator[World]:
    """A running service with one online host named `local`."""
    made = World(tmp_path / "data", clock)
    await made.start()
    try:
        yield made
    finally:
        await made.close()
