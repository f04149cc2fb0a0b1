"""The areas of the app, in the order of their number keys."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Area:
    """One area: a Textual mode with a stack of screens of its own."""

    key: str
    title: str
    mode: str


AREAS: tuple[Area, ...] = (
    Area("1", "Images", "images"),
    Area("2", "Templates", "templates"),
    Area("4", "Files", "files"),
    Area("5", "Hosts", "hosts"),
)
