"""A log is fetched, followed, filtered and searched while it grows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.app.log_stand_in import LogClient
from trailer_tui.app.log import reader as reader_module
from trailer_tui.app.log.matching import Query
from trailer_tui.app.log.reader import LogExtent, LogReader
from trailer_tui.app.log.spool import SpoolState
from trailer_tui.model.log import parse_line


async def expect(condition: Callable[[], object]) -> None:
    for _ in range(1000):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("the condition did not come true")


@asynccontextmanager
async def reading(client: LogClient, folder: Path, *, lines: int = 0) -> AsyncIterator[LogReader]:
    extent = LogExtent(1, client.ended, len(client.data), lines)
    reader = LogReader(client, folder, extent, refresh_seconds=0.01, on_change=lambda: None)
    try:
        yield reader
    finally:
        await reader.close()


def shown(reader: LogReader) -> list[str]:
    contents = reader.contents
    raws = [contents.line(contents.number(row)) for row in range(contents.rows)]
    return [parse_line(raw.head).text if raw else "…" for raw in raws]


async def test_lines_appear_as_they_are_written(tmp_path: Path) -> None:
    client = LogClient()
    client.write("one", "two")
    async with reading(client, tmp_path) as reader:
        await expect(lambda: shown(reader) == ["one", "two"])
        assert not reader.complete
        client.write("three")
        await expect(lambda: shown(reader) == ["one", "two", "three"])
        client.end()
        await expect(lambda: reader.complete)


async def test_the_copy_leaves_no_file_and_is_nobody_elses(tmp_path: Path) -> None:
    client = LogClient()
    client.write("secret")
    folder = tmp_path / "cache" / "logs"
    async with reading(client, folder) as reader:
        await expect(lambda: reader.contents.rows == 1)
        assert list(folder.iterdir()) == []
        assert folder.stat().st_mode & 0o777 == 0o700


async def test_a_server_that_goes_away_is_asked_again_from_where_it_stopped(tmp_path: Path) -> None:
    client = LogClient()
    client.write("one")
    async with reading(client, tmp_path) as reader:
        await expect(lambda: reader.contents.rows == 1)
        read = reader.spool.size
        client.away = True
        client.write("two")
        await expect(lambda: reader.spool.state is SpoolState.AWAY)
        client.away = False
        await expect(lambda: "two" in shown(reader))
        assert client.requests[-1] == (read, True) or client.requests[-1][0] > 0
        assert shown(reader) == ["one", "two"]


async def test_a_log_that_was_removed_says_so(tmp_path: Path) -> None:
    client = LogClient(ended=True)
    client.removed = True
    async with reading(client, tmp_path) as reader:
        await expect(lambda: reader.spool.state is SpoolState.REMOVED)
        assert reader.contents.rows == 0


async def test_a_step_shows_its_own_lines(tmp_path: Path) -> None:
    client = LogClient()
    client.write("a", "b", step=1)
    client.write("c", step=2)
    async with reading(client, tmp_path) as reader:
        reader.show_step(2)
        await expect(lambda: shown(reader) == ["c"])
        client.write("d", step=2)
        client.write("e", step=3)
        await expect(lambda: shown(reader) == ["c", "d"])
        reader.show_step(None)
        assert shown(reader) == ["a", "b", "c", "d", "e"]


async def test_filter_and_search_follow_a_growing_log(tmp_path: Path) -> None:
    client = LogClient()
    client.write(*(f"line {number}" for number in range(2000)), step=4)
    async with reading(client, tmp_path) as reader:
        await expect(lambda: reader.contents.rows == 2000)
        reader.show_matching(Query("line 77"))
        reader.find(Query("7$", regex=True))
        expected = ["line 77", *(f"line 77{digit}" for digit in range(10))]
        await expect(lambda: not reader.searching and shown(reader) == expected)
        assert reader.search is not None
        assert [reader.search.found.number(at) for at in range(len(reader.search.found))] == [77, 777]
        client.write("line 7777", step=4)
        await expect(lambda: reader.search is not None and len(reader.search.found) == 3)
        assert shown(reader) == [*expected, "line 7777"]
        reader.show_step(9)
        await expect(lambda: not reader.searching)
        assert shown(reader) == []


async def test_a_regular_expression_that_never_ends_holds_up_nothing(tmp_path: Path) -> None:
    client = LogClient()
    client.write("a" * 60 + "!")
    async with reading(client, tmp_path) as reader:
        await expect(lambda: reader.contents.rows == 1)
        reader.find(Query("(a+)+$", regex=True))
        for _ in range(20):
            await asyncio.sleep(0.005)
        assert reader.searching
        reader.find(Query("a!"))
        await expect(lambda: reader.search is not None and len(reader.search.found) == 1)


async def test_of_a_long_log_the_end_comes_first_and_the_rest_only_when_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader_module, "WHOLE_BYTES", 10_000)
    monkeypatch.setattr(reader_module, "TAIL_BYTES", 1_000)
    client = LogClient(ended=True)
    client.write(*(f"line {number}" for number in range(5000)))
    async with reading(client, tmp_path, lines=5000) as reader:
        await expect(lambda: reader.contents.line(4999) is not None)
        assert reader.contents.rows == 5000
        assert shown(reader)[-1] == "line 4999"
        assert reader.contents.line(0) is None
        assert [offset for offset, _ in client.requests] == [len(client.data) - 1_000]
        reader.fetch_whole()
        await expect(lambda: reader.complete)
        assert shown(reader) == [f"line {number}" for number in range(5000)]


async def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_space(file: int, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    client = LogClient(ended=True)
    client.write("one")
    monkeypatch.setattr("trailer_tui.app.log.spool.os.write", no_space)
    async with reading(client, tmp_path) as reader:
        await expect(lambda: reader.spool.state is SpoolState.FAILED)
        assert reader.spool.error is not None
        assert "No space left" in reader.spool.error.cause
    monkeypatch.undo()
