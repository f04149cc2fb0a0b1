"""Hosts that are one engine under several addresses: by its socket, over TLS, through ssh."""

from __future__ import annotations

from collections.abc import Iterable

from trailer_tui.model.host import Host


def same_engine(host: Host, hosts: Iterable[Host]) -> list[str]:
    """Names of the other enabled hosts whose engine tells the same id, in the order given.

    A hint and no proof: cloned machines tell the same id, and some engines tell none.
    """
    known = host.capabilities.engine_id if host.capabilities and host.enabled else ""
    return [
        other.name
        for other in hosts
        if known and other.id != host.id and other.enabled and other.capabilities is not None
        if other.capabilities.engine_id == known
    ]


def same_engine_words(host: Host, hosts: Iterable[Host]) -> str:
    """`the same engine as build-01: their limits add up`; empty when the engine is reached by one address alone."""
    names = same_engine(host, hosts)
    return f"the same engine as {', '.join(names)}: their limits add up" if names else ""
