"""HTTP/2 connections for threads: a stream is read and written by whoever has it, and flow control makes them wait.

One thread of the connection itself reads. It waits for no other thread and for no room to send, so that two ends that
both send cannot wait for each other for ever.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.exceptions
import h2.settings

from trailer_tui.engine.buildkit.stream import ConnectionLost, Headers, Stream
from trailer_tui.engine.buildkit.transport import Transport
from trailer_tui.engine.buildkit.window_updates import WindowUpdates

STREAM_WINDOW = 1024 * 1024
"""Bytes that the other end may send on one stream before somebody reads them."""

_FIRST_WINDOW = 65_535
_CONNECTION_WINDOW = 16 * STREAM_WINDOW
"""So large that a stream which nobody reads does not hold up the others."""

_JOIN_SECONDS = 5.0

_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

_CLOSED = "the engine closed the connection"


class _Protocol(h2.connection.H2Connection):
    # The patterns of a large .dockerignore come as headers.
    DEFAULT_MAX_HEADER_LIST_SIZE = 16 * 1024 * 1024


class Connection:
    """One end of an HTTP/2 connection. Safe from any thread."""

    def __init__(
        self,
        transport: Transport,
        *,
        client: bool,
        name: str,
        on_request: Callable[[Stream], None] | None = None,
        silence: float | None = None,
    ) -> None:
        """Begin to speak and to listen.

        Args:
            transport: is shut down with the connection; its owner frees it after `close`.
            client: whether this end asks, or answers.
            name: of the reading thread.
            on_request: a server's; gets each new stream on the reading thread and must return at once.
            silence: seconds without a sign of life, asked for by PING, after which the connection counts as lost;
                None waits for ever.
        """
        self._transport = transport
        self._on_request = on_request
        self._watch = _Watch(silence)
        self._lock = threading.Lock()
        self._sending = threading.Lock()
        self._unsent: deque[bytes] = deque()
        self._streams: dict[int, Stream] = {}
        self._lost: ConnectionLost | None = None
        self._protocol = _Protocol(h2.config.H2Configuration(client_side=client, header_encoding=None))
        self._updates = WindowUpdates(0 if client else len(_PREFACE))
        self._protocol.local_settings = h2.settings.Settings(
            client=client,
            initial_values={
                h2.settings.SettingCodes.INITIAL_WINDOW_SIZE: STREAM_WINDOW,
                h2.settings.SettingCodes.MAX_CONCURRENT_STREAMS: 1000,
                h2.settings.SettingCodes.MAX_HEADER_LIST_SIZE: _Protocol.DEFAULT_MAX_HEADER_LIST_SIZE,
                **({h2.settings.SettingCodes.ENABLE_PUSH: 0} if client else {}),
            },
        )
        with self._lock:
            self._protocol.initiate_connection()
            self._protocol.increment_flow_control_window(_CONNECTION_WINDOW - _FIRST_WINDOW)
            self._collect()
        self._reader = threading.Thread(target=self._read, name=name, daemon=True)
        self._reader.start()

    @property
    def lost(self) -> ConnectionLost | None:
        """How the connection ended; None while it works."""
        return self._lost

    def request(self, headers: Headers) -> Stream:
        """Open a stream with these headers.

        Raises:
            ConnectionLost: there is no connection any more.
        """
        with self.speaking() as protocol:
            stream = Stream(self, self._lock, protocol.get_next_available_stream_id())
            self._streams[stream.number] = stream
            protocol.send_headers(stream.number, headers)
        self.flush()
        return stream

    def close(self) -> None:
        """End the connection, as seen by everybody who waits on it; not from its own reading thread."""
        self._lose(ConnectionLost("the connection was closed here"))
        self._reader.join(_JOIN_SECONDS)

    @contextmanager
    def speaking(self) -> Iterator[h2.connection.H2Connection]:
        """The protocol, to oneself; `flush` sends what was said. For streams.

        Raises:
            ConnectionLost: there is no connection any more.
        """
        with self._lock:
            self.check()
            try:
                yield self._protocol
            finally:
                self._collect()

    def check(self) -> None:
        """Raise `ConnectionLost` when the connection ended."""
        if self._lost:
            raise ConnectionLost(str(self._lost)) from self._lost.__cause__

    def flush(self, *, wait: bool = True) -> None:
        """Send what was said; without `wait` only what there is room for, the rest when room comes.

        Raises:
            ConnectionLost: it could not be sent.
        """
        while self._unsent and self._sending.acquire(blocking=wait):
            try:
                sent_all = self._send(wait=wait)
            except OSError as error:
                self._lose(error)
                self.check()
            finally:
                self._sending.release()
            # What another thread said meanwhile found the door locked: look again before leaving.
            if not sent_all:
                return

    def window(self, number: int) -> int:
        """How many bytes a stream may send now, 0 when it has ended. The caller holds the lock."""
        try:
            return self._protocol.local_flow_control_window(number)
        except h2.exceptions.ProtocolError:
            return 0

    def forget(self, stream: Stream) -> None:
        """Drop a stream that has ended on both sides. The caller holds the lock."""
        self._streams.pop(stream.number, None)

    def _send(self, *, wait: bool) -> bool:
        """Send what is unsent; False when there is no room and nobody waits for it. The caller holds `_sending`."""
        with self._lock:
            data = memoryview(b"".join(self._unsent))
            self._unsent.clear()
        while data:
            data = data[self._transport.send_some(data) :]
            if not data:
                break
            if not wait:
                with self._lock:
                    self._unsent.appendleft(bytes(data))
                return False
            self._transport.wait_for_room()
        return True

    def _collect(self) -> None:
        data = self._protocol.data_to_send()
        if data:
            self._unsent.append(data)

    def _read(self) -> None:
        try:
            self.flush(wait=False)
            while True:
                # Who is sending takes what is unsent along: waking up for room meanwhile would be turning in circles.
                or_room = bool(self._unsent) and not self._sending.locked()
                data = self._transport.receive(self._watch.wait_seconds(), or_room=or_room)
                if data is None:
                    raise ConnectionLost(_CLOSED)
                if data:
                    self._watch.heard()
                    self._receive(data)
                elif self._watch.ping_is_due():
                    with self.speaking() as protocol:
                        protocol.ping(bytes(8))
                self.flush(wait=False)
        except (OSError, ConnectionLost) as error:
            self._lose(error)
        except h2.exceptions.ProtocolError as error:
            self._lose(ConnectionLost(f"the engine does not keep to HTTP/2: {error}"))
        finally:
            # Whatever went wrong here, nobody may wait for this thread any more.
            self._lose(ConnectionLost("the connection is not read any more"))

    def _receive(self, data: bytes) -> None:
        requests: list[Stream] = []
        with self.speaking() as protocol:
            for event in protocol.receive_data(self._updates.merge(data)):
                if isinstance(event, h2.events.RequestReceived) and event.stream_id is not None:
                    stream = Stream(self, self._lock, event.stream_id)
                    self._streams[stream.number] = stream
                    requests.append(stream)
                self._handle(event)
        for stream in requests:
            if self._on_request:
                self._on_request(stream)

    def _handle(self, event: h2.events.Event) -> None:
        """Give an event to the stream that it is about. The caller holds the lock."""
        if isinstance(event, h2.events.ConnectionTerminated):
            words = (event.additional_data or b"").decode("utf-8", "replace")
            raise ConnectionLost(f"the engine ended the connection{f' ({words})' if words else ''}")
        if isinstance(event, h2.events.RemoteSettingsChanged):
            self._wake()
            return
        number = getattr(event, "stream_id", None)
        if number == 0:
            self._wake()
        elif number is not None and number in self._streams:
            self._streams[number].handle(event)
        elif isinstance(event, h2.events.DataReceived) and event.stream_id is not None:
            with suppress(h2.exceptions.ProtocolError):
                self._protocol.acknowledge_received_data(event.flow_controlled_length or 0, event.stream_id)

    def _wake(self) -> None:
        for stream in self._streams.values():
            stream.wake()

    def _lose(self, error: Exception) -> None:
        with self._lock:
            if self._lost:
                return
            if isinstance(error, ConnectionLost):
                self._lost = error
            elif isinstance(error, BrokenPipeError | ConnectionResetError):
                self._lost = ConnectionLost(_CLOSED)
            else:
                self._lost = ConnectionLost(str(error))
                self._lost.__cause__ = error
            self._wake()
        self._transport.shut_down()


class _Watch:
    """Says when to ask for a sign of life, and when there was none for too long."""

    def __init__(self, silence: float | None) -> None:
        self._silence = silence
        self._heard_at = time.monotonic()
        self._asked = False

    def heard(self) -> None:
        self._heard_at = time.monotonic()
        self._asked = False

    def wait_seconds(self) -> float | None:
        if self._silence is None:
            return None
        return self._heard_at + (self._silence if self._asked else self._silence / 3) - time.monotonic()

    def ping_is_due(self) -> bool:
        """Whether to ask now, once in a silence. Raises `ConnectionLost` when there was no answer."""
        if self._silence is None:
            return False
        silent = time.monotonic() - self._heard_at
        if silent >= self._silence:
            raise ConnectionLost(f"no sign of life from the engine for {self._silence:.0f} seconds")
        if self._asked or silent < self._silence / 3:
            return False
        self._asked = True
        return True
