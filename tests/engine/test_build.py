"""Builds on a real engine with its classic builder, as a caller sees them."""

from __future__ import annotations

import io
import threading
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.engine.cancelling import end_of_cancelled, unique_sleep
from tests.engine.processes import appears, gone
from tests.engine.recorded import Recorded
from trailer_tui.dockerfile.context import BuildContext, ContextEntry
from trailer_tui.engine.cancel import Cancelled, CancelToken
from trailer_tui.engine.docker_engine import DockerEngine
from trailer_tui.engine.interface import BuildRequest
from trailer_tui.model.errors import BuildFailed
from trailer_tui.model.host import BuilderChoice

pytestmark = pytest.mark.engine

Build = Callable[..., str]


@pytest.fixture
def engine(docker_host: str, base_image: str) -> Iterator[DockerEngine]:
    """A real engine that has `base_image`, with the classic builder."""
    engine = DockerEngine(docker_host, builder=BuilderChoice.CLASSIC)
    yield engine
    engine.close()


@pytest.fixture
def build(engine: DockerEngine, base_image: str, recorded: Recorded) -> Iterator[Build]:
    """Builds a Dockerfile, in which BASE stands for the base image; removes what it built."""
    built: list[str] = []

    def run(
        dockerfile: str,
        *entries: ContextEntry,
        cancel: CancelToken | None = None,
        build_args: dict[str, str] | None = None,
    ) -> str:
        request = BuildRequest(
            BuildContext(dockerfile.replace("BASE", base_image), entries), "test:1", build_args=build_args or {}
        )
        built.append(engine.build(request, recorded, cancel or CancelToken()))
        return built[-1]

    yield run
    for image in reversed(built):
        engine.remove_image(image)


def unique(command: str = "true") -> str:
    """A RUN that no cache knows."""
    return f"RUN : {uuid.uuid4().hex}; {command}"


def file(path: str, content: bytes, mode: int = 0o644) -> ContextEntry:
    return ContextEntry(path, len(content), mode, lambda: io.BytesIO(content))


def test_steps_and_output_of_a_build(build: Build, engine: DockerEngine, recorded: Recorded) -> None:
    image = build(f"# first\nFROM BASE\n\n{unique('echo out; echo err >&2')}\nENV A=b\n")
    assert [(step.number, step.total, step.line) for step in recorded.started] == [(1, 3, 2), (2, 3, 4), (3, 3, 5)]
    assert recorded.output("RUN", "o") == "out\n"
    assert recorded.output("RUN", "e") == "err\n"
    assert recorded.output("ENV") == ""
    facts = engine.facts(image)
    assert facts is not None
    assert facts.docker_image_id == image
    assert facts.layers >= 1


def test_the_second_build_is_cached(build: Build, recorded: Recorded) -> None:
    dockerfile = f"FROM BASE\n{unique('echo once')}\nLABEL a=b\n"
    first = build(dockerfile)
    assert not recorded.end("RUN").cached
    recorded.events.clear()
    assert build(dockerfile) == first
    assert recorded.end("RUN").cached
    assert recorded.end("LABEL").cached
    assert recorded.output("RUN") == ""


def test_files_arrive_with_content_and_mode(build: Build, recorded: Recorded) -> None:
    large = bytes(range(256)) * 8192
    build(
        f"FROM BASE\nCOPY files /opt/\n{unique('/opt/tool; cksum < /opt/sub/large; ls -la /opt')}\n",
        file("files/tool", b"#!/bin/sh\necho 'the tool ran'\n", 0o755),
        file("files/sub/large", large),
    )
    output = recorded.output("RUN")
    assert "the tool ran\n" in output
    assert f" {len(large)}\n" in output
    sent = recorded.progress("Send the build context (2 files)")["context"]
    assert sent.current == sent.total


def test_a_failing_step_is_named_with_its_exit_code(build: Build, recorded: Recorded) -> None:
    with pytest.raises(BuildFailed) as raised:
        build(f"FROM BASE\nENV A=b\nRUN true\n{unique('echo last words; exit 7')}\nRUN never\n")
    assert raised.value.exit_code == 7
    assert "returned a non-zero code: 7" in raised.value.cause
    failed = recorded.step("last words")
    assert (failed.number, failed.line) == (4, 4)
    assert recorded.end("last words").error == raised.value.cause
    assert recorded.output("last words") == "last words\n"
    assert recorded.end("RUN true").error == ""


@pytest.mark.parametrize(
    ("dockerfile", "message", "line"),
    [
        ("FROM BASE\n\nFOO bar\n", "unknown instruction: FOO", 3),
        ("", "cannot be empty", None),
        ("# only a comment\n", "no instructions", None),
        ("FROM BASE\nCOPY\n", "COPY requires at least two arguments", None),
        ("RUN true\n", "no build stage", None),
    ],
)
def test_a_dockerfile_that_the_engine_cannot_read(
    build: Build, recorded: Recorded, dockerfile: str, message: str, line: int | None
) -> None:
    with pytest.raises(BuildFailed, match=message):
        build(dockerfile)
    step = recorded.started[-1]
    assert message in recorded.end(step.instruction).error
    if line is not None:
        assert step.line == line


def test_a_missing_file_fails_its_step(build: Build, recorded: Recorded) -> None:
    with pytest.raises(BuildFailed) as raised:
        build("FROM BASE\nCOPY nothing /opt/\n")
    assert raised.value.exit_code is None
    assert recorded.end("COPY").error == raised.value.cause


def test_a_missing_base_fails_its_step(build: Build, recorded: Recorded) -> None:
    with pytest.raises(BuildFailed) as raised:
        build("FROM localhost:1/no-such-image:1\nRUN true\n")
    assert recorded.end("FROM").error in raised.value.cause
    assert raised.value.hint


def test_stages_arguments_and_triggers(build: Build, engine: DockerEngine, base_image: str, recorded: Recorded) -> None:
    parent = build(f"FROM BASE\n{unique()}\nONBUILD RUN echo triggered\n")
    engine.tag(parent, "trailer-test/parent:1")
    recorded.events.clear()
    try:
        build(
            "ARG FIRST=none\nFROM ${FIRST} AS one\nRUN echo in-one > /made\n"
            "FROM trailer-test/parent:1\nARG WORD\nCOPY --from=one /made /made\nRUN cat /made; echo $WORD\n",
            build_args={"FIRST": base_image, "WORD": "[red]"},
        )
    finally:
        engine.remove_image("trailer-test/parent:1")
    assert [step.line for step in recorded.started] == [1, 2, 3, 4, 5, 6, 7]
    assert "triggered\n" in recorded.output("FROM trailer-test/parent:1")
    assert recorded.output("RUN cat") == "in-one\n[red]\n"


def test_odd_output_survives(build: Build, recorded: Recorded) -> None:
    command = unique(r"printf 'a\rb [red]\033[2J \377 \303\244'; printf '\033[91mred' >&2")
    build(f"FROM BASE\n{command}\n")
    assert recorded.output("RUN", "o") == "a\rb [red]\x1b[2J \ufffd ä"
    assert recorded.output("RUN", "e") == "\x1b[91mred"


def test_output_that_imitates_the_builder(build: Build, recorded: Recorded) -> None:
    build(f"FROM BASE\n{unique('echo Step 1/2 : FROM x; sleep 0.1; echo Successfully built 1234')}\n")
    assert recorded.output("RUN") == "Step 1/2 : FROM x\nSuccessfully built 1234\n"
    assert len(recorded.started) == 2


def test_every_line_of_a_flood_arrives(build: Build, recorded: Recorded) -> None:
    build(f"FROM BASE\n{unique('seq 1 300000')}\n")
    assert recorded.output("RUN") == "".join(f"{number}\n" for number in range(1, 300_001))


def test_cancel_ends_the_process_on_the_host(build: Build, recorded: Recorded) -> None:
    sleep = unique_sleep()
    ended = end_of_cancelled(
        lambda cancel: build(f"FROM BASE\nRUN echo started; {' '.join(sleep)}\n", cancel=cancel),
        lambda: recorded.output_seen.wait(30) and appears(*sleep),
    )
    assert isinstance(ended, Cancelled)
    assert gone(*sleep)


def test_cancel_while_the_context_is_sent(build: Build, recorded: Recorded) -> None:
    cancel = CancelToken()

    class Endless(io.RawIOBase):
        """A file that never comes to its end; the second piece cancels."""

        pieces = 0

        def read(self, size: int = -1) -> bytes:
            self.pieces += 1
            if self.pieces == 2:
                cancel.cancel()
            return bytes(65536)

    endless = ContextEntry("large", 1 << 40, 0o644, Endless)  # type: ignore[arg-type]
    with pytest.raises(Cancelled):
        build("FROM BASE\nCOPY large /\n", endless, cancel=cancel)


def test_a_token_that_is_already_cancelled_builds_nothing(build: Build, recorded: Recorded) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        build("FROM BASE\nRUN true\n", cancel=cancel)
    assert recorded.events == []


def test_a_context_file_that_is_gone_fails_the_build(build: Build, recorded: Recorded, tmp_path: Path) -> None:
    gone_file = ContextEntry("files/a", 1, 0o644, lambda: (tmp_path / "gone").open("rb"))
    with pytest.raises(BuildFailed, match="files/a"):
        build("FROM BASE\nCOPY files /\n", gone_file)
    assert "files/a" in recorded.end("Send the build context (1 file)").error


def test_the_users_environment_does_not_matter(
    build: Build, recorded: Recorded, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (own_home / ".docker").mkdir()
    (own_home / ".docker" / "config.json").write_text(
        '{"proxies": {"default": {"httpProxy": "http://127.0.0.1:1"}}, "HttpHeaders": {"X-Test": "1"}}'
    )
    for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(variable, "/no/such/bundle.pem")
    for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(variable, "http://127.0.0.1:1")
    build(f"FROM BASE\n{unique('env')}\n")
    assert "127.0.0.1:1" not in recorded.output("RUN")


def test_builds_run_side_by_side(engine: DockerEngine, base_image: str) -> None:
    names = [uuid.uuid4().hex for _ in range(4)]
    records = {name: Recorded() for name in names}

    def work(name: str) -> None:
        request = BuildRequest(BuildContext(f"FROM {base_image}\nRUN echo {name}\n"), "test:1")
        engine.remove_image(engine.build(request, records[name], CancelToken()))

    threads = [threading.Thread(target=work, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [records[name].output("RUN") for name in names] == [f"{name}\n" for name in names]
