"""What fills a host's disk, and what a prune may remove: never what has a name or is needed."""

from __future__ import annotations

import asyncio
import threading

import pytest

from tests.service.world import ADA, World
from tests.support.fake_engine import FakeStep
from trailer_tui.engine.interface import DiskUsage, StoredImage
from trailer_tui.model.errors import HostUnreachable, NotApplicable, NotFound
from trailer_tui.model.host import HostUsage, PruneItem, PruneTarget
from trailer_tui.service.prune import findings
from trailer_tui.store.hosts import BuiltImages

DANGLING, CACHE, OLD = PruneTarget.DANGLING_IMAGES, PruneTarget.BUILD_CACHE, PruneTarget.OLD_VERSIONS


def image(image_id: str, *names: str, containers: int = 0, children: bool = False) -> StoredImage:
    return StoredImage(image_id, names, 100, 10, containers, children)


def test_only_nameless_images_that_nothing_needs_may_go() -> None:
    images = (
        image("named", "tool:latest"),
        image("used", containers=1),
        image("parent", children=True),
        image("last"),
        image("old"),
        image("named old", "tool:1"),
        image("dangling"),
    )
    usage = DiskUsage(images, 700, 1, 0, 0, 0, 50, 40, 4)
    built = BuiltImages(frozenset({"last", "old", "named old", "used"}), frozenset({"last"}))
    found = findings(usage, built)
    assert [kept.docker_image_id for kept in found.images[DANGLING]] == ["dangling"]
    assert [kept.docker_image_id for kept in found.images[OLD]] == ["old"]
    assert found.items() == [
        PruneItem(target=DANGLING, count=1, size=10),
        PruneItem(target=CACHE, count=4, size=40),
        PruneItem(target=OLD, count=1, size=10),
    ]


def test_images_free_no_more_than_what_the_others_leave() -> None:
    images = (StoredImage("named", ("tool:latest",), 250, 70, 0), StoredImage("lost", (), 250, 70, 0))
    found = findings(DiskUsage(images, 280, 0, 0, 0, 0, 0, 0, 0), BuiltImages(frozenset(), frozenset()))
    assert [item.size for item in found.items()] == [30, 0, 0]


async def built_twice(world: World) -> tuple[str, str]:
    """A record that was built, changed and built again; the ids of both images, of which the first lost its name."""
    record = await world.create("FROM ubuntu:24.04\nRUN echo first\n")
    first = (await world.built(record.id)).docker_image_id
    stored = await world.service.images.get(ADA, record.id)
    draft = stored.draft()
    draft.configuration.dockerfile = "FROM ubuntu:24.04\nRUN echo second\n"  # type: ignore[union-attr]
    await world.service.images.update(ADA, record.id, draft, revision=stored.revision, build=True)
    second = (await world.built(record.id)).docker_image_id
    assert first is not None
    assert second is not None
    return first, second


def items(usage: HostUsage) -> dict[PruneTarget, int]:
    return {item.target: item.count for item in usage.prunable}


async def test_an_earlier_version_is_removed_and_the_last_one_stays(world: World) -> None:
    first, second = await built_twice(world)
    world.engine.build_cache = 5000
    usage = await world.service.hosts.usage(ADA, 1)
    assert items(usage) == {DANGLING: 0, CACHE: 1, OLD: 1}
    assert usage.disk is not None

    [removed] = await world.service.hosts.prune(ADA, 1, [OLD])
    assert (removed.target, removed.count, removed.error) == (OLD, 1, "")
    assert removed.size > 0
    assert world.engine.facts(first) is None
    assert world.engine.facts(second) is not None
    assert world.engine.build_cache == 5000

    [emptied] = await world.service.hosts.prune(ADA, 1, [CACHE])
    assert emptied == PruneItem(target=CACHE, count=1, size=5000)
    assert items(await world.service.hosts.usage(ADA, 1)) == {DANGLING: 0, CACHE: 0, OLD: 0}


async def test_a_last_image_whose_name_somebody_took_stays(world: World) -> None:
    record = await world.create()
    last = (await world.built(record.id)).docker_image_id
    world.engine.tag(world.engine.add_image("elsewhere:1").docker_image_id, "tool:latest")
    assert items(await world.service.hosts.usage(ADA, 1)) == {DANGLING: 0, CACHE: 0, OLD: 0}
    await world.service.hosts.prune(ADA, 1, list(PruneTarget))
    assert last is not None
    assert world.engine.facts(last) is not None


async def test_what_the_engine_keeps_is_told(world: World) -> None:
    first, _ = await built_twice(world)
    world.engine.stuck[first] = "conflict: image is being used by stopped container 5cf1"
    [item] = await world.service.hosts.prune(ADA, 1, [OLD])
    assert (item.count, item.size) == (0, 0)
    assert item.error == "1 stayed: conflict: image is being used by stopped container 5cf1"


async def test_while_a_build_runs_only_the_build_cache_can_go(world: World) -> None:
    world.engine.script = [FakeStep("RUN wait", gate=threading.Event())]
    world.engine.build_cache = 7
    await world.create()
    await world.until(lambda: bool(world.engine.working))
    for targets in ([OLD], [DANGLING, CACHE]):
        with pytest.raises(NotApplicable, match="a build runs on the host"):
            await world.service.hosts.prune(ADA, 1, targets)
    assert world.engine.build_cache == 7
    assert [item.size for item in await world.service.hosts.prune(ADA, 1, [CACHE])] == [7]


async def test_a_build_that_begins_meanwhile_ends_a_prune(world: World) -> None:
    gate = world.engine.removal_gate = threading.Event()
    for number in range(3):
        world.engine.add_image(f"x:{number}")
        del world.engine.images[f"x:{number}"]
    pruning = asyncio.create_task(world.service.hosts.prune(ADA, 1, [DANGLING]))
    await world.until(lambda: bool(world.engine.removals))
    world.engine.script = [FakeStep("RUN wait", gate=threading.Event())]
    await world.create()
    await world.until(lambda: bool(world.engine.working))
    gate.set()
    [item] = await pruning
    assert item.count == len(world.engine.removals) == 1
    assert "2 left alone, because a build began on the host" in item.error


async def test_a_caller_that_leaves_ends_the_question(world: World) -> None:
    gate = world.engine.space_gate = threading.Event()
    asking = asyncio.create_task(world.service.hosts.usage(ADA, 1))
    await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    world.engine.space_gate = None
    gate.set()
    assert (await world.service.hosts.usage(ADA, 1)).host_id == 1


async def test_hosts_that_cannot_be_asked_say_so(world: World) -> None:
    with pytest.raises(NotFound):
        await world.service.hosts.usage(ADA, 4711)
    world.engine.unreachable = "connection refused"
    with pytest.raises(HostUnreachable, match="local: connection refused"):
        await world.service.hosts.prune(ADA, 1, [CACHE])
    await world.service.hosts.check(ADA, 1)
    with pytest.raises(HostUnreachable, match="local: connection refused"):
        await world.service.hosts.usage(ADA, 1)
