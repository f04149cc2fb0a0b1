"""Real servers in processes of their own, ended after each test."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from trailer_tui import locations


@pytest.fixture(autouse=True)
def no_server_stays() -> Iterator[None]:
    """End the server that the test has started, by the process id in its lock file."""
    folder = locations.data_folder()
    yield
    with suppress(OSError, ValueError, KeyError):
        pid = int(json.loads((folder / "server.lock").read_text())["pid"])
        if pid != os.getpid():
            os.kill(pid, signal.SIGTERM)


async def until_gone(path: Path) -> None:
    """Wait until a server has taken its socket away."""
    async with asyncio.timeout(30):
        while path.exists():  # noqa: ASYNC110, ASYNC240  # another process removes it
            await asyncio.sleep(0.02)
