"""Places in the queue, pushes and moves as the images area shows them."""

from __future__ import annotations

from tests.app.driving import running_app
from tests.app.server_stand_in import ServerStandIn, image_row, local_host, queued_build
from trailer_tui.model.events import BuildChanged
from trailer_tui.model.status import BuildState, ImageStatus


def waiting() -> ServerStandIn:
    rows = [
        image_row(1, "first", status=ImageStatus.BUILD_PENDING, status_detail="build-01 is busy"),
        image_row(2, "second", status=ImageStatus.BUILD_PENDING, status_detail="build-01 is busy"),
        image_row(3, "done", pushable=True),
    ]
    server = ServerStandIn(rows)
    server.hosts_known.append(local_host(id=2, name="build-02"))
    server.builds_active = [queued_build(1, "first", queue_position=1), queued_build(2, "second", queue_position=2)]
    return server


async def test_a_waiting_build_says_its_place_and_moves_up() -> None:
    server = waiting()
    async with running_app(server, (80, 24)) as driven:
        await driven.expect_shown("· Build pending 2nd")
        assert next(line for line in driven.lines if " first" in line).count("1st") == 1
        server.emit(BuildChanged(build=queued_build(1, "first", state=BuildState.CANCELLED)))
        server.emit(BuildChanged(build=queued_build(2, "second", queue_position=1)))
        await driven.expect(lambda: "Build pending 1st" in next(line for line in driven.lines if " second" in line))
        await driven.resize(120, 60)
        await driven.expect_shown("1st on build-01: build-01 is busy")


async def test_a_waiting_build_is_moved_from_the_list() -> None:
    server = waiting()
    async with running_app(server, (120, 40)) as driven:
        await driven.expect_shown("· Build pending 1st")
        await driven.expect_shown("m Move")
        await driven.press("m")
        await driven.expect_shown("Move first (on build-01, 1st in the queue) to")
        await driven.press("enter")
        await driven.expect(lambda: ("move", (1, 2)) in server.calls)


async def test_push_is_offered_where_an_image_was_left() -> None:
    server = waiting()
    async with running_app(server, (120, 40)) as driven:
        await driven.expect_shown("m Move")
        assert "p Push" not in driven.lines[-1]
        await driven.press("G")
        await driven.expect_shown("p Push")
        assert "m Move" not in driven.lines[-1]
        await driven.press("p")
        await driven.expect_shown("Docker Hub (docker.io), because the name says no registry")
        assert "Queued a push" not in driven.text
        await driven.press("y")
        await driven.expect_shown("Queued a push of done")
