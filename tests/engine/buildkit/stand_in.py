"""An engine of sorts on a unix socket: enough of one to be built on, and to be made to fail."""

from __future__ import annotations

import json
import queue
import socket
import threading
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from trailer_tui.engine.buildkit.buildkit_pb2 import (
    SolveRequest,
    SolveResponse,
    StatusResponse,
    Vertex,
    VertexLog,
)
from trailer_tui.engine.buildkit.grpc import UNIMPLEMENTED, CallFailed, Request, Server, call
from trailer_tui.engine.buildkit.http2 import Connection
from trailer_tui.engine.buildkit.stream import ConnectionLost, StreamReset
from trailer_tui.engine.buildkit.transport import SocketTransport
from trailer_tui.engine.buildkit.tunnel import Tunnel
from trailer_tui.engine.wire import Wire

IMAGE_ID = "sha256:" + "1" * 64
PATIENCE = 20.0
_PREFACE = b"PRI * HTTP/2.0\r\n\r\n"


@dataclass
class Build:
    """One build on the stand-in, for what it is made to do."""

    request: SolveRequest
    wire: Wire
    call: Request
    session: Connection
    """On which the engine asks for what it needs."""
    tell: Callable[[StatusResponse], None]
    """Adds to the trace."""

    def ask(self, method: str, question: bytes = b"") -> bytes:
        """Call one method of the session."""
        asked = call(self.session, method)
        asked.send(question, end=True)
        return asked.answer()

    def step(self, name: str, output: str = "") -> None:
        """Begin a step, and let it print."""
        vertex = Vertex(digest=name, name=name.encode())
        vertex.started.GetCurrentTime()
        logs = [VertexLog(vertex=name, stream=1, message=output.encode())] if output else []
        self.tell(StatusResponse(vertexes=[vertex], logs=logs))

    def wait_for_cancel(self) -> None:
        """Go on until the caller of `Solve` gives up."""
        over = threading.Event()
        while self.call.stream.room():
            over.wait(0.01)


Solving = Callable[[Build], None]
"""Raises `CallFailed` to fail the build."""


@dataclass
class StandIn:
    """Serves until `close`. `offers` of `grpc`, `h2c`, `session`; `classic` is what `POST /build` answers."""

    path: Path
    offers: Collection[str] = ("grpc",)
    solving: Solving = lambda _: None
    stalls: bool = False
    """Whether it falls silent once it speaks HTTP/2."""
    classic: str = '{"stream":"Successfully built 1\\n"}'
    tells_end: bool = True
    """Whether the trace ends with the build."""
    asked: list[str] = field(default_factory=list)
    """Paths of HTTP/1 requests, and `HTTP/2` for a connection that began with it."""

    def __post_init__(self) -> None:
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self.path))
        self._listener.listen()
        self.address = f"unix://{self.path}"
        self._wires: list[Wire] = []
        self._servers: list[Server] = []
        self._controls: list[_Control] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """End every connection."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.die()
        for control in self._controls:
            control.end_trace()
        for server in self._servers:
            server.close()
        for wire in self._wires:
            wire.close()

    def die(self) -> None:
        """Drop all connections at once."""
        for wire in list(self._wires):
            wire.hang_up()

    def _accept(self) -> None:
        while True:
            try:
                stream, _ = self._listener.accept()
            except OSError:
                return
            wire = Wire(stream)
            self._wires.append(wire)
            threading.Thread(target=self._serve, args=(wire,), daemon=True).start()

    def _serve(self, wire: Wire) -> None:
        with suppress(OSError):
            received = b""
            while True:
                while b"\r\n\r\n" not in received:
                    piece = wire.socket.recv(65536)
                    if not piece:
                        return
                    received += piece
                if received.startswith(_PREFACE):
                    self.asked.append("HTTP/2")
                    if "h2c" in self.offers:
                        self._speak_http2(wire, received)
                    else:
                        wire.socket.sendall(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
                        wire.hang_up()
                    return
                head, _, received = received.partition(b"\r\n\r\n")
                path = head.split()[1].decode().partition("?")[0]
                self.asked.append(path)
                if path.endswith(("/grpc", "/session")) and path.rpartition("/")[2] in self.offers:
                    wire.socket.sendall(b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n")
                    if path.endswith("/grpc"):
                        self._speak_http2(wire, received)
                    return
                wire.socket.sendall(self._answer(path))

    def _answer(self, path: str) -> bytes:
        name = path.rpartition("/")[2]
        bodies = {
            "version": json.dumps({"ApiVersion": "1.51", "Version": "28.0", "Os": "linux", "Arch": "amd64"}),
            "info": json.dumps({"Driver": "overlay2", "NCPU": 2, "MemTotal": 1}),
            "build": self.classic,
        }
        status = "200 OK" if name in bodies else "404 Not Found"
        body = bodies.get(name, '{"message":"page not found"}').encode()
        head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        return head.encode() + body

    def _speak_http2(self, wire: Wire, received: bytes) -> None:
        if self.stalls:
            return
        control = _Control(self, wire)
        self._controls.append(control)
        self._servers.append(Server(SocketTransport(wire, received), control.handlers(), "stand-in"))


class _Control:
    """The calls on one connection."""

    def __init__(self, engine: StandIn, wire: Wire) -> None:
        self._engine = engine
        self._wire = wire
        self._session: queue.SimpleQueue[Connection] = queue.SimpleQueue()
        self._trace: queue.SimpleQueue[StatusResponse | None] = queue.SimpleQueue()

    def handlers(self) -> dict[str, Callable[[Request], None]]:
        control = "/moby.buildkit.v1.Control"
        return {
            f"{control}/Session": self._serve_session,
            f"{control}/Solve": self._solve,
            f"{control}/Status": self._status,
            f"{control}/Info": self._info,
        }

    def end_trace(self) -> None:
        """Tell no more of any build."""
        self._trace.put(None)

    def _info(self, _: Request) -> None:
        raise CallFailed(UNIMPLEMENTED, "unknown method Info")

    def _serve_session(self, request: Request) -> None:
        inner = Connection(Tunnel(request), client=True, name="stand-in session")
        self._session.put(inner)
        over = threading.Event()
        while inner.lost is None:
            over.wait(0.01)
        inner.close()

    def _solve(self, request: Request) -> None:
        message = request.receive()
        assert message is not None
        session = self._session.get(timeout=PATIENCE)
        build = Build(SolveRequest.FromString(message), self._wire, request, session, self._trace.put)
        try:
            self._engine.solving(build)
            answer = SolveResponse(exporter_response={"containerimage.digest": IMAGE_ID})
            request.send(answer.SerializeToString())
        except (ConnectionLost, StreamReset) as error:
            raise CallFailed(1, "context canceled") from error
        finally:
            if self._engine.tells_end:
                self.end_trace()

    def _status(self, request: Request) -> None:
        while (response := self._trace.get(timeout=PATIENCE)) is not None:
            request.send(response.SerializeToString())
