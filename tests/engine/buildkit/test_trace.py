"""Traces of real engines become the steps that a person would name; the recorded ones are in `traces`, by engine."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.recorded import Recorded
from trailer_tui.engine.buildkit.buildkit_pb2 import StatusResponse, Vertex, VertexLog, VertexStatus, VertexWarning
from trailer_tui.engine.buildkit.trace import Trace
from trailer_tui.engine.events import StepFinished, StepOutput

TRACES = Path(__file__).parent / "traces"


def replayed(name: str) -> tuple[Trace, Recorded]:
    """A recorded trace, folded from its first message to its end."""
    recording = json.loads((TRACES / f"{name}.json").read_text())
    recorded = Recorded()
    trace = Trace(recording["dockerfile"], recorded, clock=lambda: 0.0)
    for message in recording["messages"]:
        trace.feed(StatusResponse.FromString(base64.b64decode(message)))
    trace.finish(recording["error"], recording["line"])
    return trace, recorded


def steps(recorded: Recorded) -> list[tuple[int | None, int | None, int | None, str]]:
    """Number, total, line and instruction of each step, in order of start."""
    seen = {step.key: step for step in recorded.started}
    return [(step.number, step.total, step.line, step.instruction) for step in seen.values()]


def last_end(recorded: Recorded, instruction: str) -> StepFinished:
    key = recorded.step(instruction).key
    return [event for event in recorded.events if isinstance(event, StepFinished) and event.key == key][-1]


@pytest.mark.parametrize("engine", ["20", "28"])
def test_steps_of_all_stages_are_counted_together_and_have_lines(engine: str) -> None:
    _, recorded = replayed(f"stages-{engine}")
    numbered = [step[:3] for step in steps(recorded) if step[0] is not None]
    # The second stage's FROM is the first one's.
    assert numbered == [(1, 8, 2), (2, 8, 5), (3, 8, 6), (4, 8, 7), (5, 8, 9), (7, 8, 13), (8, 8, 14)]
    assert recorded.instructions[0] == "FROM debian:bookworm"
    assert steps(recorded)[-1][3] == "Export the image"


@pytest.mark.parametrize("engine", ["20", "28"])
def test_output_keeps_its_stream_and_every_character(engine: str) -> None:
    _, recorded = replayed(f"stages-{engine}")
    assert recorded.output("out 1.2", "o").endswith(" out 1.2\nhä\np 1%\rp 2%\r\n")
    assert recorded.output("out 1.2", "e") == "err\n"


@pytest.mark.parametrize("engine", ["20", "28"])
def test_cached_steps_say_so(engine: str) -> None:
    _, recorded = replayed(f"cached-{engine}")
    assert last_end(recorded, "RUN cat /r").cached
    assert last_end(recorded, "WORKDIR").cached
    assert not last_end(recorded, "Export").cached


@pytest.mark.parametrize("engine", ["20", "26"])
def test_a_failed_command_has_its_exit_code_and_line(engine: str) -> None:
    trace, recorded = replayed(f"command-{engine}")
    assert (trace.exit_code, recorded.step("exit 7").line) == (7, 2)
    assert "exit code: 7" in last_end(recorded, "exit 7").error
    assert recorded.output("exit 7", "e") == "oops\n"
    assert "RUN never" not in recorded.instructions


@pytest.mark.parametrize("engine", ["20", "28"])
def test_of_parallel_stages_only_the_culprit_fails(engine: str) -> None:
    trace, recorded = replayed(f"parallel-{engine}")
    failed = [event.key for event in recorded.events if isinstance(event, StepFinished) and event.error]
    assert failed == [recorded.step("exit 4").key]
    assert (trace.exit_code, recorded.step("exit 4").line) == (4, 4)
    assert "another one failed" in recorded.output("sleep 1", "t")


@pytest.mark.parametrize("engine", ["20", "28"])
def test_a_missing_source_is_named_without_the_solvers_words(engine: str) -> None:
    trace, recorded = replayed(f"missing-{engine}")
    assert last_end(recorded, "COPY nothere").error.startswith('"/nothere"')
    assert (trace.exit_code, recorded.step("COPY nothere").line) == (None, 3)


@pytest.mark.parametrize("engine", ["20", "28"])
def test_a_dockerfile_that_cannot_be_read_fails_where_it_is_read(engine: str) -> None:
    _, recorded = replayed(f"unknown-{engine}")
    assert recorded.step("Read").line == 2
    assert last_end(recorded, "Read").error.startswith("dockerfile parse error")


@pytest.mark.parametrize("engine", ["20", "28"])
def test_a_base_that_cannot_be_had_fails_at_its_line(engine: str) -> None:
    _, recorded = replayed(f"base-{engine}")
    assert recorded.instructions[0] == "Look up localhost:1/none:1"
    assert recorded.step("Look up").line == 1
    assert "connection refused" in last_end(recorded, "Look up").error


def test_heredocs_are_steps_with_lines() -> None:
    _, recorded = replayed("heredoc-26")
    assert [step[:3] for step in steps(recorded)[:3]] == [(1, 3, 1), (2, 3, 2), (3, 3, 6)]


def test_warnings_name_line_and_url_once() -> None:
    _, recorded = replayed("warnings-28")
    told = recorded.output("Read Dockerfile", "t").splitlines()
    assert len(told) == len(set(told)) == 3
    assert told[1].startswith("Warning: Dockerfile line 2: LegacyKeyValueFormat: ")
    assert told[1].endswith("(https://docs.docker.com/go/dockerfile/rule/legacy-key-value-format/)")


@pytest.mark.parametrize("engine", ["20", "28"])
def test_what_the_engine_left_out_is_said_once(engine: str) -> None:
    _, recorded = replayed(f"clipped-{engine}")
    assert recorded.output("seq", "o").endswith("\n[output clipped, log limit 200KiB/s reached]\n")
    said = recorded.output("seq", "t")
    assert said.count("the engine lets through 200 KiB a second") == 1
    assert "BUILDKIT_STEP_LOG_MAX_SPEED" in said
    assert "classic builder" in said


@pytest.mark.parametrize("engine", ["20", "28"])
def test_a_large_context_is_a_step_with_progress(engine: str) -> None:
    _, recorded = replayed(f"context-{engine}")
    assert recorded.instructions[:2] == ["Send the build context", "COPY big /big"]
    assert recorded.progress("Send the build context")["context"].current >= 30_000_000


@pytest.mark.parametrize("engine", ["20", "28"])
def test_layers_of_a_base_show_how_far_they_are(engine: str) -> None:
    _, recorded = replayed(f"pull-{engine}")
    layers = recorded.progress("FROM")
    assert len(layers) == 3
    assert all(layer.action == "Done" and layer.current == layer.total > 0 for layer in layers.values())
    assert recorded.step("FROM").instruction == "FROM localhost:5977/fs/base:1"


# Made up


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def vertex(digest: str, name: str, *, started: int = 1, completed: int = 0, error: str = "") -> StatusResponse:
    made = Vertex(digest=digest, name=name.encode(), error=error.encode())
    if started:
        made.started.seconds = started
    if completed:
        made.completed.seconds = completed
    return StatusResponse(vertexes=[made])


def fed(*responses: StatusResponse, dockerfile: str = "", clock: Clock | None = None) -> tuple[Trace, Recorded]:
    recorded = Recorded()
    trace = Trace(dockerfile, recorded, clock or Clock())
    for response in responses:
        trace.feed(response)
    return trace, recorded


def test_steps_that_never_run_are_not_told() -> None:
    _, recorded = fed(vertex("a", "[1/2] FROM scratch"), vertex("b", "[2/2] RUN x", started=0))
    assert recorded.instructions == ["FROM scratch"]


LOOK_UP = "[internal] load metadata for docker.io/library/debian:12"


def test_quiet_work_is_told_when_it_takes_long() -> None:
    clock = Clock()
    trace, recorded = fed(vertex("a", LOOK_UP), clock=clock)
    assert recorded.started == []
    clock.seconds = 5
    trace.tick()
    assert recorded.instructions == ["Look up debian:12"]
    trace.feed(vertex("a", LOOK_UP, completed=6))
    assert not recorded.end("Look up").error


def test_quiet_work_that_was_long_without_a_word_is_told_afterwards() -> None:
    _, recorded = fed(vertex("a", LOOK_UP, started=1, completed=9))
    assert recorded.output("Look up", "t") == "This took 8.0s\n"


def test_short_quiet_work_is_never_told() -> None:
    trace, recorded = fed(vertex("a", "[internal] load .dockerignore", completed=1))
    trace.finish()
    assert recorded.events == []


def test_the_size_of_the_context_completes_its_progress() -> None:
    trace, recorded = fed(vertex("a", "[internal] load build context"))
    trace.context_bytes = 5_000_000
    status = VertexStatus(id=b"transferring context:", vertex="a", current=2_000_000)
    trace.feed(StatusResponse(statuses=[status]))
    shown = recorded.progress("Send the build context")["context"]
    assert (shown.current, shown.total) == (2_000_000, 5_000_000)


def log(data: bytes, stream: int = 1, digest: str = "a") -> VertexLog:
    return VertexLog(vertex=digest, stream=stream, message=data)


def cut(data: bytes, places: Iterable[int]) -> list[bytes]:
    ends = [*sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[start:end] for start, end in zip([0, *ends], ends, strict=False)]


@given(st.text(), st.text(), st.lists(st.integers(0, 1000), max_size=6), st.booleans())
def test_characters_arrive_whole_wherever_they_were_cut(
    out: str, error: str, places: list[int], together: bool
) -> None:
    start = vertex("a", "[1/1] RUN x")
    pairs = zip(cut(out.encode(), places), cut(error.encode(), places), strict=True)
    logs = [log(piece, stream) for pair in pairs for stream, piece in enumerate(pair, 1)]
    messages = [StatusResponse(logs=logs)] if together else [StatusResponse(logs=[one]) for one in logs]
    _, recorded = fed(start, *messages, vertex("a", "[1/1] RUN x", completed=2))
    assert recorded.output("RUN x", "o") == out
    assert recorded.output("RUN x", "e") == error


def test_half_a_character_at_the_end_is_replaced() -> None:
    _, recorded = fed(
        vertex("a", "[1/1] RUN x"),
        StatusResponse(logs=[log("ä".encode()[:1])]),
        vertex("a", "[1/1] RUN x", completed=2),
    )
    assert recorded.output("RUN x") == "\ufffd"


def test_output_in_one_message_is_one_event() -> None:
    logs = [log(b"line\n") for _ in range(1000)]
    _, recorded = fed(vertex("a", "[1/1] RUN x"), StatusResponse(logs=logs))
    assert [len(event.text) for event in recorded.events if isinstance(event, StepOutput)] == [5000]


def test_a_download_and_the_copy_of_it_are_one_step() -> None:
    name = "[1/1] ADD https://example.org/x /x"
    _, recorded = fed(
        vertex("a", name), vertex("a", name, completed=2), vertex("b", name), vertex("b", name, completed=3)
    )
    assert {step.key for step in recorded.started} == {"1"}


ONBUILD = "FROM base\nRUN own\nFROM other AS second\nCOPY a b\nCOPY --from=0 x y\n"


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("[stage-0 1/4] FROM base", 1),
        ("[stage-0 2/4] COPY trigger /", 1),
        ("[stage-0 3/4] RUN trigger", 1),
        ("[stage-0 4/4] RUN own", 2),
        ("[linux/amd64 second  2/12] COPY a b", 3),
        ("[second 2/3] COPY a b", 4),
        ("[linux/arm64 second 3/3] COPY --from=0 x y", 5),
        ("[second 3/3] WORKDIR /elsewhere", None),
        ("[third 1/2] RUN nothing", None),
    ],
)
def test_lines_of_steps_that_the_builder_names(name: str, line: int | None) -> None:
    _, recorded = fed(vertex("a", name), dockerfile=ONBUILD)
    assert recorded.started[0].line == line


UNCOUNTED = "FROM base AS other\nFROM withonbuild\nCOPY  'a'  b\nRUN one \\\n  two\nRUN three $X\n"


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("[stage-1 2/4] ONBUILD COPY c d", 2),
        ("[stage-1 3/4] RUN trigger", 2),
        ("[stage-1 4/4] COPY 'a' b", 3),
        ("[stage-1 5/4] RUN one   two", 4),
        ("[stage-1 2/4] COPY 'a' b", 3),
        ("[stage-1 3/4] RUN one   two", 4),
        ("[stage-1 4/4] RUN three 3", 6),
    ],
)
def test_lines_where_the_builder_does_not_count_what_onbuild_adds(name: str, line: int) -> None:
    _, recorded = fed(vertex("a", name), dockerfile=UNCOUNTED)
    assert recorded.started[0].line == line


def test_no_step_has_a_number_above_the_total() -> None:
    names = ["[1/2] FROM base", "[2/2] RUN trigger", "[3/2] RUN own"]
    _, recorded = fed(*(vertex(name, name) for name in names), dockerfile="FROM base\nRUN own\n")
    assert [step[:2] for step in steps(recorded)] == [(1, 2), (2, 2), (3, 3)]


def test_a_name_that_comes_from_another_build_is_counted_as_in_this_one() -> None:
    names = ["[1/9] FROM docker.io/library/other:latest", "[9/9] COPY --from=0 x y", "[5/9] RUN elsewhere"]
    _, recorded = fed(*(vertex(name, name) for name in names), dockerfile=ONBUILD)
    assert [step[:3] for step in steps(recorded)] == [(3, 5, 3), (5, 5, 5), (None, None, None)]


def test_an_error_of_which_no_step_speaks_still_has_one() -> None:
    trace, recorded = fed(vertex("a", "[1/2] RUN x", started=1), dockerfile="FROM scratch\nRUN x\nRUN y\n")
    trace.finish("no space left on device")
    assert recorded.end("RUN x").error == "no space left on device"


def test_the_exit_code_is_the_commands_not_one_that_it_quotes() -> None:
    error = 'process "/bin/sh -c echo exit code: 5: no" did not complete successfully: exit code: 9'
    trace, _ = fed(vertex("a", "[1/1] RUN x", completed=2, error=error))
    assert trace.exit_code == 9


def test_a_warning_without_a_line_is_told() -> None:
    _, recorded = fed(StatusResponse(warnings=[VertexWarning(short=b"something odd")]))
    assert recorded.output("Read the Dockerfile", "t") == "Warning: something odd\n"


def test_events_of_a_step_that_starts_again_are_of_one_step() -> None:
    name = "[1/1] FROM base"
    _, recorded = fed(vertex("a", name, completed=2), vertex("a", name), vertex("a", name, completed=3))
    assert len({replace(step) for step in recorded.started}) == 1
    assert isinstance(recorded.events[-1], StepFinished)
