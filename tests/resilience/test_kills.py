"""The server, the engine and the registry are killed while builds run; `kills` is the long version, for by hand."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from tests.resilience.kills import run_kills
from tests.support.dockerd import PrivateDockerd
from tests.support.registry import LocalRegistry

pytestmark = pytest.mark.engine

SEED = 20_260
"""The same kills in the same order in every run; `kills` by hand takes others."""


async def test_no_record_is_stuck_or_lost_and_no_work_is_orphaned() -> None:
    reason = PrivateDockerd.why_not() or LocalRegistry.why_not()
    if reason:
        pytest.skip(reason)
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="trailer-kills-") as folder:
        outcome = await run_kills(Path(folder), builds=10, seed=SEED)
    assert not outcome.wrong, str(outcome)
    assert sum(outcome.ends.values()) >= 10
