"""What carries an HTTP/2 connection: a socket to the engine, or a stream inside another connection."""

from __future__ import annotations

import select
import ssl
import threading
from typing import Protocol

from trailer_tui.engine.wire import Wire

_PIECE = 256 * 1024


class Transport(Protocol):
    """Bytes in both directions. One thread receives; one thread at a time sends, which may be another one."""

    def receive(self, timeout: float | None, *, or_room: bool) -> bytes | None:
        """The next bytes, or None at the end; empty after `timeout` seconds or, with `or_room`, when more can be sent.

        Raises:
            OSError: the transport broke.
        """

    def send_some(self, data: memoryview) -> int:
        """Take as many bytes as there is room for, without waiting; returns how many. Raises like `receive`."""

    def wait_for_room(self) -> None:
        """Wait until something can be sent, or nothing ever again."""

    def shut_down(self) -> None:
        """End both directions, from any thread: whoever waits wakes up."""


class SocketTransport:
    """A wire to the engine.

    The socket never blocks: threads wait beside it, so that one can send while another waits for an answer. With TLS
    both share one state that stands no two calls at once.
    """

    def __init__(self, wire: Wire, received: bytes = b"") -> None:
        """`received` is what came on the wire already and was not read by its last user."""
        self._wire = wire
        self._socket = wire.socket
        self._socket.settimeout(0)
        self._received = received
        self._state = threading.Lock() if isinstance(self._socket, ssl.SSLSocket) else None

    def receive(self, timeout: float | None, *, or_room: bool) -> bytes | None:
        """See `Transport`."""
        if self._received:
            received, self._received = self._received, b""
            return received
        data, wanted = self._try_receive()
        if data is not None:
            return data or None
        self._wait(wanted | (select.POLLOUT if or_room else 0), timeout)
        data, _ = self._try_receive()
        return b"" if data is None else data or None

    def send_some(self, data: memoryview) -> int:
        """See `Transport`."""
        try:
            if self._state is None:
                return self._socket.send(data)
            with self._state:
                return self._socket.send(data)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return 0

    def wait_for_room(self) -> None:
        """See `Transport`."""
        self._wait(select.POLLOUT, None)

    def shut_down(self) -> None:
        """See `Transport`."""
        self._wire.hang_up()

    def _try_receive(self) -> tuple[bytes | None, int]:
        """What is there, None when there is nothing; and what to wait for then."""
        try:
            if self._state is None:
                return self._socket.recv(_PIECE), 0
            with self._state:
                return self._socket.recv(_PIECE), 0
        except (BlockingIOError, ssl.SSLWantReadError):
            return None, select.POLLIN
        except ssl.SSLWantWriteError:
            return None, select.POLLOUT

    def _wait(self, events: int, timeout: float | None) -> None:
        poll = select.poll()
        poll.register(self._socket, events)
        poll.poll(None if timeout is None else max(0, timeout) * 1000)
