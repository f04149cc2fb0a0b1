"""What a real engine says of a registry that fails, and what people are told then."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.engine.failing_registry import FailingRegistry
from tests.engine.recorded import Recorded
from trailer_tui.engine.cancel import CancelToken
from trailer_tui.engine.docker_engine import DockerEngine
from trailer_tui.model.errors import RegistryError

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def failing() -> Iterator[str]:
    """Host and port of a registry that fails."""
    registry = FailingRegistry()
    yield registry.address
    registry.close()


@pytest.mark.parametrize(
    ("repository", "problem"),
    [
        ("limited/x", "allows no more requests"),
        ("broken/x", "failed with an error of its own"),
        ("denied/x", "denied access, or has no such repository, and there is no login for it"),
        ("cut/x", "broke in the middle"),
    ],
)
def test_a_pull_tells_what_the_registry_did(
    engine: DockerEngine, failing: str, recorded: Recorded, repository: str, problem: str
) -> None:
    with pytest.raises(RegistryError) as raised:
        engine.pull(f"{failing}/{repository}:1", recorded, CancelToken())
    assert f"registry {failing}" in raised.value.cause
    assert problem in raised.value.cause
    assert failing in raised.value.hint
    assert recorded.end("Pull").error


# Engines repeat most refused uploads for a minute; this refusal they believe at once.
def test_a_push_tells_what_the_registry_did(
    engine: DockerEngine, base_image: str, failing: str, recorded: Recorded
) -> None:
    facts = engine.facts(base_image)
    assert facts is not None
    reference = f"{failing}/limited/x:1"
    engine.tag(facts.docker_image_id, reference)
    try:
        with pytest.raises(RegistryError) as raised:
            engine.push(reference, recorded, CancelToken())
    finally:
        engine.remove_image(reference)
    assert f"registry {failing}" in raised.value.cause
    assert "allows no more requests" in raised.value.cause
    assert f"docker login {failing}" in raised.value.hint
    assert recorded.end("Push").error


def test_a_name_that_nobody_knows(engine: DockerEngine, recorded: Recorded) -> None:
    with pytest.raises(RegistryError) as raised:
        engine.pull("registry.invalid/x:1", recorded, CancelToken())
    assert "registry registry.invalid" in raised.value.cause
    assert "cannot find" in raised.value.cause or "cannot reach" in raised.value.cause
