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
