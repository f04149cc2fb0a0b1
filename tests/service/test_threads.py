"""Short blocking calls share a few threads, which end when nobody calls."""

from __future__ import annotations

import asyncio
import threading
import time
from functools import partial

import pytest

from trailer_tui.service import threads
from trailer_tui.service.threads import ThreadCalls

NAME = "a test's call"


def alive() -> int:
    return sum(thread.name == NAME for thread in threading.enumerate())


async def until_ended() -> None:
    async with asyncio.timeout(10):
        while alive():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_many_calls_leave_few_threads_and_those_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "IDLE_SECONDS", 0.5)
    calls = ThreadCalls(NAME, 4)
    assert await asyncio.gather(*(calls.run(partial(int, number)) for number in range(200))) == [*range(200)]
    assert 1 <= alive() <= 12
    await until_ended()
    assert await calls.run(lambda: "again") == "again"
    calls.close()


async def test_closing_ends_the_threads_and_a_late_call_still_runs() -> None:
    calls = ThreadCalls(NAME, 4)
    assert await calls.run(lambda: "first") == "first"
    calls.close()
    await until_ended()
    assert await calls.run(lambda: "late") == "late"
    await until_ended()


async def test_a_thread_that_just_ends_loses_no_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "IDLE_SECONDS", 0.0001)
    calls = ThreadCalls(NAME, 4)
    async with asyncio.timeout(20):
        for number in range(500):
            assert await calls.run(partial(int, number)) == number
    calls.close()


async def test_no_more_calls_at_once_than_the_limit_and_an_error_costs_no_place() -> None:
    calls, at_once, most = ThreadCalls(NAME, 2), [0], [0]
    lock = threading.Lock()

    def work() -> None:
        with lock:
            at_once[0] += 1
            most[0] = max(most[0], at_once[0])
        time.sleep(0.01)
        with lock:
            at_once[0] -= 1
        raise ValueError

    outcomes = await asyncio.gather(*(calls.run(work) for _ in range(8)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [ValueError] * 8
    assert most[0] <= 2
    calls.close()
