"""Pulls and pushes between a real engine and a real registry."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.cancelling import end_of_cancelled
from tests.engine.dripping_registry import DrippingRegistry
from tests.engine.recorded import Recorded
from trailer_tui.dockerfile.context import BuildContext
from trailer_tui.engine.cancel import Cancelled, CancelToken
from trailer_tui.engine.docker_engine import DockerEngine
from trailer_tui.engine.interface import BuildRequest
from trailer_tui.model.errors import InvalidInput, RegistryError
from trailer_tui.model.status import Phase

pytestmark = pytest.mark.engine


@pytest.fixture
def pushed(engine: DockerEngine, base_image: str, registry: str) -> Iterator[str]:
    """A reference of the registry whose image is on the host and not yet in the registry."""
    reference = f"{registry}/team/tool:{uuid.uuid4().hex}"
    request = BuildRequest(BuildContext(f"FROM scratch\nLABEL a={uuid.uuid4().hex}\nCOPY Dockerfile /\n"), reference)
    image = engine.build(request, Recorded(), CancelToken())
    engine.tag(image, reference)
    yield reference
    engine.remove_image(reference)


def test_what_is_pushed_can_be_pulled_by_tag_and_digest(engine: DockerEngine, pushed: str, recorded: Recorded) -> None:
    digest = engine.push(pushed, recorded, CancelToken())
    assert digest.startswith("sha256:")
    assert recorded.step("Push").phase is Phase.PUSH
    assert {layer.action for layer in recorded.progress("Push").values()} == {"Pushed"}
    assert digest in recorded.output("Push")
    again = Recorded()
    assert engine.push(pushed, again, CancelToken()) == digest
    assert {layer.action for layer in again.progress("Push").values()} == {"Layer already exists"}
    before = engine.facts(pushed)
    assert before is not None
    engine.remove_image(pushed)
    assert engine.facts(pushed) is None

    pulled = Recorded()
    facts = engine.pull(pushed, pulled, CancelToken())
    repository = pushed.rpartition(":")[0]
    assert facts.docker_image_id == before.docker_image_id
    assert facts.digests == (f"{repository}@{digest}",)
    assert pulled.step("Pull").phase is Phase.RESOLVE
    # BuildKit's cache keeps the layer when the image goes.
    assert {layer.action for layer in pulled.progress("Pull").values()} <= {"Pull complete", "Already exists"}
    assert pulled.output("Pull").endswith(f"Status: Downloaded newer image for {pushed}\n")
    assert pulled.end("Pull").error == ""

    by_digest = engine.pull(f"{repository}@{digest}", Recorded(), CancelToken())
    assert by_digest.docker_image_id == before.docker_image_id
    engine.remove_image(f"{repository}@{digest}")


def test_a_reference_without_a_tag_is_latest_alone(
    engine: DockerEngine, pushed: str, registry: str, recorded: Recorded
) -> None:
    repository = f"{registry}/team/{uuid.uuid4().hex}"
    facts = engine.facts(pushed)
    assert facts is not None
    for tag in ("latest", "other"):
        engine.tag(facts.docker_image_id, f"{repository}:{tag}")
        engine.push(f"{repository}:{tag}", Recorded(), CancelToken())
        engine.remove_image(f"{repository}:{tag}")
    engine.pull(repository, recorded, CancelToken())
    assert engine.facts(f"{repository}:latest") is not None
    assert engine.facts(f"{repository}:other") is None
    engine.remove_image(repository)


def test_an_image_that_the_registry_lacks(engine: DockerEngine, registry: str, recorded: Recorded) -> None:
    with pytest.raises(RegistryError) as raised:
        engine.pull(f"{registry}/no/such:1", recorded, CancelToken())
    assert registry in raised.value.cause
    assert "no such image" in raised.value.cause
    assert recorded.end("Pull").error


def test_a_registry_that_is_not_there(engine: DockerEngine, recorded: Recorded) -> None:
    with pytest.raises(RegistryError) as raised:
        engine.pull("localhost:1/tool:1", recorded, CancelToken())
    assert "cannot reach the registry" in raised.value.cause
    assert "localhost:1" in raised.value.hint


def test_pushing_what_the_host_lacks(engine: DockerEngine, registry: str, recorded: Recorded) -> None:
    with pytest.raises(RegistryError, match="has no such image"):
        engine.push(f"{registry}/no/such:1", recorded, CancelToken())
    assert recorded.end("Push").error


@pytest.mark.parametrize("reference", ["Upper/Case:1", "a b", "", "x:" + "t" * 200])
def test_what_is_no_reference_is_refused(engine: DockerEngine, recorded: Recorded, reference: str) -> None:
    with pytest.raises(InvalidInput):
        engine.pull(reference, recorded, CancelToken())
    assert recorded.events == []


def test_cancel_ends_a_pull_on_the_host(engine: DockerEngine, recorded: Recorded) -> None:
    dripping = DrippingRegistry()
    ended = end_of_cancelled(
        lambda cancel: engine.pull(f"{dripping.address}/tool:1", recorded, cancel), lambda: dripping.asked.wait(30)
    )
    assert isinstance(ended, Cancelled)
    assert dripping.left.wait(15)
    dripping.close()


def test_broken_credentials_are_told_without_their_content(
    engine: DockerEngine, pushed: str, recorded: Recorded, own_home: Path
) -> None:
    folder = own_home / ".docker"
    folder.mkdir()
    (folder / "config.json").write_text('{"auths": {"localhost": {"auth": "!!secret!!"}}}')
    assert engine.push(pushed, recorded, CancelToken()).startswith("sha256:")
    remark = recorded.output("Push", "t")
    assert "config.json" in remark
    assert "secret" not in remark
