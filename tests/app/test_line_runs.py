"""A set of line numbers kept as runs answers like a sorted list."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trailer_tui.app.log.line_runs import LineRuns

run_lists = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 6)), max_size=30)


def build(gaps_and_counts: list[tuple[int, int]]) -> tuple[LineRuns, list[int]]:
    runs, expected, position = LineRuns(), list[int](), 0
    for gap, count in gaps_and_counts:
        position += gap
        runs.append(position, count)
        expected.extend(range(position, position + count))
        position += count
    return runs, expected


@given(run_lists)
def test_numbers_ranks_and_membership_are_those_of_the_list(gaps_and_counts: list[tuple[int, int]]) -> None:
    runs, expected = build(gaps_and_counts)
    assert len(runs) == len(expected)
    assert [runs.number(position) for position in range(len(runs))] == expected
    for number in range((expected[-1] if expected else 0) + 3):
        assert runs.rank(number) == sum(other < number for other in expected)
        assert (number in runs) == (number in expected)


def test_a_million_neighbours_cost_one_run() -> None:
    runs = LineRuns()
    for start in range(0, 1_000_000, 1000):
        runs.append(start, 1000)
    assert len(runs) == 1_000_000
    assert runs.runs == 1
