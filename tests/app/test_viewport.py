"""Moving in rows of different heights agrees with a list of all screen lines."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trailer_tui.app.log.viewport import Place, Viewport

heights = st.lists(st.integers(1, 4), max_size=12)


def all_places(rows: list[int]) -> list[Place]:
    return [Place(row, part) for row, height in enumerate(rows) for part in range(height)]


@given(heights, st.integers(1, 8), st.integers(0, 40), st.integers(-40, 40))
def test_moves_and_ends(rows: list[int], height: int, start: int, by: int) -> None:
    places = all_places(rows)
    viewport = Viewport(len(rows), height, lambda row: rows[row])
    last = max(0, len(places) - height)
    at = min(start, last)
    place = places[at] if places else Place(0)
    wanted = min(last, max(0, at + by))
    moved = viewport.move(place, by)
    assert moved == (places[wanted] if places else Place(0))
    assert viewport.shown(moved) == places[wanted : wanted + height]
    assert viewport.last() == (places[last] if places else Place(0))
