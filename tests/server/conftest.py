"""A server for the tests of its interface."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.live_server import LiveServer, live_server


@pytest.fixture
def server() -> Iterator[LiveServer]:
    """A running server with one host in memory."""
    with live_server() as running:
        yield running
