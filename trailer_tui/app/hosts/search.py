"""Finding hosts by what is known of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trailer_tui.model.host import Host


def matching(hosts: Iterable[Host], text: str) -> list[Host]:
    """The hosts in which every word of `text` occurs, whatever its case: in name, address, labels or state."""
    words = text.casefold().split()
    return [host for host in hosts if all(word in _searched(host) for word in words)]


def _searched(host: Host) -> str:
    return " ".join([host.name, host.address, host.state.value, *host.labels]).casefold()
