"""Who may do what: the one place that decides.

An administrator and the creator of a record may do everything with it. Nobody else has a grant, so for others the
record does not exist.
"""

from __future__ import annotations

from typing import Protocol

from trailer_tui.model.errors import NotAllowed
from trailer_tui.model.host import Host
from trailer_tui.model.identity import Actor
from trailer_tui.store.image_rows import missing_image


class _Created(Protocol):
    @property
    def id(self) -> int: ...
    @property
    def creator(self) -> str: ...


def may_see(actor: Actor, creator: str) -> bool:
    """Whether a record of `creator` exists for `actor`."""
    return actor.is_administrator or actor.name == creator


def may_change(actor: Actor, creator: str) -> bool:
    """Whether `actor` may build, edit, enable, disable, cancel and delete a record of `creator`."""
    return actor.is_administrator or actor.name == creator


def require_sight(actor: Actor, record: _Created) -> None:
    """Let only those on who may see an image record.

    Raises:
        NotFound: the actor may not see it; reads as if it were not there.
    """
    if not may_see(actor, record.creator):
        raise missing_image(record.id)


def require_change(actor: Actor, record: _Created) -> None:
    """Let only those on who may change an image record.

    Raises:
        NotFound: the actor may not even see it.
        NotAllowed: the actor may only see it.
    """
    require_sight(actor, record)
    if not may_change(actor, record.creator):
        raise NotAllowed(f"only {record.creator} and administrators may change this image")


def require_administrator(actor: Actor, deed: str) -> None:
    """Let only administrators on; `deed` completes "only an administrator may …".

    Raises:
        NotAllowed: the actor is none.
    """
    if not actor.is_administrator:
        raise NotAllowed(f"only an administrator may {deed}", hint="ask an administrator of this server")


def visible_creator(actor: Actor) -> str | None:
    """The creator whose records a list is limited to, or None when the actor sees all."""
    return None if actor.is_administrator else actor.name


def host_seen_by(actor: Actor, host: Host) -> Host:
    """The host as `actor` may see it: where its certificates lie concerns administrators alone."""
    return host if actor.is_administrator or host.tls is None else host.model_copy(update={"tls": None})
