"""One host in full: abilities, queue with moves, disk, settings."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from tests.app.driving import Driven, running_app
from tests.app.server_stand_in import NOW, ServerStandIn, image_row, local_host, queued_build
from trailer_tui.app.screens.host_details import HostDetailsScreen
from trailer_tui.app.screens.hosts import HostsScreen
from trailer_tui.model.events import BuildChanged, HostChanged, HostDeleted
from trailer_tui.model.host import BuilderChoice, Capabilities
from trailer_tui.model.status import BuildState, HostState

BUILDKIT = Capabilities(
    engine_version="28.5.2",
    api_version="1.51",
    operating_system="linux",
    architecture="x86_64",
    builders=["buildkit", "classic"],
    builder="buildkit",
    heredocs=True,
    git_sources=True,
    secrets=True,
    syntax_directive=True,
    clips_output=True,
)


def busy() -> ServerStandIn:
    """One running and two queued builds on build-01; build-02 is free, gone does not answer."""
    server = ServerStandIn([image_row(1)])
    started = datetime.fromtimestamp(NOW - 92, UTC)
    server.hosts_known = [
        local_host(running=1, queued=2),
        local_host(id=2, name="build-02"),
        local_host(id=3, name="gone", state=HostState.OFFLINE, error="no route to host"),
    ]
    server.builds_active = [
        queued_build(11, "torch", state=BuildState.RUNNING, started_at=started, steps_done=5, steps_total=12),
        queued_build(13, "second", queue_position=2),
        queued_build(12, "first", queue_position=1),
        queued_build(14, "elsewhere", host_id=2, host_name="build-02", queue_position=1),
    ]
    return server


async def open_details(driven: Driven, *keys: str) -> None:
    await driven.press("5")
    await driven.expect_shown("build-01")
    await driven.press("enter")
    await driven.expect(lambda: isinstance(driven.app.screen, HostDetailsScreen))
    await driven.press(*keys)


def cursor_row(driven: Driven) -> str:
    screen = driven.app.screen
    assert isinstance(screen, HostDetailsScreen)
    build = screen._table.selected
    return build.image_name if build is not None else ""


async def test_what_the_builder_can_do_is_said_in_words_and_why_not() -> None:
    server = busy()
    server.hosts_known[0] = local_host(
        builder=BuilderChoice.CLASSIC, capabilities=BUILDKIT.model_copy(update={"builder": "classic", "secrets": False})
    )
    async with running_app(server, (120, 40)) as driven:
        await open_details(driven)
        await driven.expect_shown("What a build can use here: classic builder")
        assert "✔ heredocs in a Dockerfile" in driven.text
        assert "✖ build secrets and the ssh agent in RUN: the classic builder cannot; the settings" in driven.text
        server.emit(HostChanged(host=local_host(capabilities=BUILDKIT)))
        await driven.expect_shown("✔ build secrets and the ssh agent in RUN")
        assert "! output of a step that prints very much is cut by the engine" in driven.text


async def test_the_queue_is_in_order_and_follows() -> None:
    server = busy()
    async with running_app(server, (80, 24)) as driven:
        await open_details(driven, "2")
        await driven.expect_shown("1 build running, 2 queued on build-01")
        rows = [line.split()[:3] for line in driven.lines if "ada" in line and "build-01 ·" not in line]
        assert rows == [["◐", "running", "torch"], ["·", "1st", "first"], ["·", "2nd", "second"]]
        assert "01:32" in driven.text
        await driven.press("G")
        await driven.expect_shown("· second waits: build-01 runs 2 builds")
        server.emit(BuildChanged(build=queued_build(12, "first", state=BuildState.CANCELLED)))
        server.emit(BuildChanged(build=queued_build(13, "second", queue_position=1)))
        await driven.expect_shown("1 build running, 1 queued")
        assert cursor_row(driven) == "second"


async def test_after_a_cancel_no_other_build_is_chosen_until_the_cursor_is_asked_for() -> None:
    server = busy()
    server.rows |= {number: image_row(number) for number in (11, 12, 13)}
    async with running_app(server, (80, 24)) as driven:
        await open_details(driven, "2")
        await driven.expect_shown("1st")
        await driven.press("down", "c")
        await driven.expect(lambda: [call for call in server.calls if call[0] == "act"])
        server.emit(BuildChanged(build=queued_build(12, "first", state=BuildState.CANCELLED)))
        await driven.expect_shown("1 build running, 1 queued")
        assert cursor_row(driven) == ""
        await driven.press("c")
        assert len([call for call in server.calls if call[0] == "act"]) == 1
        await driven.press("j")
        await driven.expect(lambda: cursor_row(driven) == "second")
        await driven.expect_shown("c Cancel")
        await driven.press("c")
        await driven.expect(lambda: len([call for call in server.calls if call[0] == "act"]) == 2)


async def test_a_queued_build_is_moved_to_a_host_that_can_take_it() -> None:
    server = busy()
    async with running_app(server, (80, 24)) as driven:
        await open_details(driven, "2")
        await driven.expect_shown("1st")
        assert "m Move" not in driven.lines[-1]
        await driven.press("down")
        await driven.expect_shown("m Move")
        await driven.press("m")
        await driven.expect_shown("Move first (on build-01, 1st in the queue) to")
        assert "✖ gone: the host is offline: no route to host" in driven.text
        assert "✖ build-01: it is queued there already" in driven.text
        await driven.press("enter")
        await driven.expect(lambda: ("move", (12, 2)) in server.calls)
        await driven.expect_shown("1 build running, 1 queued on build-01")


async def test_the_disk_is_measured_when_it_is_looked_at() -> None:
    server = busy()
    server.usage_gate = asyncio.Event()
    async with running_app(server, (80, 24)) as driven:
        await open_details(driven)
        assert "host_usage" not in [call for call, _ in server.calls]
        await driven.press("3")
        await driven.expect_shown("Measuring what fills the disk")
        server.usage_gate.set()
        await driven.expect_shown("44.7 GB free of 100.0 GB")
        assert "20.0 GB  in 12 images" in driven.text
        assert "2.5 GB  in 40 entries" in driven.text
        await driven.press("p")
        await driven.expect_shown("Prune build-01?")
        assert [call for call, _ in server.calls].count("host_usage") == 1
        driven.app.screen.query_one("#prune-build-cache").focus()
        await driven.press("space", "y")
        await driven.expect_shown("build-01: freed 2.5 GB: build cache 2.5 GB (40)")
        await driven.expect(lambda: [call for call, _ in server.calls].count("host_usage") == 2)


async def test_deleting_here_wants_the_name() -> None:
    server = busy()
    server.hosts_known[0] = local_host(enabled=False, state=HostState.DISABLED)
    async with running_app(server, (80, 24)) as driven:
        await open_details(driven, "d")
        await driven.expect_shown("Type build-01 to go on")
        driven.app.screen.query_one("#confirm-name").focus()
        await driven.type("build-01")
        await driven.press("enter")
        await driven.expect(lambda: isinstance(driven.app.screen, HostsScreen))
        assert ("delete_host", 1) in server.calls


async def test_deletion_elsewhere_goes_back() -> None:
    server = busy()
    async with running_app(server, (80, 24)) as driven:
        await open_details(driven, "4")
        await driven.expect_shown("Parallel builds")
        assert "esc Back" in driven.lines[-1]
        server.emit(HostDeleted(id=1))
        await driven.expect(lambda: isinstance(driven.app.screen, HostsScreen))
