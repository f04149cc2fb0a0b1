"""Opening a connection on which the engine speaks HTTP/2."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterable

from trailer_tui.engine.wire import CONNECT_SECONDS, HostAddress, Wire, dial

_MOST_HEADER_BYTES = 64 * 1024


class NotUpgraded(Exception):
    """The engine answered the request for an upgrade with another HTTP status than 101."""

    def __init__(self, http_status: int) -> None:
        super().__init__(f"HTTP status {http_status}")
        self.http_status = http_status


def dial_upgraded(
    address: HostAddress, path: str, headers: Iterable[tuple[str, str]] = (), timeout: float = CONNECT_SECONDS
) -> tuple[Wire, bytes]:
    """A new wire on which `POST path` was answered with the switch to HTTP/2, and what came behind that answer.

    Raises:
        NotUpgraded: the engine has no such path, or refuses.
        OSError: the host does not answer, or with something else than HTTP; each step has `timeout` seconds.
    """
    wire = dial(address, timeout)
    try:
        wire.socket.settimeout(timeout)
        lines = [f"POST {path} HTTP/1.1", "Host: localhost", "Connection: Upgrade", "Upgrade: h2c"]
        # A repeated name stays a line of its own: engines do not split a list.
        lines += [f"{name}: {value}" for name, value in headers]
        wire.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        return wire, _switched(wire.socket, time.monotonic() + timeout)
    except BaseException as error:
        failure = wire.failure() if isinstance(error, OSError) else None
        wire.close()
        if failure:
            raise failure from error
        raise


def _switched(stream: socket.socket, deadline: float) -> bytes:
    received = b""
    while b"\r\n\r\n" not in received:
        piece = stream.recv(65536)
        if not piece:
            raise ConnectionResetError("the connection was closed without an answer")
        received += piece
        if len(received) > _MOST_HEADER_BYTES or time.monotonic() > deadline:
            raise TimeoutError("the answer has no end")
    head, _, rest = received.partition(b"\r\n\r\n")
    words = head.split(b"\r\n", 1)[0].split()
    if len(words) < 2 or not words[0].startswith(b"HTTP/1.") or not words[1].isdigit():
        raise ConnectionError("the answer is no HTTP")
    if words[1] != b"101":
        raise NotUpgraded(int(words[1]))
    return rest
