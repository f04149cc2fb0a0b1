"""What a template is, in lines of a given width: what it is for, what is in it, its Dockerfile."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from trailer_tui.app.builds.facts import numbered
from trailer_tui.app.text_line import TextLine
from trailer_tui.model.builtin import LABEL
from trailer_tui.model.contents import contents
from trailer_tui.printable import printable, printable_lines

if TYPE_CHECKING:
    from trailer_tui.model.image import ImageRecord

_LEAD = 14
"""Cells of a label."""
_NARROWEST = 10

NOT_ENABLED = "Disabled: press e to enable it before use"


def preview_lines(record: ImageRecord, dockerfile: str | None, width: int) -> list[TextLine]:
    """The lines.

    Args:
        record: the template.
        dockerfile: what a build of it would use now; None while it is not known.
        width: cells that a line may have.
    """
    room = max(_NARROWEST, width - 2)
    lines = [TextLine(f" {line}", "heading") for line in wrap(printable(record.name), room)]
    whose = f"{LABEL}, read-only" if record.is_builtin else f"by {record.creator} on {record.host_name}"
    lines.append(TextLine(f" {whose}", "muted"))
    if not record.enabled:
        lines += [TextLine(f" {line}", "problem") for line in wrap(NOT_ENABLED, room)]
    if record.description.strip():
        lines.append(TextLine(""))
    for paragraph in printable_lines(record.description.strip()).split("\n"):
        lines += [TextLine(f" {line}") for line in wrap(paragraph, room)]
    lines.append(TextLine(""))
    for label, value in _parts(record):
        lines += _fact(label, value, width)
    if dockerfile:
        lines += [TextLine(""), TextLine(" Dockerfile", "heading"), *numbered(dockerfile)]
    return lines


def _parts(record: ImageRecord) -> list[tuple[str, str]]:
    configuration = record.configuration
    match configuration.mode:
        case "generate":
            first = ("Base image", configuration.base_image)
        case "write":
            first = ("Made by", "own Dockerfile")
        case "pull":
            first = ("Pulls", configuration.image)
    return [first, *contents(configuration)]


def _fact(label: str, value: str, width: int) -> list[TextLine]:
    """Label and value side by side; a word that is too long for that gets lines of its own."""
    room = max(_NARROWEST, width - _LEAD - 2)
    if max(map(len, value.split()), default=0) > room:
        own = wrap(printable(value), max(_NARROWEST, width - 4))
        return [TextLine("", "plain", f" {label}"), *(TextLine(line, "plain", "   ") for line in own)]
    lines: list[str] = []
    for line in value.split("\n"):
        indent = " " * (len(line) - len(line.lstrip()))
        lines += wrap(printable(line), room, subsequent_indent=indent, break_on_hyphens=False)
    leads = [f" {label:<{_LEAD - 1}}", *[" " * _LEAD] * (len(lines) - 1)]
    return [TextLine(line, "plain", lead) for lead, line in zip(leads, lines, strict=True)]
