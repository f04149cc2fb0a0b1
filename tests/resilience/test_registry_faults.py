"""A registry that refuses: the record says why, the image stays, and another push needs no other build."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from tests.resilience.real_world import RealWorld
from tests.resilience.refusing_registry import RefusingRegistry
from tests.service.world import ADA
from trailer_tui.model.actions import ImageAction
from trailer_tui.model.image import PullConfiguration
from trailer_tui.model.status import BuildState, Phase

pytestmark = [pytest.mark.engine, pytest.mark.parametrize("builder", ["buildkit"], indirect=True)]

REFUSALS = {
    401: ("UNAUTHORIZED", "wants a login"),
    403: ("DENIED", "denied access"),
    429: ("TOOMANYREQUESTS", "no more requests"),
    500: ("UNKNOWN", "500"),
}


@pytest.fixture
def refusing(registry: str) -> Iterator[RefusingRegistry]:
    """A registry that refuses what is asked of it."""
    made = RefusingRegistry(int(registry.rpartition(":")[2]))
    yield made
    made.close()


# After a 500 the engine tries for a minute by itself.
@pytest.mark.parametrize("status", [401, 403, 429])
async def test_a_push_that_is_refused_and_pushed_again(
    world: RealWorld, refusing: RefusingRegistry, small_image: str, status: int
) -> None:
    refusing.status = status
    refusing.code, words = REFUSALS[status]
    dockerfile = f"FROM {small_image}\nLABEL made={uuid.uuid4().hex}\n"
    record = await world.create(dockerfile, name=f"{refusing.address}/refused-{status}", push=True)
    build = await world.end(record)
    assert build.state is BuildState.FAILED
    assert build.failure is not None
    assert build.failure.phase is Phase.PUSH
    assert refusing.address in build.failure.message
    assert words in build.failure.message
    assert build.failure.hint
    refusing.status = 0
    await world.service.images.act(ADA, record.id, ImageAction.PUSH)
    pushed = await world.end(record)
    assert (pushed.state, pushed.docker_image_id) == (BuildState.FINISHED, build.docker_image_id)


@pytest.mark.parametrize("status", REFUSALS)
async def test_a_pull_that_is_refused(world: RealWorld, refusing: RefusingRegistry, status: int) -> None:
    name = f"{refusing.address}/refused-{status}"
    record = await world.create(configuration=PullConfiguration(image=f"{name}:latest"), name=f"p{status}", build=False)
    refusing.status = status
    refusing.code, words = REFUSALS[status]
    build = await world.rebuild(record)
    assert build.state is BuildState.FAILED
    assert build.failure is not None
    assert build.failure.phase is Phase.RESOLVE
    assert words in build.failure.message
