"""Values of build secrets do not reach the log, wherever the output is cut."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailer_tui.engine.cancel import CancelToken
from trailer_tui.engine.events import StepFinished, StepOutput, StepStarted
from trailer_tui.model.log import STREAM_ERROR, STREAM_OUT
from trailer_tui.model.status import Phase, StepState
from trailer_tui.service.lines import MAX_LINE, LineCutter
from trailer_tui.service.masking import SecretMask
from trailer_tui.service.recorder import BuildRecorder
from trailer_tui.store.logs import LogFolder


def mask(*values: bytes) -> SecretMask:
    made = SecretMask()
    for value in values:
        made.learn(value)
    return made


def shown(cutter: LineCutter, *pieces: str) -> str:
    """All that comes out of these pieces."""
    blocks = [cutter.feed(piece) for piece in pieces] + [cutter.rest()]
    return "\n".join(block for block in blocks if block is not None)


def test_a_value_is_replaced_wherever_it_stands() -> None:
    assert mask(b"hunter22\n")("hunter22 a=hunter22;hunter22x") == "*** a=***;***x"


def test_a_value_of_several_lines_is_found_line_by_line() -> None:
    key = b"-----BEGIN KEY-----\r\n  c2VjcmV0\n\nabc\n-----END KEY-----\n"
    assert mask(key)("> -----BEGIN KEY-----\n> c2VjcmV0\n> abc") == "> ***\n> ***\n> abc"


def test_short_values_are_left_alone() -> None:
    assert mask(b"12345", b"")("12345 123456") == "12345 123456"
    assert mask(b"123456")("123456") == "***"


def test_the_longer_of_two_values_counts() -> None:
    assert mask(b"hunter22", b"hunter22-and-more")("hunter22-and-more hunter22") == "*** ***"


def test_every_line_of_a_long_value_is_found_the_longest_first() -> None:
    lines = [f"{start}{number:04}" for start in ("key-", "key=", "[a-z]", "tail") for number in range(200)]
    learnt = mask("\n".join([*lines, "key-0007-and-more"]).encode())
    text = " ".join(["key-0007-and-more", *lines, "key-9999", "bkey", "[a-z]"])
    assert learnt(text) == " ".join(["***"] * (len(lines) + 1) + ["key-9999", "bkey", "[a-z]"])


def test_a_value_that_is_no_text_is_found_as_the_log_shows_it() -> None:
    assert mask(b"bin\xff\xfeary")(b"<bin\xff\xfeary>".decode("utf-8", "replace")) == "<***>"


def test_what_looks_like_a_pattern_is_text() -> None:
    assert mask(b".*.*.*.*")("everything .*.*.*.*") == "everything ***"


@given(st.lists(st.sampled_from(["hun", "ter", "22", "hunter22", "x", "\n"]), max_size=30))
def test_no_cut_lets_a_value_through(pieces: list[str]) -> None:
    whole = shown(LineCutter(mask(b"hunter22")), *pieces)
    assert "hunter22" not in whole
    assert whole.rstrip("\n") == "".join(pieces).replace("hunter22", "***").rstrip("\n")


@pytest.mark.parametrize("before", range(MAX_LINE - 10, MAX_LINE + 2))
def test_a_line_that_is_too_long_is_cut_beside_a_value(before: int) -> None:
    whole = shown(LineCutter(mask(b"hunter22")), "x" * before + "hunt", "er22", "y" * 20)
    assert whole.replace("\n", "") == "x" * before + "***" + "y" * 20


def test_a_value_is_learnt_before_the_step_gets_it() -> None:
    learnt = SecretMask()
    readers = learnt.watch({"token": lambda: b"hunter22"})
    assert learnt("hunter22") == "hunter22"
    assert readers["token"]() == b"hunter22"
    assert learnt("hunter22") == "***"


def test_log_error_and_last_output_of_a_step_hold_no_value(tmp_path: Path) -> None:
    recorder = BuildRecorder(1, LogFolder(tmp_path).writer(1), CancelToken())
    readers = recorder.mask.watch({"token": lambda: b"hunter22"})
    recorder.emit(StepStarted("1", Phase.BUILD, "RUN x"))
    readers["token"]()
    for piece in ("token is hun", "ter22\nand aga", "in: hunter22"):
        recorder.emit(StepOutput("1", STREAM_OUT, piece))
    recorder.emit(StepOutput("1", STREAM_ERROR, "hunter22\n"))
    recorder.emit(StepFinished("1", error="hunter22 was refused"))
    recorder.remark("hunter22 again")
    recorder.settle(StepState.FAILED)
    recorder.close()
    log = LogFolder(tmp_path).path(1).read_text()
    failed = recorder.failed_step()
    assert failed is not None
    assert failed[0].error == "*** was refused"
    assert failed[1] == ["token is ***", "***", "and again: ***"]
    assert "token is ***" in log
    assert "hunter22" not in log
