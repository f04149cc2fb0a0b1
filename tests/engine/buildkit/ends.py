"""Both ends of an HTTP/2 connection in one process."""

from __future__ import annotations

import queue
import socket
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from trailer_tui.engine.buildkit.grpc import Handler, Server
from trailer_tui.engine.buildkit.http2 import Connection
from trailer_tui.engine.buildkit.transport import SocketTransport
from trailer_tui.engine.wire import Wire


@contextmanager
def wires() -> Iterator[tuple[Wire, Wire]]:
    """Two ends of one wire."""
    ends = [Wire(end) for end in socket.socketpair()]
    try:
        yield ends[0], ends[1]
    finally:
        for end in ends:
            end.close()


@contextmanager
def connected(handlers: Mapping[str, Handler], *, silence: float | None = None) -> Iterator[tuple[Connection, Server]]:
    """A client's connection to a server with these handlers."""
    with wires() as (ours, theirs):
        server = Server(SocketTransport(theirs), handlers, "server")
        client = Connection(SocketTransport(ours), client=True, name="client", silence=silence)
        try:
            yield client, server
        finally:
            client.close()
            server.close()


class PiecesTransport:
    """Gives the pieces of a recording one by one, then nothing more; keeps what is sent."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = deque(pieces)
        self._sent: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._over = threading.Event()

    def sent(self) -> bytes:
        """Some bytes that were sent, once there are some."""
        return self._sent.get(timeout=20)

    def receive(self, timeout: float | None, *, or_room: bool) -> bytes | None:
        """The next piece."""
        if self._pieces:
            return self._pieces.popleft()
        self._over.wait(timeout)
        return None if self._over.is_set() else b""

    def send_some(self, data: memoryview) -> int:
        """Take everything."""
        self._sent.put(bytes(data))
        return len(data)

    def wait_for_room(self) -> None:
        """There always is some."""

    def shut_down(self) -> None:
        """End."""
        self._over.set()
