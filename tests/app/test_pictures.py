"""How the areas look, compared with kept pictures at the sizes that are supported first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.app.server_stand_in import NOW, ServerStandIn, image_row, local_host, queued_build
from tests.app.test_host_details import BUILDKIT
from trailer_tui.app.app import TrailerApp
from trailer_tui.model.build import BuildKind
from trailer_tui.model.host import DiskSpace
from trailer_tui.model.status import BuildState, HostState, ImageStatus

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
    server.hosts_known += [
        local_host(
            id=2,
            name="build-02",
            address="tcp://build-02.lan:2376",
            state=HostState.OFFLINE,
            capabilities=None,
            error="connect to build-02.lan port 2376: connection refused",
            hint="start the engine there, or mend the address",
            offline_since=datetime.fromtimestamp(NOW - 7200, UTC),
        ),
        local_host(
            id=3,
            name="gpu-03",
            address="ssh://trailer@gpu-03.lan",
            capabilities=BUILDKIT,
            labels=["gpu", "fast disk"],
            running=2,
            queued=3,
            disk=DiskSpace(total=100_000_000_000, free=3_100_000_000, measured_at=datetime.fromtimestamp(NOW, UTC)),
        ),
        local_host(id=4, name="retired", enabled=False, state=HostState.DISABLED),
    ]
    started = datetime.fromtimestamp(NOW - 92, UTC)
    running = {"state": BuildState.RUNNING, "started_at": started, "steps_done": 5, "steps_total": 12}
    there = {"host_id": 3, "host_name": "gpu-03", "waiting_reason": "gpu-03 runs 2 builds at a time"}
    server.builds_active = [
        queued_build(201, "torch-dev", **there | running),
        queued_build(202, "jax-dev", **there | running | {"requested_by": "grace"}),
        queued_build(203, "vdi-debian", **there, queue_position=1),
        queued_build(204, "vdi-ubuntu", **there, queue_position=2, kind=BuildKind.PUSH),
        queued_build(205, "日本語-[red]name", **there, queue_position=3),
    ]
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


@pytest.mark.parametrize("size", SIZES)
def test_a_host_that_is_low_on_disk(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(app_for(everything()), terminal_size=size, run_before=keys("5", "down", "down"))


@pytest.mark.parametrize("size", SIZES[:2])
@pytest.mark.parametrize("tab", ["1", "2", "3", "4"])
def test_host_details(snap_compare: Compare, size: tuple[int, int], tab: str) -> None:
    pressed = keys("5", "down", "down", "enter", tab, *(["down", "down"] if tab == "2" else []))
    assert snap_compare(app_for(everything()), terminal_size=size, run_before=pressed)


@pytest.mark.parametrize("size", SIZES[:2])
def test_prune(snap_compare: Compare, size: tuple[int, int]) -> None:
    pressed = keys("5", "down", "down", "p", "up", "space")
    assert snap_compare(app_for(everything()), terminal_size=size, run_before=pressed)


@pytest.mark.parametrize("size", SIZES[:2])
def test_a_new_host(snap_compare: Compare, size: tuple[int, int]) -> None:
    pressed = keys("5", "n", *"bad name", "tab", *"tcp://x:2376")
    assert snap_compare(app_for(everything()), terminal_size=size, run_before=pressed)


def test_where_a_build_can_go(snap_compare: Compare) -> None:
    pressed = keys("5", "down", "down", "enter", "2", "down", "down", "m")
    assert snap_compare(app_for(everything()), terminal_size=(80, 24), run_before=pressed)


def test_deletion_of_many(snap_compare: Compare) -> None:
    assert snap_compare(app_for(everything()), terminal_size=(80, 24), run_before=keys("asterisk", "d"))


def test_help(snap_compare: Compare) -> None:
    assert snap_compare(app_for(everything()), terminal_size=(120, 40), run_before=keys("question_mark"))
