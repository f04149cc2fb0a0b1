"""What every engine promises, checked on the real ones and on the fake one that other tests rest on."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest

from tests.engine.cancelling import end_of_cancelled, unique_sleep
from tests.engine.contract.subject import Subject
from tests.engine.processes import appears, gone, runs
from tests.engine.recorded import Recorded
from tests.support.fake_engine import FakeEngine
from trailer_tui.dockerfile.context import BuildContext
from trailer_tui.engine.cancel import Cancelled, CancelToken
from trailer_tui.engine.docker_engine import DockerEngine
from trailer_tui.engine.events import StepFinished
from trailer_tui.engine.interface import BuildRequest, Engine
from trailer_tui.model.errors import BuildFailed, EngineError, HostUnreachable
from trailer_tui.model.status import Phase

Note = Callable[[str], None]


@pytest.mark.promise("Says what it is")
def test_probe_says_what_it_is(subject: Subject) -> None:
    capabilities = subject.engine.probe()
    assert capabilities.operating_system == "linux"
    assert capabilities.engine_version
    assert capabilities.api_version.count(".") == 1


@pytest.mark.promise("Builds an image")
def test_a_build_gives_an_image(subject: Subject, recorded: Recorded) -> None:
    image = subject.build(f"RUN echo {uuid.uuid4().hex}\n", recorded)
    facts = subject.engine.facts(image)
    assert facts is not None
    assert facts.docker_image_id == image
    assert image.startswith("sha256:")
    assert facts.layers >= 1
    assert facts.architecture


@pytest.mark.promise("Steps with number, total and Dockerfile line")
def test_steps_start_and_end_in_order(subject: Subject, recorded: Recorded, word: str, remark: Note) -> None:
    subject.build(f"\nRUN echo {word}\nENV A=b\nRUN echo again\n", recorded)
    if subject.capabilities.builder == "buildkit":
        remark("Instructions that only change the configuration, such as ENV, are no steps and are not counted.")
    begun = {step.key: step for step in recorded.started}.values()
    steps = [step for step in begun if step.instruction.startswith(("FROM", "RUN"))]
    assert [(step.instruction, step.line) for step in steps] == [
        (f"FROM {subject.base}", 1),
        (f"RUN echo {word}", 3),
        ("RUN echo again", 5),
    ]
    numbers = [step.number or 0 for step in steps]
    assert numbers[0] == 1
    assert numbers == sorted(set(numbers))
    assert {step.total for step in steps} == {numbers[-1]}
    assert {step.phase for step in recorded.started} == {Phase.BUILD}
    assert recorded.output("RUN", "o") == f"{word}\n"
    ends = [event.key for event in recorded.events if isinstance(event, StepFinished)]
    assert set(ends) == {step.key for step in recorded.started}


@pytest.mark.promise("Standard output and error are told apart")
def test_both_streams_are_told_apart(subject: Subject, recorded: Recorded, word: str, differs: Note) -> None:
    subject.build(f"RUN echo out-{word}; echo err-{word} >&2\n", recorded)
    if subject.is_podman:
        differs("Both arrive as standard output, and not always in order.")
        assert set(recorded.output("RUN", "o").splitlines()) == {f"out-{word}", f"err-{word}"}
        return
    assert recorded.output("RUN", "o") == f"out-{word}\n"
    assert recorded.output("RUN", "e") == f"err-{word}\n"


@pytest.mark.promise("An unchanged step is taken from the cache, and said to be")
def test_an_unchanged_step_is_cached(subject: Subject, recorded: Recorded, word: str) -> None:
    first = Recorded()
    subject.build(f"RUN echo {word}\n", first)
    subject.build(f"RUN echo {word}\n", recorded)
    assert not first.end("RUN").cached
    assert recorded.end("RUN").cached
    assert recorded.output("RUN") == ""


@pytest.mark.promise("A failed step names its line, exit code and last words")
def test_a_failing_command_carries_its_exit_code(subject: Subject, recorded: Recorded, word: str) -> None:
    with pytest.raises(BuildFailed) as raised:
        subject.build(f"ENV A=b\nRUN echo {word}; exit 3\nRUN echo never\n", recorded)
    assert raised.value.exit_code == 3
    assert recorded.step("exit 3").line == 3
    assert recorded.end("exit 3").error
    assert recorded.output("exit 3") == f"{word}\n"
    assert not any(
        step.instruction == "RUN echo never" and not recorded.end("never").error for step in recorded.started
    )


@pytest.mark.promise("A Dockerfile that cannot be read is refused with the reason")
def test_a_dockerfile_that_cannot_be_read(subject: Subject, recorded: Recorded) -> None:
    with pytest.raises(EngineError, match=r'(?i)unknown instruction: "?FOO'):
        subject.build("FOO bar\n", recorded)


@pytest.mark.promise("Cancel ends the process on the host")
def test_cancel_ends_a_build(subject: Subject, recorded: Recorded, differs: Note) -> None:
    sleep = unique_sleep(8 if subject.is_podman else 300)
    ended = end_of_cancelled(
        lambda cancel: subject.build(f"RUN echo started; {' '.join(sleep)}\n", recorded, cancel=cancel),
        lambda: recorded.output_seen.wait(30) and (not subject.address or appears(*sleep)),
    )
    assert isinstance(ended, Cancelled)
    if subject.is_podman:
        differs("The running command goes on until it ends by itself; the build ends with it.")
        assert runs(*sleep)
    assert gone(*sleep, seconds=15)


@pytest.mark.parametrize(
    "work",
    [
        lambda subject, cancel: subject.build("RUN true\n", Recorded(), cancel=cancel),
        lambda subject, cancel: subject.engine.pull(f"{subject.registry}/x:1", Recorded(), cancel),
        lambda subject, cancel: subject.engine.push(f"{subject.registry}/x:1", Recorded(), cancel),
        lambda subject, cancel: subject.engine.squash(subject.small_image(uuid.uuid4().hex), Recorded(), cancel),
    ],
    ids=["build", "pull", "push", "squash"],
)
@pytest.mark.promise("Nothing is begun after a cancel")
def test_a_token_cancelled_before_ends_everything(
    subject: Subject, work: Callable[[Subject, CancelToken], object]
) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        work(subject, cancel)


@pytest.mark.promise("Names move from image to image")
def test_a_tag_moves(subject: Subject) -> None:
    first = subject.build(f"LABEL a={uuid.uuid4().hex}\n", Recorded())
    second = subject.build(f"LABEL a={uuid.uuid4().hex}\n", Recorded())
    subject.engine.tag(first, "trailer-test/moves:1")
    subject.engine.tag(second, "trailer-test/moves:1")
    facts = subject.engine.facts("trailer-test/moves:1")
    assert facts is not None
    assert facts.docker_image_id == second
    assert subject.engine.facts(first) is not None
    subject.engine.remove_image("trailer-test/moves:1")
    assert subject.engine.facts("trailer-test/moves:1") is None


@pytest.mark.promise("Names move from image to image")
def test_tagging_what_is_not_there(subject: Subject) -> None:
    with pytest.raises(EngineError):
        subject.engine.tag("sha256:" + "0" * 64, "trailer-test/none:1")


@pytest.mark.promise("Names move from image to image")
def test_removing_what_is_not_there_is_no_error(subject: Subject) -> None:
    subject.engine.remove_image("trailer-test/never-was:1")
    assert subject.engine.facts("trailer-test/never-was:1") is None


@pytest.mark.promise("An image goes with its last name")
def test_an_image_goes_with_its_last_reference(subject: Subject) -> None:
    image = subject.build(f"LABEL a={uuid.uuid4().hex}\n", Recorded())
    for name in ("one", "two"):
        subject.engine.tag(image, f"trailer-test/{name}:1")
    subject.engine.remove_image("trailer-test/one:1")
    assert subject.engine.facts(image) is not None
    subject.engine.remove_image("trailer-test/two:1")
    assert subject.engine.facts(image) is None


@pytest.mark.promise("Squash leaves one layer")
def test_a_squash_leaves_one_layer(subject: Subject, recorded: Recorded) -> None:
    squashed = subject.engine.squash(subject.small_image(uuid.uuid4().hex), recorded, CancelToken())
    facts = subject.engine.facts(squashed)
    assert facts is not None
    assert facts.layers == 1
    assert [step.phase for step in recorded.started] == [Phase.SQUASH]
    assert recorded.end("Squash").error == ""


@pytest.mark.promise("Push gives the digest, pull brings the image back")
def test_a_push_gives_a_digest_and_a_pull_brings_it_back(subject: Subject, recorded: Recorded, remark: Note) -> None:
    reference = f"{subject.registry}/trailer-test/{uuid.uuid4().hex}:1"
    subject.engine.tag(subject.small_image(uuid.uuid4().hex), reference)
    assert subject.engine.push(reference, recorded, CancelToken()).startswith("sha256:")
    assert [step.phase for step in recorded.started] == [Phase.PUSH]
    if subject.is_podman:
        remark("A push tells no progress, and a pull only that of its layers.")
    else:
        assert recorded.progress("Push")
    subject.engine.remove_image(reference)

    pulled = Recorded()
    facts = subject.engine.pull(reference, pulled, CancelToken())
    assert [(step.phase, step.instruction) for step in pulled.started] == [(Phase.RESOLVE, f"Pull {reference}")]
    assert all(layer.current == layer.total for layer in pulled.progress("Pull").values())
    assert subject.is_podman or pulled.output("Pull").endswith("\n")
    found = subject.engine.facts(reference)
    assert found is not None
    assert found.docker_image_id == facts.docker_image_id
    subject.engine.remove_image(reference)


@pytest.mark.promise("A pull of what is not there says so")
def test_a_pull_of_nothing_fails_its_step(subject: Subject, recorded: Recorded) -> None:
    with pytest.raises(EngineError):
        subject.engine.pull(f"{subject.registry}/no/such:1", recorded, CancelToken())
    assert recorded.end("Pull").error


@pytest.mark.promise("A pull of what is not there says so")
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
