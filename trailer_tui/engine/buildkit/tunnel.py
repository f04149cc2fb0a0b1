"""The connection inside a connection on which the engine asks for what a build needs."""

from __future__ import annotations

from trailer_tui.engine.buildkit.buildkit_pb2 import BytesMessage
from trailer_tui.engine.buildkit.grpc import CallFailed, Messages
from trailer_tui.engine.buildkit.stream import ConnectionLost, StreamReset

_OVERHEAD = 16
"""At least the bytes that a message adds to its data."""
_WORTH_SENDING = 4 * _OVERHEAD


class Tunnel:
    """A call of `Control/Session`, whose messages hold the bytes of an inner connection; a `Transport`."""

    def __init__(self, call: Messages) -> None:
        self._call = call

    def receive(self, timeout: float | None, *, or_room: bool) -> bytes | None:
        """See `Transport`."""
        try:
            message = self._call.receive(timeout, or_room=_WORTH_SENDING if or_room else 0)
        except TimeoutError:
            return b""
        except (ConnectionLost, StreamReset, CallFailed) as error:
            raise ConnectionError(str(error)) from error
        return None if message is None else BytesMessage.FromString(message).data

    def send_some(self, data: memoryview) -> int:
        """See `Transport`."""
        try:
            room = self._call.stream.room()
            if room < _WORTH_SENDING:
                return 0
            piece = data[: room - _OVERHEAD]
            self._call.send(BytesMessage(data=bytes(piece)).SerializeToString())
        except (ConnectionLost, StreamReset) as error:
            raise ConnectionError(str(error)) from error
        return len(piece)

    def wait_for_room(self) -> None:
        """See `Transport`."""
        try:
            self._call.stream.wait_for_room(_WORTH_SENDING)
        except (ConnectionLost, StreamReset) as error:
            raise ConnectionError(str(error)) from error

    def shut_down(self) -> None:
        """See `Transport`."""
        self._call.cancel()
