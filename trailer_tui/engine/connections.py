"""The connections to one host: a shared client for short calls, and one of its own for every long stream."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast

import requests

from trailer_tui.engine.cancel import Cancelled, CancelToken
from trailer_tui.engine.client import EngineClient
from trailer_tui.engine.errors import Refused, host_errors, message_of, no_docker, refusal, unreachable
from trailer_tui.engine.message_stream import Message, body_pieces, messages
from trailer_tui.engine.podman import is_podman
from trailer_tui.engine.wire import HostAddress
from trailer_tui.model.errors import HostUnreachable, TrailerError

PROBE_SECONDS = 4.0
"""How long a host may take for one answer of a probe."""

CALL_SECONDS = 120.0
"""How long a host may take for one short call; removing a large image takes a while."""

_LAST_WORD_SECONDS = 3.0
"""How long a cancelled stream may take for its last words."""

# Every supported engine answers the unversioned paths; this stands in until it has said its own version.
_UNKNOWN_VERSION = "1.41"


class Connections:
    """All connections to one host. Safe from any thread."""

    def __init__(self, address: HostAddress) -> None:
        self.address = address
        self._lock = threading.Lock()
        self._shared: EngineClient | None = None
        self._api_version: str | None = None
        self._is_podman = False

    def probing(self) -> EngineClient:
        """A new client with a short timeout, to be closed by the caller; its calls carry no known API version."""
        return EngineClient(self.address, api_version=_UNKNOWN_VERSION, timeout=PROBE_SECONDS)

    def ask_version(self, client: EngineClient) -> dict[str, Any]:
        """The host's answer to `/version`; the API version in it is used from now on.

        Raises:
            HostUnreachable: the host does not answer, or its answer is none of a Docker engine.
        """
        try:
            with self.errors(client):
                answer: object = client.version(api_version=False)
        except Refused as refused:
            raise no_docker(self.address, refused.cause) from refused
        if not isinstance(answer, dict) or not isinstance(answer.get("ApiVersion"), str):
            raise no_docker(self.address, "it names no API version")
        version: str = answer["ApiVersion"]
        client.use_api_version(version)
        with self._lock:
            changed, self._api_version = version != self._api_version, version
            self._is_podman = is_podman(answer)
            stale = self._shared if changed else None
            if changed:
                self._shared = None
        if stale:
            stale.close()
        return answer

    def api_version(self) -> str:
        """The engine's API version, asked once.

        Raises:
            HostUnreachable: the host does not answer.
        """
        with self._lock:
            known = self._api_version
        return known or str(self.version()["ApiVersion"])

    def podman(self) -> bool:
        """Whether the engine is Podman, asked once. Raises as `api_version`."""
        self.api_version()
        return self._is_podman

    def version(self) -> dict[str, Any]:
        """The host's answer to `/version`, asked now. Raises as `ask_version`."""
        client = self.probing()
        try:
            return self.ask_version(client)
        finally:
            client.close()
            client.line.close()

    @contextmanager
    def call(self, doing: str = "") -> Iterator[EngineClient]:
        """The shared client for a short call; errors inside become Trailer's. `doing` names the call for messages."""
        version = self.api_version()
        with self._lock:
            if self._shared is None:
                self._shared = EngineClient(self.address, api_version=version, timeout=CALL_SECONDS)
            client = self._shared
        with self.errors(client, doing):
            yield client

    @contextmanager
    def long_call(self, cancel: CancelToken, doing: str = "") -> Iterator[EngineClient]:
        """A client of its own for calls without a time limit, whose connection a cancel closes.

        Raises:
            Cancelled: the token was cancelled; the engine has been told by the connection's end.
        """
        client = EngineClient(self.address, api_version=self.api_version(), timeout=None)
        try:
            with cancel.closing(client.line.hang_up), self.errors(client, doing):
                yield client
        except (TrailerError, OSError):
            if cancel.cancelled:
                raise Cancelled from None
            raise
        finally:
            client.close()
            client.line.close()

    @contextmanager
    def errors(self, client: EngineClient, doing: str = "") -> Iterator[None]:
        """Turn the errors of the client's calls inside the block into Trailer's."""
        try:
            with host_errors(self.address, doing=doing):
                yield
        except HostUnreachable:
            # What ssh printed says more than the connection that it dropped.
            failure = client.line.failure()
            if failure:
                raise unreachable(self.address, failure) from failure
            raise

    def stream(
        self,
        path: str,
        cancel: CancelToken,
        *,
        query: Mapping[str, str],
        headers: Mapping[str, str] | None = None,
        body: Iterable[bytes] | None = None,
    ) -> Generator[list[Message], None, None]:
        """`POST path` on a connection of its own: batches of progress messages, without a time limit.

        Cancelling ends the request's work on the host and then raises `Cancelled` here. Close the iterator when it
        is not read to its end.

        Raises:
            Refused: the engine answered with an HTTP error.
            HostUnreachable: the host did not answer, or the connection was cut.
            Cancelled: the token was cancelled; not confirmed when the host had no last word for too long.
        """
        version = self.api_version()
        client = EngineClient(self.address, api_version=version, timeout=None)
        unheard = threading.Event()

        def give_up() -> None:
            unheard.set()
            client.line.hang_up()

        last_word = threading.Timer(_LAST_WORD_SECONDS, give_up)
        last_word.daemon = True

        def end_work() -> None:
            client.line.half_close()
            last_word.start()

        try:
            with cancel.closing(end_work):
                response = self._open(client, path, query, headers or {}, body)
                batches = messages(body_pieces(cast(http.client.HTTPResponse, response.raw._fp)))
                while batch := self._next(batches, client):
                    yield batch
        except (TrailerError, OSError):
            if cancel.cancelled:
                raise Cancelled(confirmed=not unheard.is_set()) from None
            raise
        finally:
            last_word.cancel()
            client.close()
            client.line.close()
        if cancel.cancelled:
            raise Cancelled(confirmed=not unheard.is_set())

    def close(self) -> None:
        """Drop the shared client; a later call makes another."""
        with self._lock:
            client, self._shared = self._shared, None
        if client:
            # Another thread may be in the middle of a call: its socket is shut down here and closed there.
            client.line.hang_up()
            client.close()

    def _open(
        self,
        client: EngineClient,
        path: str,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        body: Iterable[bytes] | None,
    ) -> requests.Response:
        with self.errors(client):
            response = client.post_stream(path, query=query, headers=headers, body=body)
            if response.status_code >= 400:
                raise refusal(response.status_code, message_of(response.content))
        return response

    def _next(self, batches: Iterator[list[Message]], client: EngineClient) -> list[Message] | None:
        with self.errors(client):
            return next(batches, None)
