"""Telling whoever started the server that it listens, or why it does not.

One JSON object is written to an inherited file descriptor, which is then closed: `{"ready": true, "socket": …}` or the
problem details of the failure. The socket may be another than asked for: that of the server which has the data already.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path

from trailer_tui.model.errors import TrailerError


class Readiness:
    """Speaks once; later words are dropped. Without a descriptor nobody listens."""

    def __init__(self, descriptor: int | None) -> None:
        self._descriptor = descriptor

    def ready(self, socket: Path) -> None:
        """A server answers on `socket`."""
        self._say({"ready": True, "socket": str(socket)})

    def failed(self, error: TrailerError) -> None:
        """The server cannot start."""
        self._say(error.to_problem())

    def _say(self, message: dict[str, object]) -> None:
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is None:
            return
        with suppress(OSError):  # the starter may be gone, and the server is for others too
            os.write(descriptor, json.dumps(message).encode() + b"\n")
        with suppress(OSError):
            os.close(descriptor)
