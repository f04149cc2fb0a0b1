"""A server on loopback that handles each connection in a thread."""

from __future__ import annotations

import socket
import threading
from abc import ABC, abstractmethod


class Listener(ABC):
    """Listens from the moment it is made, on `port` of 127.0.0.1."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @abstractmethod
    def serve(self, client: socket.socket) -> None:
        """Handle one connection, and close it."""

    def close(self) -> None:
        """Take no more connections."""
        self._server.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()
