"""How the areas look, compared with kept pictures at the sizes that are supported first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.app.server_stand_in import NOW, ServerStandIn, image_row, local_host
from trailer_tui.app.app import TrailerApp
from trailer_tui.model.status import HostState, ImageStatus

SIZES = [(80, 24), (120, 40), (200, 60)]

Compare = Callable[..., bool]


def everything() -> ServerStandIn:
    details = {ImageStatus.BUILDING: "5/12", ImageStatus.BUILD_PENDING: "build-02 does not answer"}
    rows = [
        image_row(
            number,
            status=status,
            status_detail=details.get(status, ""),
            enabled=number % 3 != 0,
            image_name=f"registry.lan/machine-learning/team/image-{number:03}:2024-06",
            last_build_id=None,
        )
        for number, status in enumerate(list(ImageStatus) * 3, start=1)
    ]
    server = ServerStandIn([*rows, image_row(90, "日本語-[red]name", creator="grace", last_build_id=None)])
    server.hosts_known.append(
        local_host(
            id=2,
            name="build-02",
            address="tcp://build-02.lan:2376",
            state=HostState.OFFLINE,
            capabilities=None,
            error="connect to build-02.lan port 2376: connection refused",
            hint="start the engine there, or mend the address",
        )
    )
    return server


def app_for(server: ServerStandIn) -> TrailerApp:
    return TrailerApp(connector=server.connect, clock=lambda: NOW)


def keys(*pressed: str) -> Callable[[Pilot[Any]], Any]:
    async def press(pilot: Pilot[Any]) -> None:
        app = pilot.app
        assert isinstance(app, TrailerApp)
        while not app.situation.is_known:
            await pilot.pause(0.01)
        await pilot.press(*pressed)
        await pilot.pause(0.3)

    return press


@pytest.mark.parametrize("size", SIZES)
def test_images(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(app_for(everything()), terminal_size=size, run_before=keys("down", "space"))


def test_images_in_sixteen_colours(snap_compare: Compare) -> None:
    app = app_for(everything())
    app.theme = "trailer-ansi"
    assert snap_compare(app, terminal_size=(80, 24), run_before=keys("down"))


@pytest.mark.parametrize("size", SIZES[:2])
def test_hosts(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(app_for(everything()), terminal_size=size, run_before=keys("5", "down"))


def test_deletion_of_many(snap_compare: Compare) -> None:
    assert snap_compare(app_for(everything()), terminal_size=(80, 24), run_before=keys("asterisk", "d"))


def test_help(snap_compare: Compare) -> None:
    assert snap_compare(app_for(everything()), terminal_size=(120, 40), run_before=keys("question_mark"))
