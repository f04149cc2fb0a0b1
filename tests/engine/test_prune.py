"""Removing from a real engine what was chosen, and nothing else."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import docker
import pytest

from tests.engine.recorded import Recorded
from trailer_tui.dockerfile.context import BuildContext
from trailer_tui.engine.cancel import CancelToken
from trailer_tui.engine.docker_engine import DockerEngine
from trailer_tui.engine.interface import BuildRequest
from trailer_tui.engine.squash import TEMPORARY_REPOSITORY
from trailer_tui.model.host import BuilderChoice

pytestmark = pytest.mark.engine


@pytest.fixture
def classic(docker_host: str, base_image: str) -> Iterator[DockerEngine]:
    """The engine with the builder whose images lie upon each other."""
    engine = DockerEngine(docker_host, builder=BuilderChoice.CLASSIC)
    yield engine
    engine.close()


def build(engine: DockerEngine, base: str, *steps: str) -> str:
    """An image without a name on `base`; returns its id."""
    text = "\n".join([f"FROM {base}", *(f"LABEL step={step}-{uuid.uuid4().hex}" for step in steps)])
    return engine.build(BuildRequest(BuildContext(text), "test:1"), Recorded(), CancelToken())


def nameless(engine: DockerEngine) -> set[str]:
    """Ids of the images that a prune would see."""
    return {image.docker_image_id for image in engine.disk_usage(CancelToken()).images if not image.references}


def test_an_image_goes_with_the_nameless_ones_below_it(classic: DockerEngine, base_image: str) -> None:
    image = build(classic, base_image, "one", "two", "three")
    before = nameless(classic)
    assert image in before
    assert classic.remove_images([image], CancelToken()) == {}
    assert nameless(classic) == before - {image}
    assert classic.facts(image) is None
    assert classic.facts(base_image) is not None
    assert classic.remove_images([image], CancelToken()) == {}


def test_what_is_kept_below_stays(classic: DockerEngine, base_image: str) -> None:
    lower = build(classic, base_image, "lower")
    classic.tag(lower, "trailer-test/lower:1")
    upper = build(classic, "trailer-test/lower:1", "upper")
    assert lower in classic.remove_images([lower], CancelToken())
    classic.remove_image("trailer-test/lower:1")
    assert classic.facts(lower) is not None
    assert lower in classic.remove_images([lower], CancelToken()), "another image is built on it"
    assert classic.remove_images([upper], CancelToken(), keep=[lower]) == {}
    assert classic.facts(lower) is not None
    assert classic.remove_images([lower], CancelToken()) == {}
    assert classic.facts(lower) is None


def test_an_image_that_got_a_name_meanwhile_stays(engine: DockerEngine, base_image: str) -> None:
    image = build(engine, base_image, "named")
    engine.tag(image, "trailer-test/late:1")
    [error] = engine.remove_images([image], CancelToken()).values()
    assert "trailer-test/late:1" in error
    assert engine.facts("trailer-test/late:1") is not None
    engine.remove_image("trailer-test/late:1")


@pytest.mark.parametrize("times", [1, 2])
def test_what_a_killed_squash_left_under_its_own_name_goes(engine: DockerEngine, base_image: str, times: int) -> None:
    image = build(engine, base_image, "squashed")
    for _ in range(times):
        engine.tag(image, f"{TEMPORARY_REPOSITORY}:{uuid.uuid4().hex}")
    assert image in nameless(engine)
    assert engine.remove_images([image], CancelToken()) == {}
    assert engine.facts(image) is None
    assert engine.facts(base_image) is not None


def test_an_image_that_a_container_uses_stays(engine: DockerEngine, docker_host: str, base_image: str) -> None:
    image = build(engine, base_image, "used")
    client = docker.APIClient(docker_host)
    container = client.create_container(image, ["true"])["Id"]
    try:
        [found] = [kept for kept in engine.disk_usage(CancelToken()).images if kept.docker_image_id == image]
        assert found.containers == 1
        assert image in engine.remove_images([image], CancelToken())
    finally:
        client.remove_container(container)
        client.close()
    assert engine.remove_images([image], CancelToken()) == {}


def test_an_empty_build_cache_has_nothing_to_free(engine: DockerEngine, base_image: str) -> None:
    request = BuildRequest(BuildContext(f"FROM {base_image}\nRUN echo {uuid.uuid4().hex} > /file\n"), "test:1")
    image = engine.build(request, Recorded(), CancelToken())
    engine.remove_images([image], CancelToken())
    assert engine.prune_build_cache(CancelToken()) >= 0
    usage = engine.disk_usage(CancelToken())
    assert (usage.build_cache_count, usage.build_cache_free) == (0, 0)
    assert engine.facts(base_image) is not None
