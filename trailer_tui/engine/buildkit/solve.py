"""Starting a build with `Control/Solve`, following it with `Control/Status`."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from contextlib import suppress

from google.protobuf.message import DecodeError

from trailer_tui.engine.buildkit.buildkit_pb2 import (
    RpcStatus,
    SolveRequest,
    SolveResponse,
    StatusRequest,
    StatusResponse,
)
from trailer_tui.engine.buildkit.grpc import CallFailed, call
from trailer_tui.engine.buildkit.http2 import Connection
from trailer_tui.engine.buildkit.stream import StreamReset

CONTROL = "/moby.buildkit.v1.Control"

_LOOK_SECONDS = 0.3
_LATE_LOOKS = 10
"""How often a trace that has nothing to say is looked at again after the build has ended."""


class SolveFailed(Exception):
    """The engine ended the build with an error."""

    def __init__(self, message: str, line: int | None) -> None:
        """`line` of the Dockerfile, from 1, where the engine names one."""
        super().__init__(message)
        self.message = message
        self.line = line


class Solve:
    """One build on an open connection."""

    def __init__(self, connection: Connection, session: str, attributes: Mapping[str, str]) -> None:
        """Start it, with the session of that identity and the attributes of the Dockerfile frontend.

        Raises:
            ConnectionLost, StreamReset: the engine is gone.
        """
        reference = uuid.uuid4().hex
        request = SolveRequest(
            ref=reference,
            exporter="moby",
            session=session,
            frontend="dockerfile.v0",
            frontend_attributes=attributes,
        )
        self._solve = call(connection, f"{CONTROL}/Solve")
        self._solve.send(request.SerializeToString(), end=True)
        self._status = call(connection, f"{CONTROL}/Status")
        self._status.send(StatusRequest(ref=reference).SerializeToString(), end=True)
        self.traced_to_end = False
        """Whether the engine said that there is nothing more to tell of the build, or no such build."""

    def cancel(self) -> None:
        """Tell the engine to end the build; never waits. The trace then comes to its end."""
        self._solve.cancel()

    def trace(self) -> Iterator[StatusResponse | None]:
        """What the engine tells of the build, until it has ended; None now and then when it tells nothing.

        Raises:
            ConnectionLost: the engine is gone.
        """
        looks = 0
        while looks < _LATE_LOOKS:
            try:
                message = self._status.receive(_LOOK_SECONDS)
            except TimeoutError:
                looks += 1 if self._solve.stream.ended else 0
                yield None
                continue
            except CallFailed:
                # A build that ended at once leaves nothing to follow; its answer says more.
                self.traced_to_end = True
                return
            except StreamReset:
                return
            if message is None:
                self.traced_to_end = True
                return
            yield StatusResponse.FromString(message)

    def result(self) -> dict[str, str]:
        """What the exporter says of the image, once the build has ended.

        Raises:
            SolveFailed: the build did not end well.
            ConnectionLost, StreamReset: the engine is gone.
        """
        try:
            return dict(SolveResponse.FromString(self._solve.answer()).exporter_response)
        except CallFailed as failed:
            raise SolveFailed(failed.message, source_line(failed.details)) from failed


def source_line(details: bytes) -> int | None:
    """The Dockerfile line, from 1, that the details of a failed call name as the cause."""
    with suppress(DecodeError, ValueError, TypeError, LookupError, AttributeError):
        for detail in RpcStatus.FromString(details).details:
            if detail.type_url.endswith("github.com/moby/buildkit/errdefs.Source+json"):
                return int(json.loads(detail.value)["ranges"][0]["start"]["line"])
    return None
