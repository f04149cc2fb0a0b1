"""A TCP port that leads to a unix socket."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress

from tests.engine.listener import Listener


class Forwarder(Listener):
    """Passes bytes between its clients and the socket at `path`, each direction for itself."""

    def __init__(self, path: str) -> None:
        self._path = path
        super().__init__()
        self.address = f"tcp://127.0.0.1:{self.port}"

    def serve(self, client: socket.socket) -> None:
        """One connection, until both directions have ended."""
        with client, socket.socket(socket.AF_UNIX) as engine:
            engine.connect(self._path)
            back = threading.Thread(target=_pass, args=(engine, client), daemon=True)
            back.start()
            _pass(client, engine)
            back.join()


def _pass(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
