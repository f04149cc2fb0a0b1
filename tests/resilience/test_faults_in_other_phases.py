"""A host or a registry that breaks while an image is pulled, squashed, tagged or pushed."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from tests.resilience.real_world import RealWorld
from tests.service.world import ADA
from tests.support.fault_proxy import Fault, FaultProxy, Kind, Toward
from trailer_tui.engine.client import EngineClient
from trailer_tui.engine.squash import TEMPORARY_REPOSITORY
from trailer_tui.model.actions import ImageAction
from trailer_tui.model.image import PullConfiguration
from trailer_tui.model.status import BuildState, ImageStatus, Phase, StepState

pytestmark = [pytest.mark.engine, pytest.mark.parametrize("builder", ["buildkit"], indirect=True)]

BROKEN = [Kind.CUT, Kind.STALL]
SLOWLY = 300_000


@pytest.fixture
def registry_proxy(registry: str) -> Iterator[FaultProxy]:
    """A proxy in front of the registry."""
    made = FaultProxy(int(registry.rpartition(":")[2]))
    yield made
    made.close()


CUT_AT = {
    Phase.RESOLVE: Fault(Kind.CUT, path=b"/images/create", after_bytes=600),
    # The first bytes of the answer; the build itself goes another way.
    Phase.SQUASH: Fault(Kind.CUT, path=b"/build?", after=b"stream"),
    Phase.PUSH: Fault(Kind.CUT, path=b"/push", after_bytes=600),
}


def cut(proxy: FaultProxy, phase: Phase, kind: Kind) -> None:
    """Cut the connection of that phase's work when it comes, if that is the kind."""
    if kind is Kind.CUT:
        proxy.inject(CUT_AT[phase])


async def hold_up(world: RealWorld, proxy: FaultProxy, image_id: int, phase: Phase, kind: Kind) -> None:
    """Hold up everything that leads to the host while that phase works, if that is the kind."""
    build_id = (await world.service.images.get(ADA, image_id)).last_build_id
    assert build_id is not None

    async def runs() -> bool:
        steps = await world.service.builds.steps(ADA, build_id)
        return any(step.phase is phase and step.state is StepState.RUNNING for step in steps)

    if kind is Kind.STALL:
        await world.until(runs)
        proxy.inject(Fault(kind))


def temporary_names(docker: EngineClient) -> set[str]:
    """The names that squashes have given for a while; other tests may have left some on purpose."""
    return {name for image in docker.images(name=TEMPORARY_REPOSITORY) for name in image["RepoTags"] or ()}


@pytest.mark.parametrize("kind", BROKEN)
async def test_a_pull(
    world: RealWorld,
    proxy: FaultProxy,
    registry_proxy: FaultProxy,
    docker: EngineClient,
    small_image: str,
    kind: Kind,
) -> None:
    name = f"{registry_proxy.address}/pulled-{kind.value}:1"
    docker.tag(small_image, name.removesuffix(":1"), "1")
    docker.push(name)
    docker.remove_image(name)
    docker.remove_image(small_image)
    registry_proxy.inject(Fault(Kind.SLOW, rate=SLOWLY))
    cut(proxy, Phase.RESOLVE, kind)
    record = await world.create(configuration=PullConfiguration(image=name), name=f"pull-{kind.value}")
    await hold_up(world, proxy, record.id, Phase.RESOLVE, kind)
    await world.steady_build_ends_well()
    build = await world.end(record)
    assert build.state is BuildState.FAILED
    assert build.failure is not None
    assert (build.failure.phase, build.failure.instruction) == (Phase.RESOLVE, f"Pull {name}")
    proxy.heal()
    registry_proxy.heal()
    await world.online(1)
    assert (await world.rebuild(record)).state is BuildState.FINISHED


@pytest.mark.parametrize("kind", BROKEN)
async def test_a_squash(
    world: RealWorld, proxy: FaultProxy, docker: EngineClient, small_image: str, kind: Kind
) -> None:
    before = temporary_names(docker)
    # What is held up must take a while; what is cut need not.
    base = small_image if kind is Kind.CUT else world.base
    dockerfile = f"FROM {base}\nLABEL made={uuid.uuid4().hex}\nLABEL more=1\n"
    cut(proxy, Phase.SQUASH, kind)
    record = await world.create(dockerfile, name=f"squash-{kind.value}", squash=True)
    await hold_up(world, proxy, record.id, Phase.SQUASH, kind)
    await world.steady_build_ends_well()
    build = await world.end(record)
    assert build.state is BuildState.FAILED
    assert build.failure is not None
    assert build.failure.phase is Phase.SQUASH
    proxy.heal()
    if kind is Kind.CUT:
        await world.online(1)
        rebuilt = await world.rebuild(record)
        assert (rebuilt.state, rebuilt.layers) == (BuildState.FINISHED, 1)
        assert temporary_names(docker) <= before


async def test_a_tag(world: RealWorld, proxy: FaultProxy) -> None:
    proxy.inject(Fault(Kind.CUT, path=b"/tag?", toward=Toward.TARGET))
    record = await world.begin("true")
    build = await world.end(record)
    assert build.state is BuildState.FAILED
    assert build.failure is not None
    assert build.failure.phase is Phase.TAG
    proxy.heal()
    await world.online(1)
    assert (await world.rebuild(record)).state is BuildState.FINISHED


@pytest.mark.parametrize("kind", BROKEN)
async def test_a_push(
    world: RealWorld,
    proxy: FaultProxy,
    registry_proxy: FaultProxy,
    docker: EngineClient,
    small_image: str,
    kind: Kind,
) -> None:
    registry_proxy.inject(Fault(Kind.SLOW, rate=SLOWLY))
    dockerfile = f"FROM {small_image}\nLABEL made={uuid.uuid4().hex}\n"
    cut(proxy, Phase.PUSH, kind)
    record = await world.create(dockerfile, name=f"{registry_proxy.address}/pushed-{kind.value}", push=True)
    await hold_up(world, proxy, record.id, Phase.PUSH, kind)
    await world.steady_build_ends_well()
    build = await world.end(record)
    assert build.state is BuildState.FAILED
    assert build.failure is not None
    assert build.failure.phase is Phase.PUSH
    assert build.docker_image_id
    proxy.heal()
    registry_proxy.heal()
    await world.online(1)
    assert docker.image_details(build.docker_image_id)
    await world.service.images.act(ADA, record.id, ImageAction.PUSH)
    pushed = await world.end(record)
    assert (pushed.state, pushed.docker_image_id) == (BuildState.FINISHED, build.docker_image_id)
    assert (pushed.digest or "").startswith("sha256:")
    assert (await world.service.images.get(ADA, record.id)).status is ImageStatus.BUILD_FINISHED


async def test_a_host_that_takes_no_connections(world: RealWorld, proxy: FaultProxy) -> None:
    proxy.refuse()
    proxy.cut_all()
    record = await world.begin("true")
    await world.until(lambda: world.service.load().hosts_online == 1)
    await world.steady_build_ends_well()
    build = await world.service.builds.get(ADA, record.last_build_id or 0)
    assert build.state in (BuildState.PENDING, BuildState.FAILED)
    proxy.heal()
    await world.online(1)
    if build.state is BuildState.PENDING:
        assert (await world.end(record)).state is BuildState.FINISHED
    else:
        assert (await world.rebuild(record)).state is BuildState.FINISHED


async def test_a_slow_host(world: RealWorld, proxy: FaultProxy) -> None:
    slow = proxy.inject(Fault(Kind.SLOW, rate=20_000))
    record = await world.begin("seq 3000")
    assert (await world.end(record)).state is BuildState.FINISHED
    assert slow.struck.is_set()
    build = await world.end(record)
    assert (await world.text(build)).count("\n2999\n") == 1
