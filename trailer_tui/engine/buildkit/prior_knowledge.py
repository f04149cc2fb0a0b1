"""Asking whether an engine speaks HTTP/2 without having been asked to switch to it."""

from __future__ import annotations

import threading
from contextlib import suppress

from trailer_tui.engine.buildkit.grpc import Call, CallFailed, call
from trailer_tui.engine.buildkit.http2 import Connection
from trailer_tui.engine.buildkit.solve import CONTROL
from trailer_tui.engine.buildkit.stream import ConnectionLost, StreamReset
from trailer_tui.engine.buildkit.transport import SocketTransport
from trailer_tui.engine.wire import HostAddress, dial


def speaks_http2(address: HostAddress, timeout: float) -> bool | None:
    """Whether BuildKit answers a call on a bare connection; None when nothing was said within `timeout` seconds.

    Raises:
        OSError: nothing answers there.
    """
    wire = dial(address, timeout)
    connection = Connection(SocketTransport(wire), client=True, name="probe")
    unheard = threading.Event()

    def give_up() -> None:
        unheard.set()
        wire.hang_up()

    # Something that neither answers nor hangs up must not hold the probe.
    patience = threading.Timer(timeout, give_up)
    patience.daemon = True
    patience.start()
    try:
        return _answers(call(connection, f"{CONTROL}/Info"))
    except (ConnectionLost, StreamReset):
        return None if unheard.is_set() else False
    finally:
        patience.cancel()
        connection.close()
        wire.close()


def _answers(asked: Call) -> bool:
    asked.send(b"", end=True)
    # An engine that does not know this call says so as gRPC does; another server says it as HTTP.
    with suppress(CallFailed):
        asked.receive()
    headers = dict(asked.stream.headers())
    return headers.get(":status") == "200" and headers.get("content-type", "").startswith("application/grpc")
