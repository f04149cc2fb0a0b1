"""Building by `POST /build` of the second version, with a session on a connection of its own.

For engines that offer neither upgrade nor HTTP/2 for `Control`. The answer holds the same trace, as JSON.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from contextlib import closing, suppress

from google.protobuf.message import DecodeError

from trailer_tui.engine.buildkit.buildkit_pb2 import StatusResponse
from trailer_tui.engine.buildkit.dial import dial_upgraded
from trailer_tui.engine.buildkit.report import Report
from trailer_tui.engine.buildkit.session import Session
from trailer_tui.engine.buildkit.transport import SocketTransport
from trailer_tui.engine.cancel import CancelToken
from trailer_tui.engine.connections import Connections
from trailer_tui.engine.context_stream import dockerfile_name
from trailer_tui.engine.errors import host_errors
from trailer_tui.engine.interface import BuildRequest
from trailer_tui.engine.message_stream import Message


def build(
    connections: Connections,
    session: Session,
    request: BuildRequest,
    report: Report,
    cancel: CancelToken,
    platform: str,
) -> str:
    """Build and return the image's id. Raises as `builder.build`."""
    cancel.check()
    with host_errors(connections.address):
        path = f"/v{connections.api_version()}/session"
        wire, received = dial_upgraded(connections.address, path, session.headers())
    try:
        server = session.serve(SocketTransport(wire, received))
        try:
            answer = _Answer(report)
            batches = connections.stream("/build", cancel, query=_query(session, request, platform))
            with closing(batches):
                for batch in batches:
                    answer.feed(batch)
            if answer.error:
                raise report.failure(answer.error, None, server.failure)
            return report.image_id(answer.exported)
        finally:
            server.close()
    finally:
        wire.close()


class _Answer:
    """The messages of the answer: the trace, the image's id, and the error that ended the build."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self.exported: dict[str, str] = {}
        self.error = ""

    def feed(self, batch: Iterable[Message]) -> None:
        for message in batch:
            kind, details = message.get("id"), message.get("aux")
            if kind == "moby.buildkit.trace" and isinstance(details, str):
                with suppress(binascii.Error, DecodeError):
                    self._report.feed(StatusResponse.FromString(base64.b64decode(details)))
            elif kind == "moby.image.id" and isinstance(details, dict):
                self.exported = {"containerimage.digest": str(details.get("ID"))}
            elif message.get("error"):
                self.error = str(message["error"])


def _query(session: Session, request: BuildRequest, platform: str) -> Mapping[str, str]:
    query = {
        "version": "2",
        "session": session.identity,
        "buildid": session.identity,
        "remote": "client-session",
        "dockerfile": dockerfile_name(request.context),
        "networkmode": "default",
        "nocache": "1" if request.no_cache else "0",
    }
    if request.build_args:
        query["buildargs"] = json.dumps(request.build_args)
    if platform:
        query["platform"] = platform
    return query
