"""Where a view stands in rows of different heights, knowing the height of no row that it does not show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple


class Place(NamedTuple):
    """The first thing shown: a row, and the line within it when rows are wrapped."""

    row: int
    part: int = 0


@dataclass(slots=True)
class Viewport:
    """A window of `height` screen lines on `rows` rows, of which `parts(row)` tells the height, at least 1."""

    rows: int
    height: int
    parts: Callable[[int], int]

    def last(self) -> Place:
        """The place at which the last screen line is that of the last row."""
        return self._back(Place(self.rows, 0), self.height)

    def move(self, place: Place, lines: int) -> Place:
        """The place so many screen lines further down (or up), within bounds."""
        if lines <= 0:
            return self._back(place, -lines)
        row, part = place
        last = self.last()
        part += lines
        while row < last.row and part >= (height := self.parts(row)):
            part -= height
            row += 1
        return min(Place(row, part), last)

    def bounded(self, place: Place) -> Place:
        """`place`, or the nearest one that leaves no empty space after the last row."""
        return max(Place(0), min(place, self.last()))

    def shown(self, place: Place) -> list[Place]:
        """Every screen line from `place` on, at most `height` of them."""
        found: list[Place] = []
        row, part = place
        while row < self.rows and len(found) < self.height:
            for rest in range(part, self.parts(row)):
                found.append(Place(row, rest))
                if len(found) == self.height:
                    break
            row, part = row + 1, 0
        return found

    def _back(self, place: Place, lines: int) -> Place:
        row, part = place
        part -= lines
        while part < 0 and row > 0:
            row -= 1
            part += self.parts(row)
        return Place(row, max(part, 0))
