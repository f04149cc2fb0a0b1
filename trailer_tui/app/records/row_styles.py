"""The styles of table rows, taken from the theme through the table's component classes."""

from __future__ import annotations

from rich.style import Style
from textual.widget import Widget

from trailer_tui.app.records.row_drawing import RowStyles
from trailer_tui.model.status import ImageStatus

_STATUS_CLASSES = {
    ImageStatus.BUILD_PENDING: "image-table--pending",
    ImageStatus.BUILDING: "image-table--building",
    ImageStatus.BUILD_FINISHED: "image-table--finished",
    ImageStatus.BUILD_CANCELLED: "image-table--cancelled",
    ImageStatus.SNAPSHOTTING: "image-table--building",
    ImageStatus.ERROR: "image-table--error",
}

COMPONENT_CLASSES = {
    "image-table--row",
    "image-table--cursor",
    "image-table--cursor-blurred",
    "image-table--name",
    "image-table--muted",
    "image-table--bar",
    "image-table--mark",
    *_STATUS_CLASSES.values(),
}


def row_styles(table: Widget, kind: str) -> RowStyles:
    """The styles of rows of one kind: `row`, `cursor` or `cursor-blurred`."""
    base = table.get_component_rich_style(f"image-table--{kind}")

    def on_base(name: str) -> Style:
        part = table.get_component_rich_style(name)
        plain = Style(bold=part.bold, italic=part.italic, underline=part.underline)
        return base + plain if base.reverse else base + plain + Style(color=part.color)

    return RowStyles(
        text=base,
        name=on_base("image-table--name"),
        muted=on_base("image-table--muted"),
        bar=on_base("image-table--bar"),
        mark=on_base("image-table--mark"),
        status={status: on_base(name) for status, name in _STATUS_CLASSES.items()},
    )
