"""Building with BuildKit: our session in a tunnel of the connection, the build and its trace beside it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from google.protobuf.message import DecodeError

from trailer_tui.engine.buildkit import session_build
from trailer_tui.engine.buildkit.dial import NotUpgraded, dial_upgraded
from trailer_tui.engine.buildkit.frontend import attributes
from trailer_tui.engine.buildkit.grpc import Server, call
from trailer_tui.engine.buildkit.http2 import Connection
from trailer_tui.engine.buildkit.report import Report
from trailer_tui.engine.buildkit.route import Route
from trailer_tui.engine.buildkit.session import Session
from trailer_tui.engine.buildkit.solve import CONTROL, Solve, SolveFailed
from trailer_tui.engine.buildkit.stream import ConnectionLost, StreamReset
from trailer_tui.engine.buildkit.transport import SocketTransport
from trailer_tui.engine.buildkit.tunnel import Tunnel
from trailer_tui.engine.cancel import Cancelled, CancelToken
from trailer_tui.engine.connections import Connections
from trailer_tui.engine.errors import host_errors, unreachable
from trailer_tui.engine.events import Emit
from trailer_tui.engine.interface import BuildRequest
from trailer_tui.engine.wire import Wire, dial
from trailer_tui.model.errors import EngineError

SILENCE_SECONDS = 30.0
"""Without a sign of life for so long, the host counts as gone; a step that prints nothing is no silence."""

_LAST_WORD_SECONDS = 3.0
"""How long a cancelled build may take to say that it has ended."""


def build(
    connections: Connections,
    route: Route,
    request: BuildRequest,
    emit: Emit,
    cancel: CancelToken,
    *,
    platform: str = "",
) -> str:
    """Build on the host and return the image's id. The result has no reference.

    Raises:
        BuildFailed: a step failed, the engine cannot read the Dockerfile, or a file of the context cannot be sent.
        Cancelled: the token was cancelled; not confirmed when the engine did not say that the build has ended.
        HostUnreachable: the host did not answer, or the connection was cut.
        EngineError: what the engine says of the build cannot be read.
    """
    report = Report(request.context.dockerfile, emit)
    session = Session.of(request, report.sent, report.remark)
    if route is Route.SESSION:
        return session_build.build(connections, session, request, report, cancel, platform)
    cancel.check()
    ending = _Ending()
    with _errors(connections, cancel, ending), _connected(connections, route, cancel, ending) as connection:
        server = session.serve(Tunnel(call(connection, f"{CONTROL}/Session", session.headers())))
        try:
            solve = ending.solve = Solve(connection, session.identity, attributes(request, platform))
            return _follow(solve, report, server, cancel)
        finally:
            server.close()


def _follow(solve: Solve, report: Report, server: Server, cancel: CancelToken) -> str:
    """Report the build to its end; returns the image's id."""
    for response in solve.trace():
        report.feed(response)
    try:
        exported = solve.result()
    except SolveFailed as failed:
        cancel.check()
        raise report.failure(failed.message, failed.line, server.failure) from failed
    cancel.check()
    return report.image_id(exported)


class _Ending:
    """Ends the work when the token is cancelled: by a word to the engine, and by hanging up when that does not help."""

    def __init__(self) -> None:
        self.wire: Wire | None = None
        self.solve: Solve | None = None
        self._patience = threading.Timer(_LAST_WORD_SECONDS, self._hang_up)
        self._patience.daemon = True

    def begin(self) -> None:
        """Called by whoever cancels; never waits."""
        if self.solve is None:
            self._hang_up()
            return
        self.solve.cancel()
        self._patience.start()

    def done(self) -> None:
        """The connection is about to be closed."""
        self._patience.cancel()

    @property
    def confirmed(self) -> bool:
        """Whether nothing can be running on the host any more as far as the engine says."""
        return self.solve is None or self.solve.traced_to_end

    def _hang_up(self) -> None:
        if self.wire is not None:
            self.wire.hang_up()


@contextmanager
def _connected(connections: Connections, route: Route, cancel: CancelToken, ending: _Ending) -> Iterator[Connection]:
    """A connection of the build's own, closed at the end."""
    wire, received = _dial(connections, route)
    try:
        ending.wire = wire
        connection = Connection(
            SocketTransport(wire, received), client=True, name="build connection", silence=SILENCE_SECONDS
        )
        try:
            with cancel.closing(ending.begin):
                yield connection
        finally:
            ending.done()
            connection.close()
    except ConnectionLost as lost:
        # What ssh printed says more than the connection that it dropped.
        failure = wire.failure()
        if failure:
            raise failure from lost
        raise
    finally:
        wire.close()


def _dial(connections: Connections, route: Route) -> tuple[Wire, bytes]:
    with host_errors(connections.address):
        if route is Route.H2C:
            return dial(connections.address), b""
        try:
            return dial_upgraded(connections.address, f"/v{connections.api_version()}/grpc")
        except NotUpgraded as refused:
            raise EngineError(
                f"The engine has no BuildKit any more (it answered with {refused})", hint="check the host"
            ) from refused


@contextmanager
def _errors(connections: Connections, cancel: CancelToken, ending: _Ending) -> Iterator[None]:
    """Turn the errors of the connection into Trailer's, and all of them into `Cancelled` after a cancel."""
    try:
        yield
    except (ConnectionLost, StreamReset, OSError, EngineError, DecodeError) as error:
        if cancel.cancelled:
            raise Cancelled(confirmed=ending.confirmed) from None
        if isinstance(error, EngineError):
            raise
        if isinstance(error, DecodeError):
            raise EngineError(
                f"{connections.address.text}: what the engine says of the build cannot be read ({error})",
                hint="check what answers at the host's address; its classic builder may still work",
            ) from error
        raise unreachable(connections.address, _reason(error)) from error


def _reason(error: Exception) -> OSError:
    """The system's error, or the connection's own words where the system had none."""
    for found in (error, error.__cause__):
        if isinstance(found, OSError):
            return found
    return ConnectionError(str(error))
