"""The record of a build: output cut anywhere becomes whole lines, steps may repeat and overlap."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailer_tui.engine.cancel import Cancelled, CancelToken
from trailer_tui.engine.events import EngineEvent, StepFinished, StepOutput, StepProgress, StepStarted
from trailer_tui.model.errors import StorageFull
from trailer_tui.model.log import parse_line
from trailer_tui.model.status import Phase, StepState
from trailer_tui.service.lines import MAX_LINE, TAIL_WIDTH, LineCutter, Tail
from trailer_tui.service.masking import SecretMask
from trailer_tui.service.recorder import BuildRecorder
from trailer_tui.store.logs import LogFolder, LogWriter


@pytest.fixture
def writer(tmp_path: Path) -> LogWriter:
    """A log in a folder of the test."""
    return LogFolder(tmp_path).writer(1)


def record(writer: LogWriter, *events: EngineEvent) -> BuildRecorder:
    """A recorder that took these events."""
    recorder = BuildRecorder(1, writer, CancelToken(), elapsed=lambda: 1.5)
    for event in events:
        recorder.emit(event)
    return recorder


def started(key: str, number: int = 1) -> StepStarted:
    return StepStarted(key, Phase.BUILD, f"RUN {key}", number, 9, number)


def log(recorder: BuildRecorder, tmp_path: Path) -> list[tuple[int, str, str]]:
    """Step, stream and text of every line once the build ended."""
    recorder.settle(StepState.DONE)
    recorder.close()
    data = LogFolder(tmp_path).path(1).read_bytes()
    return [(line.step, line.stream, line.text) for line in map(parse_line, data.split(b"\n")[:-1])]


@given(st.lists(st.text(st.sampled_from("ab\n\r"), max_size=6)))
def test_pieces_cut_anywhere_give_the_same_lines(pieces: list[str]) -> None:
    cutter, lines = LineCutter(SecretMask()), list[str]()
    for piece in pieces:
        block = cutter.feed(piece)
        if block is not None:
            lines += block.split("\n")
    rest = cutter.rest()
    if rest is not None:
        lines.append(rest)
    whole = "".join(pieces).split("\n")
    assert lines == (whole if whole[-1] else whole[:-1])


def test_output_without_any_line_break_does_not_stay_in_memory() -> None:
    cutter = LineCutter(SecretMask())
    blocks = [block for block in (cutter.feed("x" * 1000) for _ in range(3000)) if block is not None]
    assert len(blocks) == 2
    assert all(MAX_LINE <= len(block) < MAX_LINE + 1000 for block in blocks)


def test_the_tail_is_what_a_terminal_shows_last() -> None:
    tail = Tail()
    tail.feed("\n".join(str(number) for number in range(100)))
    tail.feed("10%\r50%\r100%\r")
    tail.feed("y" * 5000)
    lines = tail.lines()
    assert len(lines) == 20
    assert lines[:2] == ["82", "83"]
    assert lines[-2] == "100%"
    assert len(lines[-1]) == TAIL_WIDTH


def test_streams_and_steps_do_not_mix(writer: LogWriter, tmp_path: Path) -> None:
    recorder = record(
        writer,
        StepOutput("nobody", "o", "before any step\n"),
        started("a", 1),
        started("b", 2),
        StepOutput("a", "o", "one "),
        StepOutput("a", "e", "warn"),
        StepOutput("b", "o", "two\r\n"),
        StepOutput("a", "o", "three\nfour"),
        StepOutput("a", "e", "ing\n"),
        StepFinished("a"),
    )
    assert log(recorder, tmp_path) == [
        (0, "o", "before any step"),
        (2, "o", "two\r"),
        (1, "o", "one three"),
        (1, "e", "warning"),
        (1, "o", "four"),
    ]


def test_a_step_that_is_repeated_keeps_its_place_and_may_end_as_cached(writer: LogWriter) -> None:
    recorder = record(writer, started("a"), StepFinished("a"), started("b", 2), started("a"))
    assert recorder.steps()[0].state is StepState.RUNNING
    recorder.emit(StepFinished("a", cached=True))
    assert [(step.ordinal, step.state) for step in recorder.steps()] == [(1, StepState.CACHED), (2, StepState.RUNNING)]


def test_a_snapshot_holds_only_what_changed(writer: LogWriter) -> None:
    recorder = record(writer, started("a"), started("b", 2))
    first = recorder.snapshot()
    assert [step.ordinal for step in first.steps] == [1, 2]
    assert (first.steps_done, first.steps_total) == (2, 9)
    recorder.emit(StepProgress("b", "layer", "Downloading", 5, 10))
    changed = recorder.snapshot().steps
    assert [(step.ordinal, step.layers[0].current) for step in changed] == [(2, 5)]
    assert recorder.snapshot().steps == []


def test_news_are_told_once_until_they_are_taken(writer: LogWriter) -> None:
    told: list[None] = []
    recorder = BuildRecorder(1, writer, CancelToken(), notify=lambda: told.append(None))
    recorder.emit(started("a"))
    recorder.emit(StepOutput("a", "o", "x\n"))
    assert len(told) == 1
    recorder.snapshot()
    recorder.emit(StepOutput("a", "o", "y\n"))
    assert len(told) == 2


def test_a_step_left_running_is_the_one_that_failed(writer: LogWriter) -> None:
    recorder = record(writer, started("a"), StepFinished("a"), started("b", 2), StepOutput("b", "o", "no line break"))
    recorder.settle(StepState.FAILED)
    found = recorder.failed_step()
    assert found is not None
    step, output = found
    assert (step.ordinal, step.state, output) == (2, StepState.FAILED, ["no line break"])


def test_events_after_the_end_are_refused(writer: LogWriter) -> None:
    recorder = record(writer, started("a"))
    recorder.settle(StepState.CANCELLED)
    with pytest.raises(Cancelled):
        recorder.emit(StepOutput("a", "o", "late\n"))


def test_a_full_disk_ends_the_work(writer: LogWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    cancel, ended = CancelToken(), threading.Event()
    recorder = BuildRecorder(1, writer, cancel)
    recorder.emit(started("a"))

    def full(*_: object) -> None:
        raise StorageFull("the disk is full")

    monkeypatch.setattr(writer, "write_lines", full)
    with cancel.closing(ended.set), pytest.raises(Cancelled):
        recorder.emit(StepOutput("a", "o", "x\n"))
    assert ended.is_set()
    assert isinstance(recorder.storage_error, StorageFull)


def test_two_million_lines_are_all_in_the_log(writer: LogWriter, tmp_path: Path) -> None:
    recorder = record(writer, started("a"))
    text = "\n".join(map(str, range(1, 2_000_001))) + "\n"
    for start in range(0, len(text), 65_536):
        recorder.emit(StepOutput("a", "o", text[start : start + 65_536]))
    recorder.settle(StepState.DONE)
    assert recorder.snapshot().log_lines == 2_000_000
    recorder.close()
    data = LogFolder(tmp_path).path(1).read_bytes()
    assert data.replace(b"1 1500 o ", b"") == text.encode()
