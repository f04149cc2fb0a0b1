"""Who acts: the account that the kernel reported for a connection."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """An account on the server's machine, as `SO_PEERCRED` and the account database name it."""

    uid: int
    name: str
    groups: tuple[str, ...] = ()
    is_administrator: bool = False
    """In standalone mode the owner of the server is the administrator."""
