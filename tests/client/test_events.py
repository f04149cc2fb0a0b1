"""The event stream of a server that is newer than the client."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx

from trailer_tui.client.client import TrailerClient

STREAM = b'{"event": "hello", "version": "9.0"}\n{"event": "parade"}\n{"event": "image_deleted", "id": 4}\n'


async def arriving() -> AsyncIterator[bytes]:
    """The stream in pieces that are cut anywhere."""
    for start in range(0, len(STREAM), 7):
        yield STREAM[start : start + 7]


async def test_an_event_that_is_not_known_means_reading_again(tmp_path: Path) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=arriving()))
    async with TrailerClient(tmp_path / "none.sock") as client:
        client._http = httpx.AsyncClient(transport=transport, base_url="http://trailer/v1")
        assert [event.event async for event in client.events()] == ["hello", "resync", "image_deleted"]
