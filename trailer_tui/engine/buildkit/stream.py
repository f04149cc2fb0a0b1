"""One stream of an HTTP/2 connection: headers, bytes in both directions, trailers."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Protocol

import h2.connection
import h2.errors
import h2.events
import h2.exceptions

Headers = Sequence[tuple[str, str]]


class ConnectionLost(Exception):
    """The connection ended; the message says how, `__cause__` is the system's error when there was one."""


class StreamReset(Exception):
    """The stream was ended early, by the other end or by `Stream.reset`."""

    def __init__(self, code: int) -> None:
        names = {int(known): known.name for known in h2.errors.ErrorCodes}
        super().__init__(f"the stream was reset ({names.get(code, code)})")
        self.code = code


class _Connection(Protocol):
    def window(self, number: int) -> int: ...

    def speaking(self) -> AbstractContextManager[h2.connection.H2Connection]: ...

    def check(self) -> None: ...

    def flush(self, *, wait: bool = True) -> None: ...

    def forget(self, stream: Stream) -> None: ...


class Stream:
    """One stream. One thread at a time receives, one sends; `reset` is for any thread.

    Every method raises `ConnectionLost` when there is no connection any more, and `StreamReset` when the stream was
    ended early.
    """

    def __init__(self, connection: _Connection, lock: threading.Lock, number: int) -> None:
        self.number = number
        self._connection = connection
        self._changed = threading.Condition(lock)
        self._headers: list[tuple[str, str]] | None = None
        self._trailers: list[tuple[str, str]] = []
        self._received: list[bytes] = []
        self._unacknowledged = 0
        self._ended_there = False
        self._ended_here = False
        self._reset: int | None = None

    @property
    def trailers(self) -> list[tuple[str, str]]:
        """What came behind the last byte; empty before."""
        return self._trailers

    @property
    def answered(self) -> bool:
        """Whether the other end said all it had to say, down to the trailers."""
        return self._ended_there

    @property
    def ended(self) -> bool:
        """Whether the other end sends nothing more; what it sent may still be there to receive."""
        return self._ended_there or self._reset is not None

    def headers(self) -> list[tuple[str, str]]:
        """The headers of the other end, once they came."""
        with self._changed:
            while self._headers is None:
                self._check()
                self._changed.wait()
            return self._headers

    def receive(self, timeout: float | None = None, *, or_room: int = 0) -> bytes | None:
        """The next bytes, None at the end; empty after `timeout` seconds, or when `or_room` bytes can be sent."""
        deadline = None if timeout is None else time.monotonic() + timeout
        with self._changed:
            while not self._received:
                if self._ended_there:
                    return None
                self._check()
                if or_room and self._connection.window(self.number) >= or_room:
                    return b""
                left = None if deadline is None else deadline - time.monotonic()
                if left is not None and left <= 0:
                    return b""
                self._changed.wait(left)
            received, self._received = self._received, []
            taken, self._unacknowledged = self._unacknowledged, 0
        with suppress(ConnectionLost):
            with self._connection.speaking() as protocol:
                self._acknowledge(protocol, taken)
            self._connection.flush()
        return received[0] if len(received) == 1 else b"".join(received)

    def room(self) -> int:
        """How many bytes can be sent without waiting."""
        with self._changed:
            self._check_sendable()
            return max(0, self._connection.window(self.number))

    def wait_for_room(self, size: int = 1) -> None:
        """Wait until `size` bytes can be sent."""
        with self._changed:
            self._check_sendable()
            while self._connection.window(self.number) < size:
                self._changed.wait()
                self._check_sendable()

    def send_headers(self, headers: Headers, *, end: bool = False) -> None:
        """Send headers together with what follows; behind the last byte, with `end`, they are the trailers."""
        with self._speaking() as protocol:
            protocol.send_headers(self.number, headers, end_stream=end)
            self._ended(here=end)
        if end:
            self._connection.flush()

    def send(self, data: bytes, *, end: bool = False) -> None:
        """Send bytes, waiting for room; `end` says that they are the last."""
        view = memoryview(data)
        while True:
            if view:
                self.wait_for_room()
            with self._speaking() as protocol:
                room = self._connection.window(self.number)
                while view and room > 0:
                    size = min(room, len(view), protocol.max_outbound_frame_size)
                    protocol.send_data(self.number, view[:size])
                    view, room = view[size:], room - size
                if end and not view:
                    protocol.end_stream(self.number)
                    self._ended(here=True)
            self._connection.flush()
            if not view:
                return

    def end(self) -> None:
        """Send nothing more."""
        self.send(b"", end=True)

    def reset(self, code: int = h2.errors.ErrorCodes.CANCEL) -> None:
        """End the stream if it has not ended, and drop what nobody received. Never waits, raises nothing.

        Whoever waits on the stream gets `StreamReset`.
        """
        with suppress(ConnectionLost, h2.exceptions.ProtocolError):
            with self._connection.speaking() as protocol:
                self._received.clear()
                self._acknowledge(protocol, self._unacknowledged)
                self._unacknowledged = 0
                if self._reset is None and not (self._ended_here and self._ended_there):
                    self._reset = int(code)
                    self._connection.forget(self)
                    self._changed.notify_all()
                    protocol.reset_stream(self.number, int(code))
            self._connection.flush(wait=False)

    def handle(self, event: h2.events.Event) -> None:
        """Take what came. The connection's reading thread calls it, with the lock."""
        if isinstance(event, h2.events.DataReceived):
            if event.data:
                self._received.append(event.data)
            self._unacknowledged += event.flow_controlled_length or 0
        elif isinstance(event, h2.events.RequestReceived | h2.events.ResponseReceived):
            self._headers = _decoded(event.headers or ())
        elif isinstance(event, h2.events.TrailersReceived):
            self._trailers = _decoded(event.headers or ())
        elif isinstance(event, h2.events.StreamEnded):
            self._ended(there=True)
        elif isinstance(event, h2.events.StreamReset):
            if not self._ended_there:
                self._reset = int(event.error_code or 0)
            self._ended_here = True
            self._connection.forget(self)
        self._changed.notify_all()

    def wake(self) -> None:
        """Let whoever waits look again. The caller holds the lock."""
        self._changed.notify_all()

    def _ended(self, *, here: bool = False, there: bool = False) -> None:
        self._ended_here = self._ended_here or here
        self._ended_there = self._ended_there or there
        if self._ended_here and self._ended_there:
            self._connection.forget(self)

    def _acknowledge(self, protocol: h2.connection.H2Connection, taken: int) -> None:
        """Let the other end send as many bytes again as were taken."""
        if taken:
            protocol.acknowledge_received_data(taken, self.number)

    def _check(self) -> None:
        if self._reset is not None:
            raise StreamReset(self._reset)
        self._connection.check()

    def _check_sendable(self) -> None:
        self._check()
        if self._ended_here:
            raise StreamReset(h2.errors.ErrorCodes.STREAM_CLOSED)

    @contextmanager
    def _speaking(self) -> Iterator[h2.connection.H2Connection]:
        """The protocol, for this stream while it is open here."""
        with self._connection.speaking() as protocol:
            self._check()
            try:
                yield protocol
            except h2.exceptions.ProtocolError as error:
                raise StreamReset(h2.errors.ErrorCodes.STREAM_CLOSED) from error


def _decoded(headers: Iterable[tuple[bytes | str, bytes | str]]) -> list[tuple[str, str]]:
    return [(_text(name), _text(value)) for name, value in headers]


def _text(value: bytes | str) -> str:
    return value if isinstance(value, str) else value.decode("utf-8", "replace")
