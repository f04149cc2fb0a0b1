"""A store in a temporary folder with a clock that the test turns."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from trailer_tui.model.host import Host, HostDraft
from trailer_tui.store.store import Store


class Clock:
    """Stands still until it is advanced."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
async def store(folder: Path, clock: Clock) -> AsyncIterator[Store]:
    opened = await Store.open(folder, clock=clock)
    try:
        yield opened
    finally:
        await opened.close()


@pytest.fixture
async def host(store: Store) -> Host:
    return await store.hosts.create(HostDraft(name="local", address="unix:///var/run/docker.sock"))
