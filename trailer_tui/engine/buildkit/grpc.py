"""gRPC on HTTP/2 streams: messages in both directions, metadata, and a status at the end.

Messages are bytes here; what is in them is the callers' business. They travel uncompressed, as BuildKit sends them.
"""

from __future__ import annotations

import base64
import binascii
import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from urllib.parse import quote, unquote

import h2.errors

from trailer_tui.engine.buildkit.http2 import Connection
from trailer_tui.engine.buildkit.stream import ConnectionLost, Headers, Stream, StreamReset
from trailer_tui.engine.buildkit.transport import Transport
from trailer_tui.model.errors import TrailerError

OK, UNKNOWN, NOT_FOUND, UNIMPLEMENTED, INTERNAL = 0, 2, 5, 12, 13

_LOG = logging.getLogger(__name__)

_CONTENT_TYPE = ("content-type", "application/grpc")
_PREFIX = 5
_MAX_MESSAGE = 64 * 1024 * 1024


class CallFailed(Exception):
    """A call ended with another status than OK."""

    def __init__(self, code: int, message: str, details: bytes = b"") -> None:
        """`details` is the encoded `google.rpc.Status`, when the other end sent one."""
        super().__init__(message or f"gRPC status {code}")
        self.code = code
        self.message = message
        self.details = details


class Messages:
    """The messages on a stream. One thread at a time receives, one sends; `cancel` is for any thread."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self._buffer = bytearray()

    def receive(self, timeout: float | None = None, *, or_room: int = 0) -> bytes | None:
        """The next message, None at the end.

        Raises:
            TimeoutError: nothing came for `timeout` seconds; or there is room to send `or_room` bytes.
            ConnectionLost, StreamReset: as for streams.
        """
        while (message := self._next()) is None:
            data = self.stream.receive(timeout, or_room=or_room)
            if data is None:
                if self._buffer:
                    raise StreamReset(h2.errors.ErrorCodes.PROTOCOL_ERROR)
                return None
            if not data:
                raise TimeoutError
            self._buffer += data
        return message

    def send(self, message: bytes, *, end: bool = False) -> None:
        """Send a message, waiting for room; `end` says that it is the last one."""
        self.stream.send(_framed(message), end=end)

    def send_all(self, messages: Iterable[bytes]) -> None:
        """Send messages together, waiting for room: thousands of small ones one by one take long."""
        self.stream.send(b"".join(map(_framed, messages)))

    def cancel(self) -> None:
        """End the call at once."""
        self.stream.reset(h2.errors.ErrorCodes.CANCEL)

    def _next(self) -> bytes | None:
        if len(self._buffer) < _PREFIX:
            return None
        size = int.from_bytes(self._buffer[1:_PREFIX], "big")
        if self._buffer[0] or size > _MAX_MESSAGE:
            self.stream.reset(h2.errors.ErrorCodes.PROTOCOL_ERROR)
            raise StreamReset(h2.errors.ErrorCodes.PROTOCOL_ERROR)
        if len(self._buffer) < _PREFIX + size:
            return None
        message = bytes(memoryview(self._buffer)[_PREFIX : _PREFIX + size])
        del self._buffer[: _PREFIX + size]
        return message


def _framed(message: bytes) -> bytes:
    return b"\0" + len(message).to_bytes(4, "big") + message


class Call(Messages):
    """A call that this end made."""

    def send(self, message: bytes, *, end: bool = False) -> None:
        """Send a message; one that nobody waits for any more, because the call was answered early, is dropped."""
        try:
            super().send(message, end=end)
        except StreamReset:
            if not self.stream.answered:
                raise

    def receive(self, timeout: float | None = None, *, or_room: int = 0) -> bytes | None:
        """The next message, None when the call ended well. As for `Messages`, and:

        Raises:
            CallFailed: the call ended with another status.
        """
        message = super().receive(timeout, or_room=or_room)
        if message is None:
            self._check_status()
        return message

    def answer(self) -> bytes:
        """The only message of a call that has one, once the call ended."""
        message = self.receive()
        if message is None:
            raise CallFailed(INTERNAL, "the call ended without an answer")
        while self.receive() is not None:
            pass
        return message

    def _check_status(self) -> None:
        headers = dict(self.stream.headers())
        end = {**headers, **dict(self.stream.trailers)}
        if headers.get(":status") != "200":
            raise CallFailed(UNKNOWN, f"the engine answered with HTTP status {headers.get(':status')}")
        code = end.get("grpc-status", "")
        if code == str(OK):
            return
        details = b""
        with suppress(binascii.Error, ValueError):
            text = end.get("grpc-status-details-bin", "")
            details = base64.b64decode(text + "=" * (-len(text) % 4))
        message = unquote(end.get("grpc-message", ""), errors="replace")
        raise CallFailed(int(code) if code.isdecimal() else UNKNOWN, message, details)


def call(connection: Connection, method: str, metadata: Headers = ()) -> Call:
    """Start a call of `/service/Method`; `metadata` may hold a name more than once."""
    return Call(
        connection.request(
            [
                (":method", "POST"),
                (":scheme", "http"),
                (":path", method),
                (":authority", "localhost"),
                _CONTENT_TYPE,
                ("te", "trailers"),
                *metadata,
            ]
        )
    )


class Request(Messages):
    """A call that the other end made."""

    def metadata(self) -> dict[str, list[str]]:
        """What came with the call, by lower-case name."""
        found: dict[str, list[str]] = {}
        for name, value in self.stream.headers():
            found.setdefault(name, []).append(value)
        return found

    def accept(self) -> None:
        """Announce messages and a status; goes out with the first of them."""
        self.stream.send_headers([(":status", "200"), _CONTENT_TYPE])

    def finish(self, code: int = OK, message: str = "") -> None:
        """End the call with this status."""
        trailers = [("grpc-status", str(code))]
        if message:
            trailers.append(("grpc-message", quote(message, safe=" !#$&'()*+,/:;<=>?@[]^`{|}\"\\")))
        self.stream.send_headers(trailers, end=True)


Handler = Callable[[Request], None]
"""Serves one call; raises `CallFailed` to end it with that status."""


def unary(answer: Callable[[bytes], bytes]) -> Handler:
    """A handler of calls with one message in each direction."""

    def handle(request: Request) -> None:
        question = request.receive()
        if question is None:
            raise CallFailed(INTERNAL, "the call holds no message")
        request.send(answer(question))

    return handle


class Server:
    """Serves the calls that come on a transport; each in a thread of its own."""

    def __init__(self, transport: Transport, handlers: Mapping[str, Handler], name: str) -> None:
        """`handlers` by `/service/Method`; `name` is that of the threads."""
        self._handlers = handlers
        self._name = name
        self._lock = threading.Lock()
        self._threads: set[threading.Thread] = set()
        self.failure: TrailerError | None = None
        """The first error of Trailer's own that ended a call."""
        self.connection = Connection(transport, client=False, name=f"{name} reader", on_request=self._start)

    def close(self, timeout: float = 5.0) -> None:
        """End every call and wait for its thread, each for at most `timeout` seconds."""
        self.connection.close()
        with self._lock:
            threads = list(self._threads)
        for thread in threads:
            thread.join(timeout)

    def _start(self, stream: Stream) -> None:
        thread = threading.Thread(target=self._serve, args=(Request(stream),), name=self._name, daemon=True)
        with self._lock:
            self._threads.add(thread)
        thread.start()

    def _serve(self, request: Request) -> None:
        try:
            with suppress(ConnectionLost, StreamReset):
                code, message = self._handle(request)
                request.finish(code, message)
        finally:
            request.stream.reset(h2.errors.ErrorCodes.NO_ERROR)
            with self._lock:
                self._threads.discard(threading.current_thread())

    def _handle(self, request: Request) -> tuple[int, str]:
        """Serve a call; returns its status."""
        path = request.metadata().get(":path", [""])[0]
        request.accept()
        handler = self._handlers.get(path)
        if handler is None:
            return UNIMPLEMENTED, f"unknown method {path}"
        try:
            handler(request)
        except CallFailed as failed:
            return failed.code, failed.message
        except TrailerError as error:
            with self._lock:
                self.failure = self.failure or error
            return UNKNOWN, error.cause
        except (ConnectionLost, StreamReset):
            raise
        except Exception as error:
            _LOG.exception("serving %s failed", path)
            return INTERNAL, f"Trailer could not serve it: {type(error).__name__}"
        return OK, ""
