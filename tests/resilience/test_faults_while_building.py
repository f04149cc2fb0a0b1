"""A host's connection breaks in the middle of a step: the record ends with the cause, and the next build works."""

from __future__ import annotations

import asyncio

import pytest

from tests.engine.processes import gone
from tests.resilience.real_world import RealWorld, Sleeper
from tests.service.world import ADA
from tests.support.fault_proxy import Fault, FaultProxy, Kind, Toward
from trailer_tui.model.actions import ImageAction
from trailer_tui.model.host import BuilderChoice
from trailer_tui.model.status import BuildState, ImageStatus, Phase

pytestmark = pytest.mark.engine

FAULTS = {
    "cut": (Kind.CUT, Toward.CLIENT),
    "stalled": (Kind.STALL, Toward.CLIENT),
    "half-closed by the engine": (Kind.HALF_CLOSE, Toward.CLIENT),
    "half-closed toward the engine": (Kind.HALF_CLOSE, Toward.TARGET),
    "garbage": (Kind.GARBAGE, Toward.CLIENT),
}


BUILD_PATHS = {BuilderChoice.CLASSIC: b"/build?", BuilderChoice.BUILDKIT: b"/grpc"}


@pytest.mark.parametrize("name", FAULTS)
async def test_the_record_ends_with_the_cause_and_can_be_built_again(
    world: RealWorld, proxy: FaultProxy, builder: BuilderChoice, name: str
) -> None:
    sleeper = Sleeper()
    record = await world.begin(sleeper.step)
    assert await sleeper.runs()
    kind, toward = FAULTS[name]
    # Garbage comes on the build's connection alone; the rest happens to all that lead to the host.
    path = BUILD_PATHS[builder] if kind is Kind.GARBAGE else b""
    fault = proxy.inject(Fault(kind, path=path, toward=toward))
    assert fault.struck.is_set()
    await world.steady_build_ends_well()
    build = await world.end(record)
    assert build.state is BuildState.FAILED
    assert build.failure is not None
    assert build.failure.phase is Phase.BUILD
    assert build.failure.hint
    if (kind, toward) == (Kind.HALF_CLOSE, Toward.TARGET):
        assert "connection" in build.failure.message + build.failure.hint
    assert (await world.service.images.get(ADA, record.id)).status is ImageStatus.ERROR
    assert (await world.text(build)).splitlines()[-1].startswith(f"Build failed: {build.failure.message}")
    assert build.failure.message.isprintable()
    proxy.heal()
    assert await asyncio.to_thread(gone, *sleeper.command)
    await world.online(1)
    await world.service.images.act(ADA, record.id, ImageAction.BUILD)
    assert await sleeper.runs()
    await world.service.images.act(ADA, record.id, ImageAction.CANCEL)
    assert (await world.end(record)).state is BuildState.CANCELLED
    assert await asyncio.to_thread(gone, *sleeper.command)
