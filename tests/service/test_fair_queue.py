"""The order in which builds start on a host."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from trailer_tui.model.build import BuildSummary
from trailer_tui.model.status import BuildState
from trailer_tui.service.fair_queue import FairQueue

HOST = 7


def _build(build_id: int, user: str, host_id: int = HOST) -> BuildSummary:
    return BuildSummary(
        id=build_id,
        image_id=build_id,
        image_name=f"image-{build_id}",
        number=1,
        state=BuildState.PENDING,
        host_id=host_id,
        host_name="local",
        requested_by=user,
        created_at=datetime(2030, 1, 1, tzinfo=UTC),
        reference="a:b",
    )


def _queue(*users: str) -> FairQueue:
    queue = FairQueue()
    for build_id, user in enumerate(users, start=1):
        queue.put(_build(build_id, user))
    return queue


def _order(queue: FairQueue, **running: int) -> list[int]:
    return [summary.id for summary in queue.ordered(HOST, queue.by_host()[HOST], running)]


def test_users_take_turns_however_many_builds_one_has_queued() -> None:
    queue = _queue("ada", "ada", "ada", "ada", "bob", "cleo", "bob")
    assert _order(queue) == [1, 5, 6, 2, 7, 3, 4]


def test_who_runs_builds_waits_for_who_runs_fewer() -> None:
    queue = _queue("ada", "ada", "bob", "bob")
    assert _order(queue, ada=2) == [3, 4, 1, 2]
    assert _order(queue, ada=1, bob=1) == [1, 3, 2, 4]


def test_ties_go_to_the_user_whose_build_started_longest_ago() -> None:
    queue = _queue("ada", "bob", "cleo")
    queue.started(_build(100, "ada"))
    queue.started(_build(101, "bob"))
    assert _order(queue) == [3, 1, 2]
    # What somebody started on another host counts for nothing here.
    queue.started(_build(102, "cleo", host_id=8))
    assert _order(queue) == [3, 1, 2]


def test_builds_of_one_user_keep_their_order() -> None:
    queue = FairQueue()
    for build_id in (5, 3, 9):
        queue.put(_build(build_id, "ada"))
    assert _order(queue) == [3, 5, 9]


@given(st.lists(st.sampled_from("abc"), max_size=30), st.dictionaries(st.sampled_from("abc"), st.integers(0, 3)))
def test_the_order_told_is_the_order_of_starts(users: list[str], running: dict[str, int]) -> None:
    queue = _queue(*users)
    told = _order(queue, **running)
    assert sorted(told) == list(range(1, len(users) + 1))
    started, counts = [], Counter(running)
    while queue:
        first = queue.ordered(HOST, queue.by_host()[HOST], counts)[0]
        queue.take(first.id)
        queue.started(first)
        counts[first.requested_by] += 1
        started.append(first.id)
    assert started == told
