"""Hosts: records, live state, and errors that are kept with a hint."""

from __future__ import annotations

import threading

import pytest

from tests.service.world import ADA, BOB, LOCAL, World
from tests.support.fake_engine import FakeEngine, FakeStep
from trailer_tui.model.errors import InvalidInput, NotAllowed, NotApplicable, NotFound
from trailer_tui.model.events import HostChanged, HostDeleted, Resync
from trailer_tui.model.host import BuilderChoice, HostDraft, PruneTarget, TlsFiles
from trailer_tui.model.status import BuildState, HostState


async def test_a_first_start_has_one_host_and_a_second_no_more(world: World) -> None:
    assert [(host.name, host.state) for host in await world.service.hosts.all(BOB)] == [("local", HostState.ONLINE)]
    await world.restart()
    assert len(await world.service.hosts.all(ADA)) == 1


async def test_an_unreachable_host_is_stored_with_its_error_and_a_retry_time(world: World) -> None:
    world.engines["tcp://dead:2375"] = FakeEngine(unreachable="connection refused")
    host = await world.service.hosts.create(ADA, HostDraft(name="dead", address="tcp://dead:2375"))
    assert (host.state, host.error) == (HostState.OFFLINE, "connection refused")
    assert host.hint
    assert host.offline_since is not None
    assert host.next_check_at is not None
    assert host.next_check_at > host.offline_since
    since = host.offline_since
    assert (await world.service.hosts.check(ADA, host.id)).offline_since == since
    world.engines["tcp://dead:2375"].unreachable = ""
    back = await world.service.hosts.check(ADA, host.id)
    assert (back.state, back.error, back.offline_since) == (HostState.ONLINE, "", None)
    assert back.capabilities == world.engine.capabilities


async def test_an_engine_that_cannot_even_be_made_is_an_offline_host(world: World) -> None:
    world.impossible.add("ssh://odd")
    host = await world.service.hosts.create(ADA, HostDraft(name="odd", address="ssh://odd"))
    assert host.state is HostState.OFFLINE
    assert "no such transport" in host.error


async def test_a_host_that_swallows_packets_holds_up_nobody(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trailer_tui.service.hosts.CHECK_SECONDS", 0.1)
    gate = threading.Event()
    world.engines["tcp://slow:2375"] = FakeEngine(probe_gate=gate)
    host = await world.service.hosts.create(ADA, HostDraft(name="slow", address="tcp://slow:2375"))
    assert host.state is HostState.UNKNOWN
    world.engines["tcp://quick:2375"] = FakeEngine()
    monkeypatch.setattr("trailer_tui.service.hosts.CHECK_SECONDS", 8)
    quick = await world.service.hosts.create(ADA, HostDraft(name="quick", address="tcp://quick:2375"))
    assert quick.state is HostState.ONLINE
    assert (await world.service.hosts.check(ADA, 1)).state is HostState.ONLINE
    gate.set()

    async def online() -> bool:
        return await world.host_state(host.id) is HostState.ONLINE

    await world.until(online)


async def test_a_new_address_is_another_engine(world: World) -> None:
    other = world.engines["tcp://other:2375"] = FakeEngine()
    await world.service.hosts.update(ADA, 1, HostDraft(name="local", address="tcp://other:2375"))
    record = await world.create()
    await world.built(record.id)
    assert (len(other.requests), len(world.engine.requests)) == (1, 0)


async def test_another_builder_is_another_engine_that_is_asked_again(world: World) -> None:
    classic = FakeEngine()
    classic.capabilities = classic.capabilities.model_copy(update={"builder": "classic", "heredocs": False})
    world.engine.capabilities = world.engine.capabilities.model_copy(update={"builder": "buildkit", "heredocs": True})
    assert (await world.service.hosts.check(ADA, 1)).capabilities == world.engine.capabilities
    world.engines[LOCAL] = classic
    changed = await world.service.hosts.update(
        ADA, 1, HostDraft(name="local", address=LOCAL, builder=BuilderChoice.CLASSIC)
    )
    assert changed.capabilities == classic.capabilities
    world.engines[LOCAL] = FakeEngine()
    renamed = await world.service.hosts.update(
        ADA, 1, HostDraft(name="renamed", address=LOCAL, builder=BuilderChoice.CLASSIC)
    )
    assert renamed.capabilities == classic.capabilities


async def test_a_disabled_host_starts_no_build_and_lets_running_ones_end(world: World) -> None:
    gate = threading.Event()
    world.engine.script = [FakeStep("RUN wait", gate=gate)]
    running = await world.create(name="first")
    await world.until(lambda: bool(world.engine.working))
    disabled = await world.service.hosts.set_enabled(ADA, 1, False)
    assert (disabled.state, disabled.running) == (HostState.DISABLED, 1)
    waiting = await world.create(name="second")

    async def says_why() -> bool:
        [build] = await world.service.builds.for_image(ADA, waiting.id)
        return build.waiting_reason == "local is disabled"

    await world.until(says_why)
    gate.set()
    assert (await world.built(running.id)).state is BuildState.FINISHED
    world.engine.script = None
    enabled = await world.service.hosts.set_enabled(ADA, 1, True)
    assert enabled.state is HostState.ONLINE
    assert (await world.built(waiting.id)).state is BuildState.FINISHED


async def test_a_host_goes_when_it_is_disabled_and_unused(world: World) -> None:
    record = await world.create(build=False)
    await world.service.hosts.set_enabled(ADA, 1, False)
    with pytest.raises(NotApplicable, match="1 image is built on local: tool"):
        await world.service.hosts.delete(ADA, 1)
    await world.service.images.delete(ADA, record.id, remove_docker_image=False)
    async with world.recorded_events() as events:
        await world.service.hosts.delete(ADA, 1)
        await world.until(lambda: any(isinstance(event, HostDeleted) and event.id == 1 for event in events))
    assert await world.service.hosts.all(ADA) == []
    with pytest.raises(NotFound):
        await world.service.hosts.check(ADA, 1)


async def test_only_administrators_change_hosts(world: World) -> None:
    hosts, draft = world.service.hosts, HostDraft(name="mine", address="tcp://mine:1")
    for change in (
        hosts.create(BOB, draft),
        hosts.update(BOB, 1, draft),
        hosts.set_enabled(BOB, 1, False),
        hosts.delete(BOB, 1),
        hosts.prune(BOB, 1, [PruneTarget.BUILD_CACHE]),
    ):
        with pytest.raises(NotAllowed, match="administrator"):
            await change
    assert [host.enabled for host in await hosts.all(BOB)] == [True]
    assert (await hosts.usage(BOB, 1)).host_id == 1


async def test_errors_of_names_and_ids_are_told(world: World) -> None:
    with pytest.raises(InvalidInput):
        await world.service.hosts.create(ADA, HostDraft(name="LOCAL", address="tcp://mine:1"))
    with pytest.raises(NotFound):
        await world.service.hosts.update(ADA, 99, HostDraft(name="x", address=LOCAL))
    with pytest.raises(NotFound):
        await world.service.hosts.check(ADA, 99)


async def test_clients_hear_of_changes_and_of_nothing_else(world: World) -> None:
    async with world.recorded_events() as events:
        await world.service.hosts.check(ADA, 1)
        await world.service.hosts.check(ADA, 1)
        assert events == []
        world.engine.unreachable = "gone"
        await world.service.hosts.check(ADA, 1)
        await world.until(lambda: bool(events))
    assert [event.host.error for event in events if isinstance(event, HostChanged)] == ["gone"]


async def test_a_renamed_host_makes_clients_read_their_rows_again(world: World) -> None:
    async with world.recorded_events() as events:
        await world.service.hosts.update(ADA, 1, HostDraft(name="renamed", address=LOCAL))
        await world.until(lambda: any(isinstance(event, Resync) for event in events))
    assert any(isinstance(event, HostChanged) and event.host.name == "renamed" for event in events)


async def test_a_diagnosis_names_the_hosts_and_what_to_do(world: World) -> None:
    assert {finding.state for finding in await world.service.diagnose(ADA) if finding.subject == "host local"} == {"ok"}
    world.engine.unreachable = "connection refused"
    await world.service.hosts.check(ADA, 1)
    finding = next(found for found in await world.service.diagnose(ADA) if found.subject == "host local")
    assert finding.state == "error"
    assert "connection refused" in finding.detail
    assert finding.remedy


async def test_where_certificates_lie_is_told_to_administrators_alone(world: World) -> None:
    tls = TlsFiles(ca="/tls/ca.pem", certificate="/tls/cert.pem", key="/tls/key.pem")
    async with world.service.events.subscribe(BOB) as live:
        host = await world.service.hosts.create(ADA, HostDraft(name="farm", address="tcp://farm:2376", tls=tls))
        told = await anext(aiter(live))
    assert isinstance(told, HostChanged)
    assert (told.host.name, told.host.tls) == ("farm", None)
    assert (await world.service.hosts.check(BOB, host.id)).tls is None
    assert {host.tls for host in await world.service.hosts.all(BOB)} == {None}
    assert (await world.service.hosts.check(ADA, host.id)).tls == tls
