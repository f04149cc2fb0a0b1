"""The running server as its routes see it: the service, who is connected, and how it is told to stop."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from trailer_tui.server.options import ServerOptions

if TYPE_CHECKING:
    from trailer_tui.service.service import TrailerService


@dataclass(slots=True)
class Running:
    """One server between its start and its end."""

    options: ServerOptions
    service: TrailerService
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    stop_reason: str = ""
    requests: int = 0
    """Requests and streams that are being answered."""
    last_active: float = field(default_factory=time.monotonic)
    """Monotonic time when the last request ended."""

    def stop(self, reason: str) -> None:
        """Begin the end; streams close, running builds are put back for the next start."""
        if not self.stopping.is_set():
            self.stop_reason = reason
            self.stopping.set()
