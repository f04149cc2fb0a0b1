"""A registry that refuses everything with one HTTP status, until it is told to be a real one."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import suppress

_TLS_HELLO = b"\x16"


class RefusingRegistry:
    """Answers every request with `status` and `code` (an error of the distribution specification).

    With `status` 0 it passes everything on to the registry at `port` of loopback.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self.status = 0
        self.code = ""
        self._server = socket.create_server(("127.0.0.1", 0))
        self.address = f"localhost:{self._server.getsockname()[1]}"
        threading.Thread(target=self._serve, name="refusing registry", daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(client,), daemon=True).start()

    def _answer(self, client: socket.socket) -> None:
        with client, suppress(OSError):
            first = client.recv(65536)
            if first[:1] == _TLS_HELLO:
                return
            if not self.status:
                self._pass_on(client, first)
                return
            body = json.dumps({"errors": [{"code": self.code, "message": self.code.lower()}]}).encode()
            head = f"HTTP/1.1 {self.status} Refused\r\nContent-Type: application/json\r\nConnection: close\r\n"
            client.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)

    def _pass_on(self, client: socket.socket, first: bytes) -> None:
        with socket.create_connection(("127.0.0.1", self._port)) as registry:
            registry.sendall(first)
            back = threading.Thread(target=_copy, args=(registry, client), daemon=True)
            back.start()
            _copy(client, registry)
            back.join(30)


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(65536):
            sink.sendall(piece)
        sink.shutdown(socket.SHUT_WR)
