"""From paths as a server or pydantic writes them to fields of the form, and to single entries of lists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import get_args

from trailer_tui.app.form.fields import FIELDS, VIRTUAL_DESKTOP, Field, Mode
from trailer_tui.model.services import LinuxSystem

_SYSTEMS = frozenset({*get_args(LinuxSystem), "windows"})
_SOURCES = frozenset({"archive", "url", "git"})
_BY_PATH = {field.path: field for field in FIELDS}


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the form something is: a field, and in a list the entry and what of it."""

    field: Field
    index: int | None = None
    """The entry, from 0."""
    part: str = ""
    """Dotted path in the entry, such as `conda.2`."""


def field_named(path: str) -> Field | None:
    """The field whose own `path` this is."""
    return _BY_PATH.get(path)


def place_of(path: str, applies: Callable[[Field], bool] = lambda _: True) -> Place | None:
    """The place that a problem's path names, or None when the form has no such field.

    Understood are also tags of unions in the middle (`configuration.generate.base_image`, `files.0.url.destination`), a
    prefix (`body.name`) and the bare last part (`base_image`). A path that stops above fields (`configuration.user`)
    names the first of them.

    Args:
        path: as it was told.
        applies: tells which of two fields that take turns at one place is meant.
    """
    plain = _without_tags(path.split("."))
    found = [(field, rest) for field in FIELDS if (rest := _rest(plain, field)) is not None]
    found.sort(key=lambda pair: -len(pair[0].place))
    if not found:
        below = [field for field in FIELDS if field.place.startswith(f"{plain}.")]
        below = below or [field for field in FIELDS if field.place.endswith(f".{plain}")]
        found = [(field, "") for field in below]
    if not found:
        return None
    field, rest = min(found, key=lambda pair: not applies(pair[0]))
    index, _, part = rest.partition(".")
    return Place(field, int(index), part) if index.isdecimal() and index.isascii() else Place(field, None, rest)


def field_at(path: str, applies: Callable[[Field], bool] = lambda _: True) -> Field | None:
    """The field of `place_of`."""
    place = place_of(path, applies)
    return place.field if place is not None else None


def _without_tags(parts: list[str]) -> str:
    kept: list[str] = []
    for position, part in enumerate(parts):
        is_last = position == len(parts) - 1
        before = kept[-1] if kept else ""
        is_tag = (
            (before == "configuration" and part in set(Mode))
            or (before == "desktop" and part in _SYSTEMS)
            or (len(kept) > 1 and kept[-2] == "files" and before.isdecimal() and part in _SOURCES)
        )
        if not is_tag or is_last:
            kept.append(part)
    return ".".join(kept)


def _rest(plain: str, field: Field) -> str | None:
    """What of the path lies below the field; None when the field is not on it."""
    if field is VIRTUAL_DESKTOP and not plain.endswith(field.place):
        return None  # what lies below it are fields of their own
    for start in ("", "body."):
        place = start + field.place
        if plain == place:
            return ""
        if plain.startswith(f"{place}."):
            return plain[len(place) + 1 :]
    return None
