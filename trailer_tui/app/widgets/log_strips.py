"""Draws one line of a log: gutter, coloured text, highlights, and what hangs over the edge."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from trailer_tui.app.log.line_shape import ShapedLine, elapsed
from trailer_tui.app.widgets.log_styles import LogStyles, style_of

Span = tuple[int, int, Style]
"""First character, character after the last, and what to lay over it."""


@dataclass(frozen=True, slots=True)
class Gutter:
    """What stands before the text of every line."""

    times: bool = False
    steps: tuple[tuple[int, str], ...] = ()
    """Ordinals of steps with what stands for them before their lines; empty leaves steps out."""

    @property
    def step_width(self) -> int:
        """Cells of the step column."""
        return max((len(label) for _, label in self.steps), default=0)

    @property
    def width(self) -> int:
        """Cells before the text."""
        return (10 if self.times else 0) + (self.step_width + 1 if self.step_width else 0) + 2

    def text(self, line: ShapedLine) -> str:
        """The gutter of a line, `width` cells."""
        parts = []
        if self.times:
            parts.append(elapsed(line.elapsed_ms))
        if self.step_width:
            parts.append(f"{dict(self.steps).get(line.step, ''):>{self.step_width}}")
        parts.append(line.mark)
        return " ".join(parts) + " "


def body_strip(line: ShapedLine, styles: LogStyles, spans: Sequence[Span]) -> Strip:
    """The text of a line with its colours, `spans` laid over it, and the note about what is cut."""
    base = styles.stream(line.stream)
    segments: list[Segment] = []
    position = 0
    for text, colours in line.pieces:
        style = base + style_of(colours)
        for start, end, over in _cuts(position, position + len(text), spans):
            segments.append(Segment(text[start - position : end - position], style + over if over else style))
        position += len(text)
    if line.note:
        segments.append(Segment(f" {line.note}", styles.note))
    return Strip(segments)


def wrapped(strip: Strip, width: int) -> list[Strip]:
    """`strip` cut into pieces of at most `width` cells, never through a wide character."""
    if strip.cell_length <= width:
        return [strip]
    cuts, column, used = [], 0, 0
    text = strip.text
    if text.isascii():
        cuts = list(range(width, strip.cell_length, width))
    else:
        for character in text:
            cells = cell_len(character)
            if used + cells > width:
                cuts.append(column)
                used = 0
            used += cells
            column += cells
    return list(strip.divide([*cuts, strip.cell_length]))


def windowed(strip: Strip, column: int, width: int, *, base: Style, edge: Style) -> Strip:
    """`width` cells of `strip` from `column` on, with an arrow in style `edge` where it goes on."""
    length = strip.cell_length
    shown = strip.crop_extend(column, column + width, base)
    if column and length and width > 1:
        shown = Strip.join([Strip([Segment("‹", edge)]), shown.crop(1, width)])
    if length > column + width and width > 1:
        shown = Strip.join([shown.crop(0, width - 1), Strip([Segment("›", edge)])])
    return shown


def match_spans(text: str, patterns: Sequence[re.Pattern[str]], style: Style) -> list[Span]:
    """Where `text` matches, at most a few hundred places."""
    spans: list[Span] = []
    for pattern in patterns:
        for match in pattern.finditer(text):
            if match.end() > match.start():
                spans.append((match.start(), match.end(), style))
            if len(spans) > 400:
                break
    return spans


def _cuts(start: int, end: int, spans: Sequence[Span]) -> list[tuple[int, int, Style | None]]:
    """`start` to `end` cut where spans begin and end; later spans lie over earlier ones."""
    over = [span for span in spans if span[0] < end and span[1] > start]
    if not over:
        return [(start, end, None)]
    edges = sorted({start, end, *(min(max(edge, start), end) for span in over for edge in span[:2])})
    found: list[tuple[int, int, Style | None]] = []
    for left, right in itertools.pairwise(edges):
        style: Style | None = None
        for first, last, laid in over:
            if first <= left and right <= last:
                style = laid if style is None else style + laid
        found.append((left, right, style))
    return found
