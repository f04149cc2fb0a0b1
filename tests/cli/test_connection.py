"""What a command's connection leaves on the terminal when the loop meets trouble that no command can catch."""

from __future__ import annotations

import asyncio

import pytest

from tests.support.live_server import LiveServer
from trailer_tui.cli.connection import with_client
from trailer_tui.client.client import TrailerClient


def run_in_the_loop(callback: object) -> int:
    async def work(client: TrailerClient) -> int:
        await client.hosts()
        asyncio.get_running_loop().call_soon(callback)  # type: ignore[arg-type]
        await asyncio.sleep(0)
        return 0

    return with_client(work)


def test_a_read_that_was_called_off_as_its_answer_came_is_not_told(
    server: LiveServer, caplog: pytest.LogCaptureFixture
) -> None:
    def late_answer() -> None:
        read = asyncio.get_running_loop().create_future()
        read.cancel()
        read.set_result(None)

    assert run_in_the_loop(late_answer) == 0
    assert caplog.records == []


def test_other_trouble_of_the_loop_is_told(server: LiveServer, caplog: pytest.LogCaptureFixture) -> None:
    def fault() -> None:
        raise ZeroDivisionError("a fault of our own")

    assert run_in_the_loop(fault) == 0
    assert "a fault of our own" in caplog.text
