"""The ssh agent, reached from steps that mount it; keys never leave it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from trailer_tui.engine.buildkit.buildkit_pb2 import BytesMessage, CheckAgentRequest, CheckAgentResponse
from trailer_tui.engine.buildkit.grpc import NOT_FOUND, CallFailed, Handler, Request, unary
from trailer_tui.engine.buildkit.stream import ConnectionLost, StreamReset

_ID = "default"
_METADATA_ID = "buildkit.ssh.id"
_PIECE = 32 * 1024


def handlers(agent: Path | None) -> Mapping[str, Handler]:
    """Serves the agent behind this socket under the id `default`; None serves none."""

    def check(question: bytes) -> bytes:
        _agent_of(CheckAgentRequest.FromString(question).id, agent)
        return CheckAgentResponse().SerializeToString()

    def forward(request: Request) -> None:
        path = _agent_of(request.metadata().get(_METADATA_ID, [""])[0], agent)
        with socket.socket(socket.AF_UNIX) as stream:
            try:
                stream.connect(str(path))
            except OSError as error:
                raise CallFailed(NOT_FOUND, f"the ssh agent at {path} does not answer: {error.strerror}") from error
            _copy(request, stream)

    return {"/moby.sshforward.v1.SSH/CheckAgent": unary(check), "/moby.sshforward.v1.SSH/ForwardAgent": forward}


def _agent_of(wanted: str, agent: Path | None) -> Path:
    if agent is None or wanted not in ("", _ID):
        raise CallFailed(NOT_FOUND, f"no ssh agent is forwarded under the id {wanted or _ID}")
    return agent


def _copy(request: Request, stream: socket.socket) -> None:
    """Pass bytes in both directions until the engine or the agent has enough."""

    def answers() -> None:
        with suppress(OSError, ConnectionLost, StreamReset):
            while data := stream.recv(_PIECE):
                request.send(BytesMessage(data=data).SerializeToString())
        # Also when it was the agent that hung up: then nobody waits for the engine any more.
        with suppress(ConnectionLost, StreamReset):
            request.finish()
        request.cancel()

    back = threading.Thread(target=answers, name="ssh agent", daemon=True)
    back.start()
    try:
        with suppress(OSError):
            while (message := request.receive()) is not None:
                stream.sendall(BytesMessage.FromString(message).data)
    finally:
        with suppress(OSError):
            stream.shutdown(socket.SHUT_RDWR)
        back.join()
