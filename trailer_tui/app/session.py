"""What every screen and widget shares: the client, the live events, and how often to repaint."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.signal import Signal

    from trailer_tui.client.client import TrailerClient
    from trailer_tui.model.events import Event
    from trailer_tui.model.server import ServerInfo


@dataclass(slots=True)
class Session:
    """One app's connection to one server; passed to screens and widgets when they are made."""

    client: TrailerClient
    events: Signal[Event]
    """Every event of the server, on the app's thread; subscribe in `on_mount`."""
    refresh_seconds: float
    """Shortest time between two repaints of a live region."""
    clock: Callable[[], float] = time.time
    """Seconds since the epoch, for ages."""
    user: str = ""
    """The account behind the connection, as the server says; empty until it was asked."""
    is_administrator: bool = False
    """Whether that account may change hosts."""
    low_disk_bytes: float = 5e9
    """A host with less room than this is low on disk."""

    def introduce(self, info: ServerInfo) -> None:
        """Take what the server says of itself and of who is asking."""
        self.user, self.is_administrator = info.actor, info.is_administrator
        self.low_disk_bytes = info.low_disk_gb * 1e9

    @property
    def is_connected(self) -> bool:
        """Whether there is a server to speak to."""
        from trailer_tui.app.connection import NoClient

        return not isinstance(self.client, NoClient)


def refresh_seconds(configured_hz: float | None) -> float:
    """Seconds between repaints: as configured, else a quarter over SSH and a tenth otherwise."""
    if configured_hz is not None:
        return 1 / configured_hz
    return 0.25 if os.environ.get("SSH_CONNECTION") else 0.1
