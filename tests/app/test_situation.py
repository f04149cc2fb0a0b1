"""How things are on the server, followed by events."""

from __future__ import annotations

from tests.app.server_stand_in import ServerStandIn
from tests.app.test_connection import running_build
from trailer_tui.app.situation import Situation
from trailer_tui.model.events import BuildChanged
from trailer_tui.model.status import BuildState


async def test_what_happens_while_the_server_is_asked_is_not_overwritten_by_its_answer() -> None:
    server, situation = ServerStandIn([]), Situation()
    situation.ask()
    answer = [running_build()]
    situation.apply(BuildChanged(build=running_build(BuildState.FINISHED)))
    situation.read(await server.info(), answer, await server.hosts())
    assert (situation.building, situation.farewell()) == (0, "")


async def test_what_happened_before_the_server_was_asked_is_in_its_answer() -> None:
    server, situation = ServerStandIn([]), Situation()
    situation.apply(BuildChanged(build=running_build()))
    situation.ask()
    situation.read(await server.info(), [], await server.hosts())
    assert situation.building == 0
