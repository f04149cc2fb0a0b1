"""The disk of the engine is full: the build says so, with a remedy, and works again once there is room."""

from __future__ import annotations

import os
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.resilience.real_world import RealWorld
from tests.support.base_image import REFERENCE, import_base_image
from tests.support.dockerd import NoEngine, PrivateDockerd
from trailer_tui.model.host import BuilderChoice
from trailer_tui.model.status import BuildState

pytestmark = pytest.mark.engine

ROOM = "700m"


@pytest.fixture(scope="module")
def small_engine() -> Iterator[PrivateDockerd]:
    """An engine whose data lies on a disk of its own, with little room."""
    reason = PrivateDockerd.why_not()
    if reason:
        pytest.skip(reason)
    engine = PrivateDockerd(slot=7)
    data = engine.folder / "data"
    data.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", str(data)], check=False, capture_output=True
    )
    if mounted.returncode:
        engine.stop()
        pytest.skip(f"no tmpfs can be mounted: {mounted.stderr.decode()}")
    try:
        engine.start()
        import_base_image(engine.address)
    except NoEngine as error:
        engine.stop()
        pytest.skip(str(error))
    yield engine
    engine.stop()


@pytest.mark.parametrize("choice", [BuilderChoice.CLASSIC, BuilderChoice.BUILDKIT])
async def test_a_full_disk_is_the_cause(tmp_path: Path, small_engine: PrivateDockerd, choice: BuilderChoice) -> None:
    world = RealWorld(tmp_path / "data", small_engine.address, "unix:///nowhere.sock", REFERENCE)
    filler = small_engine.folder / "data" / "filler"
    try:
        await world.start()
        await world.set_builder(choice)
        room = os.statvfs(filler.parent)
        filler.write_bytes(bytes(room.f_bavail * room.f_frsize - 40_000_000))
        step = f"head -c 80M /dev/urandom > /large; sync; : {uuid.uuid4().hex}"
        record = await world.begin(step)
        build = await world.end(record, 60)
        assert build.state is BuildState.FAILED
        assert build.failure is not None
        said = " ".join([build.failure.message, *build.failure.last_output]).lower()
        assert "no space left on device" in said
        assert "space" in build.failure.hint
        filler.unlink()
        assert (await world.rebuild(record)).state is BuildState.FINISHED
    finally:
        filler.unlink(missing_ok=True)
        await world.close()
