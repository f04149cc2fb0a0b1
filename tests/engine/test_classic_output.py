"""The classic builder's text becomes steps, and a container's output stays exactly what it printed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.recorded import Recorded
from trailer_tui.engine.classic_output import ClassicOutput

DOCKERFILE = "# a comment\nFROM base\n\nRUN one \\\n  more\nRUN two\n"
CONTAINER = "4a536ca9d8af"


def stream(*texts: str) -> list[dict[str, Any]]:
    return [{"stream": text} for text in texts]


def step(number: int, instruction: str, total: int = 3) -> list[dict[str, Any]]:
    return stream(f"Step {number}/{total} : {instruction}", "\n")


REMOVED = f"Removing intermediate container {CONTAINER}\n"
REMOVED_BY_NEWER_ENGINES = f" ---> Removed intermediate container {CONTAINER}\n"


def ran(*output: str, removed: str = REMOVED) -> list[dict[str, Any]]:
    return stream(f" ---> Running in {CONTAINER}\n", *output, removed, " ---> 68afe7c514da\n")


def red(text: str) -> str:
    return f"\x1b[91m{text}\x1b[0m"


def fed(*batches: list[dict[str, Any]], dockerfile: str = DOCKERFILE) -> tuple[ClassicOutput, Recorded]:
    recorded = Recorded()
    output = ClassicOutput(dockerfile, recorded)
    for batch in batches:
        output.feed(batch)
    output.finish()
    return output, recorded


@pytest.mark.parametrize("removed", [REMOVED, REMOVED_BY_NEWER_ENGINES])
def test_steps_carry_number_total_and_line(removed: str) -> None:
    one, two = ran("x\n", removed=removed), ran(removed=removed)
    _, recorded = fed(step(1, "FROM base"), step(2, "RUN one   more"), one, step(3, "RUN two"), two)
    assert [(one.number, one.total, one.line) for one in recorded.started] == [(1, 3, 2), (2, 3, 4), (3, 3, 6)]
    assert recorded.output("RUN one") == "x\n"
    assert recorded.output("RUN two") == ""


def test_a_cached_step_says_so_and_the_next_does_not() -> None:
    cached = stream(" ---> Using cache\n", " ---> 68afe7c514da\n")
    _, recorded = fed(step(1, "FROM base"), step(2, "RUN one   more"), cached, step(3, "RUN two"), ran())
    assert recorded.end("RUN one").cached
    assert not recorded.end("RUN two").cached
    assert not recorded.end("FROM base").cached


def test_output_that_looks_like_the_builder_stays_output() -> None:
    tricks = [
        "Step 3/3 : RUN two",
        " ---> Using cache\n",
        "Successfully built 68afe7c514da\n",
        "Removing intermediate container 000000000000\n",
        "\n",
    ]
    _, recorded = fed(step(1, "FROM base"), step(2, "RUN one   more"), ran(*tricks))
    assert recorded.output("RUN one") == "".join(tricks)
    assert len(recorded.started) == 2
    assert not recorded.end("RUN one").cached


@given(st.lists(st.tuples(st.sampled_from("oe"), st.text(min_size=1)), max_size=10), st.integers(1, 4))
def test_both_streams_arrive_whole_and_in_order(pieces: list[tuple[str, str]], batch_size: int) -> None:
    pieces = [(kind, text) for kind, text in pieces if not text.startswith("\x1b[91m")]
    container = ran(*(red(text) if kind == "e" else text for kind, text in pieces))
    batches = [container[start : start + batch_size] for start in range(0, len(container), batch_size)]
    _, recorded = fed(step(1, "FROM base"), step(2, "RUN one   more"), *batches)
    for kind in "oe":
        assert recorded.output("RUN one", kind) == "".join(text for its, text in pieces if its == kind)


def test_colours_of_the_program_itself_stay() -> None:
    _, recorded = fed(step(2, "RUN one   more"), ran(red("\x1b[31m[bold]error\x1b[0m\r\n")))
    assert recorded.output("RUN one", "e") == "\x1b[31m[bold]error\x1b[0m\r\n"


def test_an_error_ends_the_running_step() -> None:
    message = "The command '/bin/sh -c one more' returned a non-zero code: 7"
    failure = [{"errorDetail": {"code": 7, "message": message}, "error": message}]
    output, recorded = fed(step(1, "FROM base"), step(2, "RUN one   more"), ran("last words\n"), failure)
    assert (output.error, output.exit_code) == (message, 7)
    assert recorded.end("RUN one").error == message
    assert recorded.end("FROM base").error == ""


def test_an_exit_code_is_read_from_the_message_when_there_is_no_other() -> None:
    output, _ = fed(step(1, "RUN x"), [{"error": "The command '/bin/sh -c x' returned a non-zero code: 127"}])
    assert output.exit_code == 127


def test_an_error_without_an_exit_code_has_none() -> None:
    output, _ = fed(step(1, "COPY a b"), [{"error": "COPY failed: file not found", "errorDetail": {"message": "no a"}}])
    assert (output.error, output.exit_code) == ("no a", None)


def test_a_warning_before_the_first_step_is_not_lost() -> None:
    _, recorded = fed(stream(red("[WARNING]: Empty continuation line\n")), step(1, "FROM base"))
    assert recorded.output("FROM base", "e") == "[WARNING]: Empty continuation line\n"


def test_triggers_of_the_base_print_into_its_step() -> None:
    trigger = stream("# Executing 2 build trigger", "s", "\n")
    _, recorded = fed(step(1, "FROM base"), trigger, ran("first\n"), ran("second"), step(2, "RUN one   more"))
    assert recorded.output("FROM base", "o") == "first\nsecond"


def test_the_last_stage_is_the_result() -> None:
    output, _ = fed(
        step(1, "FROM base"), [{"aux": {"ID": "sha256:a"}}], step(2, "RUN x"), [{"aux": {"ID": "sha256:b"}}]
    )
    assert output.image_id == "sha256:b"


def test_a_pull_inside_from_shows_layers_and_the_digest() -> None:
    layers: list[dict[str, Any]] = [
        {"status": "Pulling from library/base", "id": "latest"},
        {"status": "Downloading", "progressDetail": {"current": 5, "total": 10}, "progress": "[=>  ]", "id": "3b65"},
        {"status": "Pull complete", "progressDetail": {}, "id": "3b65"},
        {"status": "Digest: sha256:abc"},
    ]
    _, recorded = fed(step(1, "FROM base"), layers)
    last = recorded.progress("FROM base")["3b65"]
    assert (last.action, last.current, last.total) == ("Pull complete", 10, 10)
    assert recorded.output("FROM base") == "latest: Pulling from library/base\nDigest: sha256:abc\n"


def test_the_builder_may_count_differently_than_the_file() -> None:
    _, recorded = fed(step(9, "RUN nine", total=9))
    assert recorded.started[0].line is None


def test_an_instruction_that_does_not_match_the_file_has_no_line() -> None:
    _, recorded = fed(step(2, "COPY a b"))
    assert recorded.started[0].line is None


KILLED = "The command '/bin/sh -c sleep 20' returned a non-zero code: 137"
GONE = f"Error removing intermediate container {CONTAINER}: No such container: {CONTAINER}\n"


@pytest.mark.parametrize(
    ("last", "error", "given_up", "killed"),
    [
        # As Docker 20.10 says it when the connection was half-closed, in a step and between two.
        ([f" ---> Running in {CONTAINER}\n", GONE], KILLED, True, True),
        ([f" ---> Running in {CONTAINER}\n", REMOVED, "Build cancelled\n"], "Build cancelled", True, False),
        ([f" ---> Running in {CONTAINER}\n", REMOVED], KILLED, False, True),
        # As Docker 26 and 28 say it in both cases.
        ([f" ---> Running in {CONTAINER}\n", REMOVED_BY_NEWER_ENGINES], KILLED, False, True),
        ([f" ---> Running in {CONTAINER}\n", GONE], KILLED.replace("137", "1"), False, False),
        # What a container prints is no word of the builder's.
        ([f" ---> Running in {CONTAINER}\n", GONE.replace(CONTAINER, "1" * 12), REMOVED], KILLED, False, True),
    ],
)
def test_an_engine_that_ended_the_build_itself(last: list[str], error: str, given_up: bool, killed: bool) -> None:
    output, _ = fed([*step(2, "RUN sleep 20"), *stream(*last), {"error": error, "errorDetail": {"message": error}}])
    assert (output.given_up, output.killed) == (given_up, killed)
