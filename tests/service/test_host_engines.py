"""Engines live for as long as somebody uses them, and no longer."""

from __future__ import annotations

import threading

import pytest

from tests.service.world import ADA, World
from tests.support.fake_engine import FakeEngine, FakeStep
from trailer_tui.model.errors import NotFound
from trailer_tui.model.host import Host, HostDraft
from trailer_tui.model.status import BuildState
from trailer_tui.service.host_engines import HostEngines

OLD, NEW = "tcp://old:2375", "tcp://new:2375"


class Made:
    """Engines that were made, and which of them were closed."""

    def __init__(self) -> None:
        self.engines: list[FakeEngine] = []
        self.addresses: list[str] = []

    def make(self, host: Host) -> FakeEngine:
        self.engines.append(FakeEngine())
        self.addresses.append(host.address)
        return self.engines[-1]

    def wait_closed(self, number: int) -> None:
        assert self.engines[number].closed.wait(20)


def host(address: str = OLD) -> Host:
    return Host(id=1, name="one", address=address)


def test_an_engine_is_shared() -> None:
    made = Made()
    engines = HostEngines(made.make)
    engines.put(host())
    with engines.using(host()) as first, engines.using(host()) as second:
        assert first is second
    with engines.using(host()) as third:
        assert third is first
    assert not made.engines[0].closed.is_set()
    engines.close()
    assert made.engines[0].closed.is_set()


def test_an_engine_of_an_old_address_is_closed_when_its_last_user_ends() -> None:
    made = Made()
    engines = HostEngines(made.make)
    engines.put(host())
    with engines.using(host()):
        engines.put(host(NEW))
        with engines.using(host()), engines.using(host(NEW)):
            pass
        assert not made.engines[0].closed.is_set()
    made.wait_closed(0)
    assert (made.addresses, made.engines[1].closed.is_set()) == ([OLD, NEW], False)


def test_an_idle_engine_of_an_old_address_is_closed_at_once() -> None:
    made = Made()
    engines = HostEngines(made.make)
    engines.put(host())
    with engines.using(host()):
        pass
    engines.put(host(NEW))
    made.wait_closed(0)
    assert made.addresses == [OLD]


def test_who_comes_late_with_an_old_address_does_not_take_the_place_of_the_new() -> None:
    made = Made()
    engines = HostEngines(made.make)
    engines.put(host(NEW))
    with engines.using(host(NEW)) as current:
        with engines.using(host(OLD)):
            pass
        made.wait_closed(1)
        with engines.using(host(NEW)) as again:
            assert again is current
    assert made.addresses == [NEW, OLD]


def test_a_deleted_host_gets_no_engine() -> None:
    made = Made()
    engines = HostEngines(made.make)
    engines.put(host())
    with engines.using(host()):
        engines.forget(1)
    made.wait_closed(0)
    with pytest.raises(NotFound, match="one was deleted"), engines.using(host()):
        pass
    assert len(made.engines) == 1


async def test_a_build_goes_on_at_the_old_address(world: World) -> None:
    gate = threading.Event()
    world.engine.script = [FakeStep("RUN wait", gate=gate)]
    record = await world.create()
    await world.until(lambda: bool(world.engine.working))
    await world.service.hosts.update(ADA, 1, HostDraft(name="local", address=NEW))
    await world.service.hosts.check(ADA, 1)
    assert not world.engine.closed.is_set()
    gate.set()
    assert (await world.built(record.id)).state is BuildState.FINISHED
    await world.until(world.engine.closed.is_set)
