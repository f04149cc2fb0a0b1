"""What every engine promises, checked on the real one and on the fake one that other tests rest on."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from tests.engine.recorded import Recorded
from tests.support.fake_engine import FakeEngine
from trailer_tui.dockerfile.context import BuildContext
from trailer_tui.engine.cancel import Cancelled, CancelToken
from trailer_tui.engine.docker_engine import DockerEngine
from trailer_tui.engine.events import StepFinished
from trailer_tui.engine.interface import BuildRequest, Engine
from trailer_tui.model.errors import BuildFailed, EngineError, HostUnreachable
from trailer_tui.model.status import Phase


@dataclass
class Subject:
    """One engine, with what a test needs to know of it."""

    engine: Engine
    base: str
    registry: str
    """Host and port that its pushes and pulls can use."""

    def build(self, instructions: str, recorded: Recorded, *, cancel: CancelToken | None = None) -> str:
        """Build these instructions on the base."""
        context = BuildContext(f"FROM {self.base}\n{instructions}")
        return self.engine.build(BuildRequest(context, "test:1"), recorded, cancel or CancelToken())


@pytest.fixture(params=["fake", pytest.param("docker", marks=pytest.mark.engine)])
def subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    """The fake engine, then the real one."""
    if request.param == "fake":
        yield Subject(FakeEngine(), "ubuntu:24.04", "localhost:5000")
        return
    address, base, registry = (request.getfixturevalue(name) for name in ("docker_host", "base_image", "registry"))
    engine = DockerEngine(address)
    yield Subject(engine, base, registry)
    engine.close()


def unique() -> str:
    return uuid.uuid4().hex


def test_probe_says_what_it_is(subject: Subject) -> None:
    capabilities = subject.engine.probe()
    assert capabilities.operating_system == "linux"
    assert capabilities.engine_version
    assert capabilities.api_version.count(".") == 1


def test_a_build_gives_an_image(subject: Subject, recorded: Recorded) -> None:
    image = subject.build(f"RUN echo {unique()}\n", recorded)
    facts = subject.engine.facts(image)
    assert facts is not None
    assert facts.docker_image_id == image
    assert image.startswith("sha256:")
    assert facts.layers >= 1
    assert facts.architecture


def test_steps_start_and_end_in_order(subject: Subject, recorded: Recorded) -> None:
    word = unique()
    subject.build(f"\nRUN echo {word}\nENV A=b\n", recorded)
    assert [(step.number, step.total, step.line, step.phase) for step in recorded.started] == [
        (1, 3, 1, Phase.BUILD),
        (2, 3, 3, Phase.BUILD),
        (3, 3, 4, Phase.BUILD),
    ]
    assert recorded.instructions == [f"FROM {subject.base}", f"RUN echo {word}", "ENV A=b"]
    assert recorded.output("RUN", "o") == f"{word}\n"
    ends = [event.key for event in recorded.events if isinstance(event, StepFinished)]
    assert ends == [step.key for step in recorded.started]


def test_both_streams_are_told_apart(subject: Subject, recorded: Recorded) -> None:
    word = unique()
    subject.build(f"RUN echo out-{word}; echo err-{word} >&2\n", recorded)
    assert recorded.output("RUN", "o") == f"out-{word}\n"
    assert recorded.output("RUN", "e") == f"err-{word}\n"


def test_an_unchanged_step_is_cached(subject: Subject, recorded: Recorded) -> None:
    instructions = f"RUN echo {unique()}\n"
    subject.build(instructions, Recorded())
    subject.build(instructions, recorded)
    assert recorded.end("RUN").cached
    assert not recorded.end("FROM").cached


def test_a_failing_command_carries_its_exit_code(subject: Subject, recorded: Recorded) -> None:
    word = unique()
    with pytest.raises(BuildFailed) as raised:
        subject.build(f"RUN echo {word}; exit 3\nRUN echo never\n", recorded)
    assert raised.value.exit_code == 3
    assert recorded.end("exit 3").error == raised.value.cause
    assert recorded.output("exit 3") == f"{word}\n"
    assert not any("never" in instruction for instruction in recorded.instructions)


def test_a_dockerfile_that_cannot_be_read(subject: Subject, recorded: Recorded) -> None:
    with pytest.raises(EngineError, match="unknown instruction: FOO"):
        subject.build("FOO bar\n", recorded)


def test_cancel_ends_a_build(subject: Subject, recorded: Recorded) -> None:
    cancel = CancelToken()
    outcome: list[BaseException] = []

    def work() -> None:
        try:
            subject.build(f"RUN echo {unique()}; sleep 300\n", recorded, cancel=cancel)
        except BaseException as error:
            outcome.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    assert recorded.output_seen.wait(30)
    cancel.cancel()
    thread.join(15)
    assert [type(error) for error in outcome] == [Cancelled]


@pytest.mark.parametrize(
    "work",
    [
        lambda subject, cancel: subject.build("RUN true\n", Recorded(), cancel=cancel),
        lambda subject, cancel: subject.engine.pull(f"{subject.registry}/x:1", Recorded(), cancel),
        lambda subject, cancel: subject.engine.push(f"{subject.registry}/x:1", Recorded(), cancel),
        lambda subject, cancel: subject.engine.squash(_id(subject), Recorded(), cancel),
    ],
    ids=["build", "pull", "push", "squash"],
)
def test_a_token_cancelled_before_ends_everything(
    subject: Subject, work: Callable[[Subject, CancelToken], object]
) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        work(subject, cancel)


def test_a_tag_moves(subject: Subject) -> None:
    first = subject.build(f"LABEL a={unique()}\n", Recorded())
    second = subject.build(f"LABEL a={unique()}\n", Recorded())
    subject.engine.tag(first, "trailer-test/moves:1")
    subject.engine.tag(second, "trailer-test/moves:1")
    facts = subject.engine.facts("trailer-test/moves:1")
    assert facts is not None
    assert facts.docker_image_id == second
    assert subject.engine.facts(first) is not None
    subject.engine.remove_image("trailer-test/moves:1")
    assert subject.engine.facts("trailer-test/moves:1") is None


def test_tagging_what_is_not_there(subject: Subject) -> None:
    with pytest.raises(EngineError):
        subject.engine.tag("sha256:" + "0" * 64, "trailer-test/none:1")


def test_removing_what_is_not_there_is_no_error(subject: Subject) -> None:
    subject.engine.remove_image("trailer-test/never-was:1")
    assert subject.engine.facts("trailer-test/never-was:1") is None


def test_an_image_goes_with_its_last_reference(subject: Subject) -> None:
    image = subject.build(f"LABEL a={unique()}\n", Recorded())
    for name in ("one", "two"):
        subject.engine.tag(image, f"trailer-test/{name}:1")
    subject.engine.remove_image("trailer-test/one:1")
    assert subject.engine.facts(image) is not None
    subject.engine.remove_image("trailer-test/two:1")
    assert subject.engine.facts(image) is None


def test_a_squash_leaves_one_layer(subject: Subject, recorded: Recorded) -> None:
    squashed = subject.engine.squash(_id(subject), recorded, CancelToken())
    facts = subject.engine.facts(squashed)
    assert facts is not None
    assert facts.layers == 1
    assert [step.phase for step in recorded.started] == [Phase.SQUASH]
    assert recorded.end("Squash").error == ""


def test_a_push_gives_a_digest_and_a_pull_brings_it_back(subject: Subject, recorded: Recorded) -> None:
    reference = f"{subject.registry}/trailer-test/{unique()}:1"
    subject.engine.tag(_id(subject), reference)
    assert subject.engine.push(reference, recorded, CancelToken()).startswith("sha256:")
    assert [step.phase for step in recorded.started] == [Phase.PUSH]
    assert recorded.progress("Push")
    subject.engine.remove_image(reference)

    pulled = Recorded()
    facts = subject.engine.pull(reference, pulled, CancelToken())
    assert [(step.phase, step.instruction) for step in pulled.started] == [(Phase.RESOLVE, f"Pull {reference}")]
    assert all(layer.current == layer.total for layer in pulled.progress("Pull").values())
    assert pulled.output("Pull").endswith("\n")
    found = subject.engine.facts(reference)
    assert found is not None
    assert found.docker_image_id == facts.docker_image_id
    subject.engine.remove_image(reference)


def test_a_pull_of_nothing_fails_its_step(subject: Subject, recorded: Recorded) -> None:
    with pytest.raises(EngineError):
        subject.engine.pull(f"{subject.registry}/no/such:1", recorded, CancelToken())
    assert recorded.end("Pull").error


def test_two_pulls_are_two_steps(subject: Subject, recorded: Recorded) -> None:
    for name in ("one", "two"):
        with pytest.raises(EngineError):
            subject.engine.pull(f"{subject.registry}/no/{name}:1", recorded, CancelToken())
    assert len({step.key for step in recorded.started}) == 2


@pytest.mark.parametrize("engine", [FakeEngine(unreachable="gone"), DockerEngine("unix:///no/such/docker.sock")])
def test_an_unreachable_host(engine: Engine, recorded: Recorded) -> None:
    request = BuildRequest(BuildContext("FROM scratch\n"), "test:1")
    for call in (
        engine.probe,
        lambda: engine.facts("debian:bookworm"),
        lambda: engine.build(request, recorded, CancelToken()),
        lambda: engine.tag("debian:bookworm", "test:1"),
        lambda: engine.remove_image("debian:bookworm"),
    ):
        with pytest.raises(HostUnreachable) as raised:
            call()
        assert raised.value.cause
        assert raised.value.hint


def _id(subject: Subject) -> str:
    """A small image on the host, for pushing and squashing."""
    request = BuildRequest(
        BuildContext(f"FROM scratch\nLABEL a={unique()}\nCOPY Dockerfile /one\nCOPY Dockerfile /two\n"), "test:1"
    )
    return subject.engine.build(request, Recorded(), CancelToken())
