"""Builds on a stand-in for an engine, which takes other ways and fails as told."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.engine.buildkit.stand_in import IMAGE_ID, PATIENCE, Build, StandIn
from tests.engine.recorded import Recorded
from trailer_tui.dockerfile.context import BuildContext
from trailer_tui.engine.buildkit import builder
from trailer_tui.engine.buildkit.buildkit_pb2 import GetSecretRequest, GetSecretResponse, HealthCheckResponse
from trailer_tui.engine.buildkit.grpc import UNKNOWN, CallFailed
from trailer_tui.engine.cancel import Cancelled, CancelToken
from trailer_tui.engine.docker_engine import DockerEngine
from trailer_tui.engine.interface import BuildRequest
from trailer_tui.model.errors import BuildFailed, EngineError, HostUnreachable
from trailer_tui.model.host import BuilderChoice

Start = Callable[..., StandIn]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts stand-ins; ends them after the test."""
    started: list[StandIn] = []

    def run(**settings: object) -> StandIn:
        started.append(StandIn(tmp_path / f"engine{len(started)}.sock", **settings))  # type: ignore[arg-type]
        return started[-1]

    yield run
    for engine in started:
        engine.close()


def request(**more: object) -> BuildRequest:
    return BuildRequest(BuildContext("FROM scratch\n"), "test:1", **more)  # type: ignore[arg-type]


def build(stand_in: StandIn, recorded: Recorded, cancel: CancelToken | None = None, **more: object) -> str:
    engine = DockerEngine(stand_in.address)
    try:
        return engine.build(request(**more), recorded, cancel or CancelToken())
    finally:
        engine.close()


@pytest.mark.parametrize(
    ("offers", "route", "builders"),
    [
        ({"grpc", "session"}, "grpc", ["buildkit", "classic"]),
        ({"h2c", "session"}, "h2c", ["buildkit", "classic"]),
        ({"session"}, "session", ["buildkit", "classic"]),
        (set(), "", ["classic"]),
    ],
)
def test_the_best_way_to_buildkit_is_found(start: Start, offers: set[str], route: str, builders: list[str]) -> None:
    capabilities = DockerEngine(start(offers=offers).address).probe()
    assert (capabilities.route, capabilities.builders) == (route, builders)
    assert capabilities.builder == builders[0]
    assert capabilities.secrets is bool(route)


def test_the_ways_are_tried_once_for_an_engine(start: Start) -> None:
    stand_in = start(offers=())
    engine = DockerEngine(stand_in.address)
    for _ in range(3):
        engine.probe()
    tried = [path for path in stand_in.asked if path.endswith(("grpc", "session")) or path == "HTTP/2"]
    assert tried == ["/v1.51/grpc", "HTTP/2", "/v1.51/session"]
    engine.close()


def test_a_better_way_that_was_silent_is_tried_again(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trailer_tui.engine.builders.PROBE_SECONDS", 0.3)
    stand_in = start(offers={"h2c", "session"}, stalls=True)
    engine = DockerEngine(stand_in.address)
    assert engine.probe().route == "session"
    stand_in.stalls = False
    monkeypatch.setattr("trailer_tui.engine.builders.PROBE_SECONDS", PATIENCE)
    assert [engine.probe().route, engine.probe().route] == ["h2c", "h2c"]
    assert stand_in.asked.count("HTTP/2") == 2
    engine.close()


@pytest.mark.parametrize("offer", ["grpc", "h2c"])
def test_a_build_goes_the_way_that_was_found(start: Start, recorded: Recorded, offer: str) -> None:
    stand_in = start(offers={offer}, solving=lambda build: build.step("[1/1] RUN true", "word\n"))
    assert build(stand_in, recorded) == IMAGE_ID
    assert recorded.output("RUN true") == "word\n"
    assert not any(path.endswith("/build") for path in stand_in.asked)


def test_an_engine_without_buildkit_builds_classically(start: Start, recorded: Recorded) -> None:
    classic = '{"stream":"Step 1/1 : FROM scratch\\n"}\n{"aux":{"ID":"sha256:2"}}\n'
    stand_in = start(offers=(), classic=classic)
    assert build(stand_in, recorded) == "sha256:2"


def test_the_choice_of_classic_leaves_buildkit_alone(start: Start) -> None:
    capabilities = DockerEngine(start().address, builder=BuilderChoice.CLASSIC).probe()
    assert (capabilities.builder, capabilities.route, capabilities.heredocs) == ("classic", "", False)
    assert capabilities.builders == ["buildkit", "classic"]


def test_the_choice_of_buildkit_is_refused_where_there_is_none(start: Start, recorded: Recorded) -> None:
    engine = DockerEngine(start(offers=()).address, builder=BuilderChoice.BUILDKIT)
    for call in (engine.probe, lambda: engine.build(request(), recorded, CancelToken())):
        with pytest.raises(EngineError, match="has no BuildKit") as raised:
            call()
        assert "classic" in raised.value.hint
    engine.close()


def test_what_the_frontend_is_told(start: Start, recorded: Recorded) -> None:
    told: dict[str, str] = {}

    def solve(build: Build) -> None:
        told.update(build.request.frontend_attributes)

    build(start(solving=solve), recorded, no_cache=True, build_args={"WORD": "ä b"})
    assert told == {
        "filename": "Dockerfile",
        "image-resolve-mode": "local",
        "no-cache": "",
        "build-arg:WORD": "ä b",
    }


def test_the_session_answers_while_the_build_runs(start: Start, recorded: Recorded) -> None:
    answers: list[bytes] = []

    def solve(build: Build) -> None:
        answers.append(build.ask("/grpc.health.v1.Health/Check"))
        answers.append(
            build.ask("/moby.buildkit.secrets.v1.Secrets/GetSecret", GetSecretRequest(id="token").SerializeToString())
        )

    build(start(solving=solve), recorded, secrets={"token": lambda: bytes(450_000)})
    assert HealthCheckResponse.FromString(answers[0]).status == HealthCheckResponse.SERVING
    assert GetSecretResponse.FromString(answers[1]).data == bytes(450_000)


def test_a_failed_build_says_why(start: Start, recorded: Recorded) -> None:
    def solve(build: Build) -> None:
        build.step("[1/1] RUN exit 3")
        raise CallFailed(UNKNOWN, 'process "/bin/sh -c exit 3" did not complete successfully: exit code: 3')

    with pytest.raises(BuildFailed, match="exit code: 3") as raised:
        build(start(solving=solve), recorded)
    assert raised.value.exit_code == 3
    assert recorded.end("RUN exit 3").error == raised.value.cause


def test_a_build_that_names_no_image(start: Start, recorded: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.engine.buildkit.stand_in.IMAGE_ID", "")
    with pytest.raises(EngineError, match="without naming an image"):
        build(start(), recorded)


def test_an_answer_that_cannot_be_read_is_the_engines_fault(
    start: Start, recorded: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in = start()
    monkeypatch.setattr("tests.engine.buildkit.stand_in.SolveResponse.SerializeToString", lambda _: b"\xff\xff")
    with pytest.raises(EngineError, match="cannot be read") as caught:
        build(stand_in, recorded)
    assert stand_in.address in caught.value.cause
    assert caught.value.hint


def test_an_engine_that_dies_in_the_middle(start: Start, recorded: Recorded) -> None:
    def solve(build: Build) -> None:
        build.step("[1/1] RUN true", "first words\n")
        build.wire.hang_up()

    with pytest.raises(HostUnreachable) as raised:
        build(start(solving=solve), recorded)
    assert "closed the connection" in raised.value.cause
    assert raised.value.hint


def test_an_engine_that_drops_the_session(start: Start, recorded: Recorded) -> None:
    def solve(build: Build) -> None:
        build.session.close()
        raise CallFailed(UNKNOWN, "no active session for 1: context deadline exceeded")

    with pytest.raises(BuildFailed, match="no active session"):
        build(start(solving=solve), recorded)


def test_an_engine_that_falls_silent(start: Start, recorded: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builder, "SILENCE_SECONDS", 0.3)
    with pytest.raises(HostUnreachable, match="no sign of life"):
        build(start(stalls=True), recorded)


def cancelled_build(stand_in: StandIn) -> Cancelled:
    """Build, cancel once the first output came; what ended it."""
    recorded, cancel = Recorded(), CancelToken()
    outcome: list[BaseException] = []

    def work() -> None:
        try:
            build(stand_in, recorded, cancel)
        except BaseException as error:
            outcome.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    assert recorded.output_seen.wait(PATIENCE)
    cancel.cancel()
    thread.join(PATIENCE)
    assert len(outcome) == 1
    assert isinstance(outcome[0], Cancelled)
    return outcome[0]


def test_cancel_is_a_word_to_the_engine(start: Start) -> None:
    heard = threading.Event()

    def solve(build: Build) -> None:
        build.step("[1/1] RUN sleep 300", "started\n")
        try:
            build.wait_for_cancel()
        finally:
            heard.set()

    assert cancelled_build(start(solving=solve)).confirmed
    assert heard.wait(PATIENCE)


def test_cancel_of_a_build_that_goes_on_is_not_confirmed(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builder, "_LAST_WORD_SECONDS", 0.2)
    over = threading.Event()

    def solve(build: Build) -> None:
        build.step("[1/1] RUN sleep 300", "started\n")
        over.wait(PATIENCE)

    stand_in = start(solving=solve, tells_end=False)
    assert not cancelled_build(stand_in).confirmed
    over.set()


def test_a_cancel_that_comes_with_the_end_of_the_build_counts(start: Start, recorded: Recorded) -> None:
    cancel = CancelToken()
    stand_in = start(solving=lambda _: cancel.cancel())
    with pytest.raises(Cancelled):
        build(stand_in, recorded, cancel)


def test_builds_leave_no_thread_and_no_file(start: Start, recorded: Recorded) -> None:
    stand_in = start(solving=lambda build: build.step("[1/1] RUN true", "word\n"))
    build(stand_in, recorded)
    before = ours()
    for _ in range(5):
        build(stand_in, recorded)
    deadline = time.monotonic() + PATIENCE
    while ours() > before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert ours() <= before


def ours() -> int:
    """Threads of builds."""
    return sum(1 for thread in threading.enumerate() if thread.name.startswith(("build ", "ssh agent")))
