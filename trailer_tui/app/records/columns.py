"""The columns of the tables of images and templates: which fit, and how wide each is. Nothing is measured but the
terminal."""

from __future__ import annotations

from dataclasses import dataclass

from trailer_tui.model.rows import ImageSort

MARK_WIDTH = 3
"""Cursor bar, mark, space."""

WIDE = 99
"""From this width on all columns are shown: a terminal of 100 columns less the scrollbar."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column as it is laid out."""

    sort: ImageSort
    title: str
    width: int
    """Cells of the content, without the space after it."""


@dataclass(frozen=True, slots=True)
class _Kind:
    sort: ImageSort
    title: str
    narrow_title: str
    wide: int
    """Cells from `WIDE` on; 0 means a share of what is left."""
    narrow: int
    """Cells below that; -1 means folded away."""
    minimum: int
    """Folded away when the table is narrower than this."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of one table."""

    kinds: tuple[_Kind, ...]
    """Left to right."""
    name_share: float
    """Of the flexible width, the part of the name beside the image name."""
    two_lines_from: int
    """The width from which on rows have a second line where the height allows."""


IMAGES = Layout(
    (
        _Kind(ImageSort.NAME, "Name", "Name", 0, 0, 0),
        _Kind(ImageSort.STATUS, "Status", "Status", 20, 19, 36),
        _Kind(ImageSort.IMAGE_NAME, "Image name", "Image name", 0, 0, 62),
        _Kind(ImageSort.HOST, "Host", "Host", 12, -1, WIDE),
        _Kind(ImageSort.ENABLED, "Enabled", "Enabled", 9, 8, 74),
        _Kind(ImageSort.PULLED, "Pulled", "Pulled", 8, -1, WIDE),
        _Kind(ImageSort.UPDATED, "Last update", "Updated", 13, 10, 50),
    ),
    name_share=0.42,
    two_lines_from=WIDE,
)

TEMPLATES = Layout(
    (
        _Kind(ImageSort.NAME, "Name", "Name", 0, 0, 0),
        _Kind(ImageSort.HOST, "Host", "Host", 12, 12, 36),
        _Kind(ImageSort.IMAGE_NAME, "Image name", "Image name", 0, 0, 76),
        _Kind(ImageSort.ENABLED, "Enabled", "Enabled", 9, 8, 50),
        _Kind(ImageSort.PULLED, "Pulled", "Pulled", 8, 7, 88),
        _Kind(ImageSort.UPDATED, "Last update", "Updated", 13, 10, 60),
    ),
    name_share=0.55,
    two_lines_from=50,
)


def lay_out(width: int, layout: Layout = IMAGES) -> tuple[Column, ...]:
    """The columns that fit into `width` cells, left to right; together with their gaps they fill it."""
    wide = width >= WIDE
    kinds = [kind for kind in layout.kinds if width >= kind.minimum and (wide or kind.narrow >= 0)]
    fixed = {kind.sort: kind.wide if wide else kind.narrow for kind in kinds}
    left = max(0, width - MARK_WIDTH - sum(fixed.values()) - (len(kinds) - 1))
    if ImageSort.IMAGE_NAME in fixed:
        fixed[ImageSort.NAME] = round(left * layout.name_share)
        fixed[ImageSort.IMAGE_NAME] = left - fixed[ImageSort.NAME]
    else:
        fixed[ImageSort.NAME] = left
    return tuple(Column(kind.sort, kind.title if wide else kind.narrow_title, fixed[kind.sort]) for kind in kinds)


def column_at(columns: tuple[Column, ...], x: int) -> Column | None:
    """The column under cell `x` of a row, if any."""
    position = MARK_WIDTH
    for column in columns:
        if position <= x < position + column.width + 1:
            return column
        position += column.width + 1
    return None
