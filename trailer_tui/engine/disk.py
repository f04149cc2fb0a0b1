"""What fills the disk of a host, and how much room is left."""

from __future__ import annotations

from trailer_tui.engine.cancel import CancelToken
from trailer_tui.engine.connections import Connections
from trailer_tui.engine.interface import DiskUsage, FreeSpace
from trailer_tui.model.errors import EngineError


def disk_usage(connections: Connections, cancel: CancelToken, *, images_only: bool = False) -> DiskUsage:
    """What fills the disk."""
    raise EngineError("the disk usage cannot be known")


def free_space(connections: Connections) -> FreeSpace:
    """Room on the engine's disk."""
    raise EngineError("the room on the disk cannot be known")
