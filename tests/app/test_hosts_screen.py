"""The Hosts area as an administrator meets it, and as somebody who may only look."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from textual.screen import Screen

from tests.app.driving import running_app
from tests.app.server_stand_in import NOW, ServerStandIn, image_row, local_host
from trailer_tui.app.hosts.columns import fit_address
from trailer_tui.app.screens.hosts import HostsScreen
from trailer_tui.model.errors import NotApplicable
from trailer_tui.model.events import HostChanged
from trailer_tui.model.host import DiskSpace, Host, ImportOutcome, ImportSkip, PruneTarget
from trailer_tui.model.status import HostState

SIZE = (120, 40)


def disk(free: float) -> DiskSpace:
    return DiskSpace(total=100_000_000_000, free=int(free * 1e9), measured_at=datetime.fromtimestamp(NOW, UTC))


def offline(host_id: int = 2, name: str = "build-02") -> Host:
    return local_host(
        id=host_id,
        name=name,
        address="tcp://build-02.lan:2376",
        state=HostState.OFFLINE,
        capabilities=None,
        error="connect to build-02.lan: connection [red]refused",
        hint="start the engine there",
        offline_since=datetime.fromtimestamp(NOW - 7200, UTC),
    )


def disabled(host_id: int = 3, name: str = "retired") -> Host:
    return local_host(id=host_id, name=name, enabled=False, state=HostState.DISABLED)


def hosts(*others: Host, **changes: object) -> ServerStandIn:
    server = ServerStandIn([image_row(1)])
    server.hosts_known = [local_host(**changes), *others]
    return server


def calls(server: ServerStandIn, name: str) -> list[object]:
    return [arguments for call, arguments in server.calls if call == name]


async def test_a_row_says_state_load_engine_and_room() -> None:
    server = hosts(offline(), running=2, queued=3, disk=disk(3.1))
    async with running_app(server, (80, 24)) as driven:
        await driven.press("5")
        await driven.expect_shown("2 of 2, 3 queued")
        online = next(line for line in driven.lines if "build-01" in line)
        assert "✔ online" in online
        assert "20.10.24 (1.41)" in online
        assert "! 3.1 GB" in online
        assert "✖ offline 2 h" in driven.text
        await driven.press("down")
        await driven.expect_shown("[red]refused")
        assert "→ start the engine there" in driven.text


def test_an_address_that_is_cut_keeps_what_tells_it_from_others() -> None:
    assert fit_address("unix:///tmp/lab/run-e28/docker.sock", 20) == "…run-e28/docker.sock"
    assert fit_address("unix:///run/d.sock", 20) == "unix:///run/d.sock  "
    assert fit_address("ssh://trailer@build-02.far.away.example", 20) == "trailer@build-02.fa…"


async def test_a_retry_that_finds_nothing_new_paints_nothing() -> None:
    server = hosts(offline())
    async with running_app(server, SIZE) as driven:
        await driven.press("5", "down")
        await driven.expect_shown("connection [red]refused")
        await driven.resize(121, 40)
        painted: list[object] = []
        display = driven.app._display

        def record(screen: Screen[object], renderable: object) -> None:
            painted.append(renderable)
            display(screen, renderable)  # type: ignore[arg-type]

        driven.app._display = record  # type: ignore[method-assign]
        for seconds in (60, 120):
            later = datetime.fromtimestamp(NOW + seconds, UTC)
            server.emit(HostChanged(host=offline().model_copy(update={"next_check_at": later})))
            await driven.press()
        drawn = len(painted)
        server.emit(HostChanged(host=offline().model_copy(update={"next_check_at": later, "offline_since": None})))
        await driven.expect_shown("✖ offline  ")
        assert drawn <= 1
        assert len(painted) > drawn


async def test_one_engine_under_two_addresses_is_told_below_the_table() -> None:
    known = local_host().capabilities
    assert known is not None
    known = known.model_copy(update={"engine_id": "A:B"})
    server = hosts(local_host(id=2, name="by-ssh", address="ssh://build-01", capabilities=known), capabilities=known)
    async with running_app(server, SIZE) as driven:
        await driven.press("5")
        await driven.expect_shown("! the same engine as by-ssh: their limits add up")
        await driven.press("enter")
        await driven.expect_shown("Note              the same engine as by-ssh")


async def test_cells_change_in_place_and_the_cursor_stays() -> None:
    server = hosts(offline())
    async with running_app(server, SIZE) as driven:
        await driven.press("5", "down")
        await driven.expect_shown("→ start the engine there")
        server.hosts_known[0] = local_host(running=1)
        server.emit(HostChanged(host=server.hosts_known[0]))
        server.emit(HostChanged(host=local_host(id=9, name="aaa-first")))
        await driven.expect_shown("1 of 2")
        await driven.expect_shown("aaa-first")
        assert "→ start the engine there" in driven.text


async def test_a_host_is_added_disabled_and_deleted() -> None:
    server = hosts()
    async with running_app(server, SIZE) as driven:
        await driven.press("5")
        await driven.expect_shown("Delete (disable it first)")
        await driven.press("n")
        await driven.type("gpu-1")
        await driven.press("tab")
        await driven.type("unix:///run/gpu.sock")
        await driven.press("ctrl+o")
        await driven.expect(lambda: isinstance(driven.app.screen, HostsScreen))
        await driven.expect_shown("unix:///run/gpu.sock")
        assert "gpu-1" in driven.text
        await driven.press("e")
        await driven.expect_shown("⊘ disabled")
        assert calls(server, "disable_host") == [2]
        await driven.press("d")
        await driven.expect_shown("Delete gpu-1?")
        await driven.press("y")
        await driven.expect(lambda: calls(server, "delete_host") == [2])
        await driven.expect(lambda: not any(line.startswith(" gpu-1") for line in driven.lines))


async def test_deleting_an_enabled_host_does_nothing_and_says_why() -> None:
    server = hosts()
    async with running_app(server, SIZE) as driven:
        await driven.press("5")
        await driven.expect_shown("Delete (disable it first)")
        await driven.press("d")
        assert isinstance(driven.app.screen, HostsScreen)
        assert not calls(server, "delete_host")


async def test_what_uses_a_host_is_named_when_it_cannot_go() -> None:
    server = hosts(disabled())
    async with running_app(server, SIZE) as driven:
        await driven.press("5", "down", "d")
        await driven.expect_shown("Delete retired?")
        server.failure = NotApplicable("retired is used by torch-dev and 3 more images")
        await driven.press("y")
        await driven.expect_shown("retired is used by torch-dev and 3 more images")


async def test_prune_measures_asks_and_tells() -> None:
    server = hosts()
    server.usage_gate = asyncio.Event()
    async with running_app(server, SIZE) as driven:
        await driven.press("5", "p")
        await driven.expect_shown("Measuring what could go")
        assert driven.app.focused is not None
        assert driven.app.focused.id == "prune-refuse"
        await driven.press("y")
        server.usage_gate.set()
        await driven.expect_shown("1.2 GB  in 3 images")
        assert "2.5 GB  in 40 entries" in driven.text
        await driven.press("y")
        assert not calls(server, "prune_host")
        driven.app.screen.query_one("#prune-build-cache").focus()
        await driven.press("space")
        await driven.expect_shown("Frees about 2.5 GB on build-01.")
        await driven.press("y")
        await driven.expect_shown("build-01: freed 2.5 GB: build cache 2.5 GB (40)")
        assert calls(server, "prune_host") == [(1, [PruneTarget.BUILD_CACHE])]


async def test_cancel_prunes_nothing() -> None:
    server = hosts()
    async with running_app(server, SIZE) as driven:
        await driven.press("5", "p")
        await driven.expect_shown("1.2 GB  in 3 images")
        await driven.press("enter")
        await driven.expect(lambda: isinstance(driven.app.screen, HostsScreen))
        assert not calls(server, "prune_host")


async def test_import_lists_what_was_added_and_why_not() -> None:
    server = hosts()
    added = local_host(id=7, name="lab", address="ssh://ada@lab")
    server.imported = ImportOutcome(added=[added], skipped=[ImportSkip(name="default", reason="is build-01 already")])
    async with running_app(server, SIZE) as driven:
        await driven.press("5", "i")
        await driven.expect_shown("1 added, 1 skipped")
        assert "+ lab  ssh://ada@lab" in driven.text
        assert "– default: is build-01 already" in driven.text
        await driven.press("escape")
        await driven.expect_shown(" lab ")


async def test_search_narrows_and_escape_gives_all_back() -> None:
    server = hosts(offline(), disabled())
    async with running_app(server, (80, 24)) as driven:
        await driven.press("5", "slash")
        await driven.type("offline lan")
        await driven.press("enter")
        await driven.expect(lambda: not any("retired" in line for line in driven.lines))
        await driven.expect_shown("✖ build-02 is offline for 2 h")
        await driven.press("escape")
        await driven.expect_shown("retired")
        await driven.press("escape")
        await driven.expect_shown("image-001")


async def test_who_is_no_administrator_may_look_and_check() -> None:
    server = hosts(disabled())
    server.is_administrator = False
    async with running_app(server, SIZE) as driven:
        await driven.press("5")
        await driven.expect_shown("r Check")
        footer = driven.lines[-1]
        assert "Details" in footer
        assert not any(word in footer for word in ("New", "Edit", "able", "Import", "Prune", "Delete"))
        await driven.press("n", "E", "e", "p", "i", "d")
        assert isinstance(driven.app.screen, HostsScreen)
        await driven.press("r")
        await driven.expect(lambda: calls(server, "check") == [1])
        assert {call for call, _ in server.calls} == {"connect", "check"}


async def test_no_host_at_all_says_what_to_do() -> None:
    server = hosts()
    server.hosts_known = []
    async with running_app(server, (80, 24)) as driven:
        await driven.press("5")
        await driven.expect_shown("No hosts yet. Press n to add one")
