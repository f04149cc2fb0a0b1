"""What is told of a failed build."""

from __future__ import annotations

import pytest

from trailer_tui.engine.build_failure import build_failure


@pytest.mark.parametrize(
    "sentence",
    [
        "executor failed running [/bin/sh -c {}]: exit code: 7",
        'process "/bin/sh -c {}" did not complete successfully: exit code: 7',
        "The command '/bin/sh -c {}' returned a non-zero code: 7",
    ],
)
def test_a_long_command_is_not_the_whole_cause(sentence: str) -> None:
    long = sentence.format("set -e; " + "install  this; " * 400)
    told = build_failure(long, long, 7, "FROM x\n").cause
    assert len(told) < 250
    assert told.startswith(sentence.partition("{")[0])
    assert told.endswith("7")
    short = sentence.format("true")
    assert build_failure(short, short, 7, "FROM x\n").cause == short
