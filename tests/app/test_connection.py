"""What happens when the server is not there, or goes away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from tests.app.driving import Driven, running_app
from tests.app.server_stand_in import NOW, ServerStandIn, image_row
from trailer_tui.app.app import TrailerApp
from trailer_tui.app.screens.offline import OfflineScreen
from trailer_tui.model.build import BuildSummary
from trailer_tui.model.errors import StoreTooNew
from trailer_tui.model.events import BuildChanged
from trailer_tui.model.status import BuildState, ImageStatus


def running_build(state: BuildState = BuildState.RUNNING) -> BuildSummary:
    return BuildSummary(
        id=1,
        image_id=1,
        image_name="image-001",
        number=1,
        state=state,
        host_id=1,
        host_name="build-01",
        requested_by="ada",
        created_at=datetime.fromtimestamp(NOW, UTC),
        reference="image-001:latest",
    )


async def test_a_server_that_cannot_start_is_explained_and_tried_again() -> None:
    server = ServerStandIn([image_row(1)])
    broken = True

    async def connect(*, start: bool = True, on_wait: Callable[[str], None] | None = None) -> Any:
        if broken:
            raise StoreTooNew("schema 99 of [trailer.db]", hint="update Trailer")
        return server

    app = TrailerApp(connector=connect, clock=lambda: NOW)
    async with app.run_test(size=(80, 24)) as pilot:
        driven = Driven(app, pilot)
        await driven.expect_shown("The database belongs to a newer Trailer")
        assert "schema 99 of [trailer.db]" in driven.text
        assert "update Trailer" in driven.text
        await driven.press("r")
        await driven.expect_shown("✖ The database")
        broken = False
        await driven.press("r")
        await driven.expect_shown("image-001")
        assert not isinstance(app.screen, OfflineScreen)


async def test_a_server_that_went_away_is_found_again_and_missed_changes_are_read() -> None:
    server = ServerStandIn([image_row(1), image_row(2)])
    async with running_app(server) as driven:
        server.go_away()
        await driven.expect_shown("no server")
        server.rows[1] = replace(server.rows[1], status=ImageStatus.ERROR, revision=9)
        del server.rows[2]
        server.come_back()
        await driven.expect_shown("✖ Error")
        await driven.expect_shown("1 of 1")
        assert "no server" not in driven.text


async def test_without_builds_only_the_user_starts_another_server() -> None:
    server = ServerStandIn([image_row(1)])
    async with running_app(server) as driven:
        server.go_away()
        await driven.expect(lambda: ("connect", False) in server.calls)
        assert server.is_down
        await driven.press("r")
        await driven.expect_shown("1/1 host")
        assert server.calls[-1] == ("connect", True)


async def test_the_key_that_starts_a_server_works_and_is_shown_on_every_screen() -> None:
    server = ServerStandIn([image_row(1)])
    async with running_app(server) as driven:
        assert "Reconnect" not in driven.text
        await driven.press("5")
        await driven.expect_shown("20.10.24")
        server.go_away()
        await driven.expect_shown("r Reconnect")
        await driven.press("r")
        await driven.expect_shown("1/1 host")
        await driven.expect_shown("r Check")
        assert ("connect", True) in server.calls[-3:]


async def test_builds_that_were_cut_off_start_another_server() -> None:
    server = ServerStandIn([image_row(1)])
    server.builds_active = [running_build()]
    async with running_app(server) as driven:
        await driven.expect_shown("1 building")
        server.go_away()
        await driven.expect(lambda: server.calls.count(("connect", True)) == 2)
        await driven.expect_shown("1 building")


async def test_an_action_without_a_server_is_a_toast() -> None:
    server = ServerStandIn([image_row(1)])
    async with running_app(server) as driven:
        server.go_away()
        await driven.expect_shown("no server")
        await driven.press("b")
        await driven.expect_shown("there is no connection to the server")


async def test_the_top_bar_of_a_narrow_terminal_says_what_waits() -> None:
    server = ServerStandIn([image_row(1)])
    async with running_app(server) as driven:
        server.emit(BuildChanged(build=running_build(BuildState.PENDING)))
        await driven.expect(lambda: driven.lines[0].rstrip().endswith("1/1 host · 1 queued"))
        running = running_build().model_copy(update={"id": 99})
        server.emit(BuildChanged(build=running))
        await driven.expect(lambda: driven.lines[0].rstrip().endswith("ada · 1 building, 1 queued"))


async def test_the_top_bar_counts_and_the_farewell_says_what_goes_on() -> None:
    server = ServerStandIn([image_row(1)])
    async with running_app(server, size=(120, 24)) as driven:
        assert "ada on build-01 · 1/1 host" in driven.lines[0]
        assert driven.app.situation.farewell() == ""
        server.emit(BuildChanged(build=running_build(BuildState.PENDING)))
        await driven.expect_shown("0 building, 1 queued")
        server.emit(BuildChanged(build=running_build()))
        await driven.expect_shown("1 building")
        assert driven.app.situation.farewell() == "1 build goes on in the background. `trailer` shows it again."
        server.emit(BuildChanged(build=running_build(BuildState.FINISHED)))
        await driven.expect(lambda: "building" not in driven.lines[0])


async def test_a_server_that_goes_while_the_app_closes_is_no_fault() -> None:
    async with running_app(ServerStandIn([image_row(1)])) as driven:
        await driven.expect_shown("image-001")
    start_another = driven.app.connection_lost(None)
    assert not start_another
