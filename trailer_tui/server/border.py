"""The border of the application: nobody passes without an identity, nothing unexpected leaves unmarked."""

from __future__ import annotations

import logging
import secrets
import time
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from trailer_tui.model.errors import InvalidInput, TrailerError
from trailer_tui.model.stored_file import too_large
from trailer_tui.server.peer import Doorkeeper
from trailer_tui.server.problems import problem_response
from trailer_tui.server.running import Running

MAX_BODY_BYTES = 8_000_000
"""Far beyond the largest form; a body is read into memory whole."""

_log = logging.getLogger(__name__)


class StreamCut(Exception):
    """Raised by a stream that must not look complete: the connection is closed in the middle of the answer."""


class Border:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, running: Running, doorkeeper: Doorkeeper) -> None:
        self._app = app
        self._running = running
        self._doorkeeper = doorkeeper

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        self._running.requests += 1
        try:
            await self._answer(scope, receive, send)
        finally:
            self._running.requests -= 1
            self._running.last_active = time.monotonic()

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watched_send(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            scope["state"]["actor"] = await self._doorkeeper.admit(scope["state"]["peer"])
            _refuse_large_body(scope)
            await self._app(scope, _bounded(receive), watched_send)
        except StreamCut:
            return
        except TrailerError as error:
            if started:
                _log.warning("%s %s ended early: %s", scope["method"], scope["path"], error.cause)
                return
            await problem_response(error.to_problem())(scope, receive, send)
        except Exception:
            problem = _unexpected(scope, self._running.options.log_file)
            if not started:
                await problem_response(problem.to_problem())(scope, receive, send)


def _refuse_large_body(scope: Scope) -> None:
    length = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    if int(length) > MAX_BODY_BYTES:  # the HTTP parser has checked that it is a number
        if scope["path"].endswith("/files/upload"):
            raise too_large(int(length))
        raise InvalidInput(f"the request's body has {int(length)} bytes, at most {MAX_BODY_BYTES} are read")


def _bounded(receive: Receive) -> Receive:
    """`receive` that ends a body of unannounced length once it is too large."""
    received = 0

    async def counting() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > MAX_BODY_BYTES:
            # The one kind of exception that FastAPI does not take for a defect of the body.
            raise HTTPException(413, f"the request's body is too large: at most {MAX_BODY_BYTES} bytes are read")
        return message

    return counting


def _unexpected(scope: Scope, log_file: Path) -> TrailerError:
    identifier = secrets.token_hex(4)
    _log.exception("problem %s in %s %s", identifier, scope["method"], scope["path"])
    return TrailerError(
        f"the server met a problem that it does not know (id {identifier})",
        hint=f"the id is in {log_file}, with what is needed for a report",
    )
