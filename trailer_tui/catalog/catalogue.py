"""The catalogue as one object: what can be chosen, and how it is installed where."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What the form offers and the generator installs."""


@cache
def builtin() -> Catalogue:
    """The catalogue that comes with Trailer."""
    return Catalogue()
