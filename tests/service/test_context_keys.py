"""Each image record has a name for its build context that engines know again, and no other record or server has it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from tests.service.world import ADA, World
from trailer_tui.model.actions import ImageAction


async def test_builds_of_one_record_share_a_key_across_restarts_and_no_other_has_it(
    world: World, tmp_path: Path, clock: Callable[[], datetime]
) -> None:
    one = await world.create(name="one")
    await world.built(one.id)
    await world.built((await world.create(name="two")).id)
    await world.restart()
    await world.service.images.act(ADA, one.id, ImageAction.BUILD)
    await world.built(one.id)
    other = World(tmp_path / "other", clock)
    await other.start()
    await other.built((await other.create(name="one")).id)
    await other.close()
    first, second, again = (request.context_key for request in world.engine.requests)
    [elsewhere] = (request.context_key for request in other.engine.requests)
    assert first == again
    assert len({first, second, elsewhere}) == 3
    assert all((first, second, elsewhere))
