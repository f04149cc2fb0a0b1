"""The server, the engine and the registry are killed while builds run; `kills` is the long version, for by hand."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

import pytest

from tests.resilience.kills import run_kills
from tests.support.dockerd import PrivateDockerd
from tests.support.registry import LocalRegistry

pytestmark = pytest.mark.engine


async def test_no_record_is_stuck_or_lost_and_no_work_is_orphaned() -> None:
    reason = PrivateDockerd.why_not() or LocalRegistry.why_not()
    if reason:
        pytest.skip(reason)
    seed = random.SystemRandom().randrange(10**6)
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="trailer-kills-") as folder:
        outcome = await run_kills(Path(folder), builds=10, seed=seed)
    assert not outcome.wrong, f"seed {seed}: {outcome}"
    assert sum(outcome.ends.values()) >= 10
