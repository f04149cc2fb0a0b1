"""The part of a build context that the engine wants, such as the sources of COPY, with wildcards in them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Sequence

from trailer_tui.dockerfile.context import ContextEntry
from trailer_tui.dockerfile.ignore import name_matcher

_NameMatch = Callable[[str], bool]

_ESCAPED = re.compile(r"(?<!\[)\[([*?])\]")
"""A wildcard that stands for itself, as sources write it; in patterns of `.dockerignore` it means something else."""
_CARET = re.compile(r"(?<![\[\\])\^")
"""Itself, but for the one that a class begins with; patterns of `.dockerignore` take it for the start of the path."""


def follow(entries: Sequence[ContextEntry], wanted: Iterable[str]) -> list[ContextEntry]:
    """The entries that `wanted` names, and those in folders that it names.

    Args:
        entries: the files of the context.
        wanted: paths from the top of the context, each part of which may hold wildcards.
    """
    wishes = [_matchers(path) for path in wanted]
    return [entry for entry in entries if any(_leads_to(wish, entry.path) for wish in wishes)]


def _matchers(path: str) -> list[_NameMatch]:
    path = _CARET.sub(r"\\^", _ESCAPED.sub(r"\\\1", path))
    return [name_matcher(part) for part in posixpath.normpath(f"/{path}").split("/") if part]


def _leads_to(wish: list[_NameMatch], path: str) -> bool:
    names = path.split("/", len(wish))
    return len(names) >= len(wish) and all(matches(name) for matches, name in zip(wish, names, strict=False))
