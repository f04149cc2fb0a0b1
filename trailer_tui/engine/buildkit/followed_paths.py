"""The part of a build context that the engine wants, such as the sources of COPY, with wildcards in them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence

from trailer_tui.dockerfile.context import ContextEntry
from trailer_tui.dockerfile.ignore import match_name


def follow(entries: Sequence[ContextEntry], wanted: Iterable[str]) -> list[ContextEntry]:
    """The entries that `wanted` names, and those in folders that it names.

    Args:
        entries: the files of the context.
        wanted: paths from the top of the context, each part of which may hold wildcards.
    """
    wishes = [[part for part in posixpath.normpath(f"/{path}").split("/") if part] for path in wanted]
    return [entry for entry in entries if any(_leads_to(wish, entry.path) for wish in wishes)]


def _leads_to(wish: list[str], path: str) -> bool:
    names = path.split("/")
    return len(names) >= len(wish) and all(
        part == name or match_name(part, name) for part, name in zip(wish, names, strict=False)
    )
