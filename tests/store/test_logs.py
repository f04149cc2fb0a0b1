"""Build logs: every line in its file, on disk within a second, whole lines only."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailer_tui.model.errors import StorageFull
from trailer_tui.model.log import STREAM_ERROR, STREAM_OUT, LogLine, parse_line
from trailer_tui.store.logs import LogFolder, LogWriter


@pytest.fixture
def logs(tmp_path: Path) -> LogFolder:
    return LogFolder(tmp_path)


def _lines(path: Path) -> list[LogLine]:
    return [parse_line(line) for line in path.read_bytes().split(b"\n")[:-1]]


@given(texts=st.lists(st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"])), max_size=20))
def test_lines_read_back_as_they_were_written(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    logs = LogFolder(tmp_path_factory.mktemp("logs"))
    writer = logs.writer(1)
    for number, text in enumerate(texts):
        writer.write(number, number * 10, STREAM_ERROR, text)
    writer.close()
    assert _lines(logs.path(1)) == [
        LogLine(number, number * 10, STREAM_ERROR, text) for number, text in enumerate(texts)
    ]
    assert (writer.lines, writer.size) == (len(texts), logs.size(1))


def test_a_log_is_continued_and_kept_from_others(logs: LogFolder) -> None:
    for text in ("first", "second"):
        writer = logs.writer(7)
        writer.write(1, 0, STREAM_OUT, text)
        writer.close()
    assert [line.text for line in _lines(logs.path(7))] == ["first", "second"]
    assert logs.path(7).stat().st_mode & 0o777 == 0o600


def test_a_missing_log_is_empty_and_removing_it_is_no_error(logs: LogFolder) -> None:
    assert logs.size(3) == 0
    logs.remove(3)
    logs.writer(3).close()
    logs.remove(3)
    assert not logs.path(3).exists()


def test_lines_reach_the_disk_at_least_once_a_second_while_lines_come(tmp_path: Path) -> None:
    now = [0.0]
    writer = LogWriter(tmp_path / "1.log", now=lambda: now[0])
    lag = 0.0
    for number in range(500):
        now[0] = number * 0.5
        writer.write(1, number, STREAM_OUT, "slow")
        on_disk = (tmp_path / "1.log").read_bytes().count(b"\n")
        lag = max(lag, (number + 1 - on_disk) * 0.5)
    writer.close()
    assert lag <= 1.5


def test_flush_from_another_thread_loses_and_doubles_nothing(logs: LogFolder) -> None:
    writer, done = logs.writer(1), threading.Event()

    def flush() -> None:
        while not done.wait(0.001):
            writer.flush()

    thread = threading.Thread(target=flush)
    thread.start()
    for number in range(20_000):
        writer.write(1, number, STREAM_OUT, "x")
    done.set()
    thread.join()
    writer.close()
    writer.close()
    writer.flush()
    assert [line.elapsed_ms for line in _lines(logs.path(1))] == list(range(20_000))
    assert writer.size == logs.size(1)


def test_a_full_disk_keeps_whole_lines_and_names_the_folder(
    logs: LogFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full")
    writer = LogWriter(Path("/dev/full"))
    writer.write(1, 0, STREAM_OUT, "lost")
    with pytest.raises(StorageFull):
        writer.flush()
    assert writer.lines == 0
    writer.close()
