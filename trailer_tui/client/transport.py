"""How every call of the client travels: HTTP over the server's socket, errors as the exceptions that were raised."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from trailer_tui.client.http_library import httpx
from trailer_tui.model.errors import ServerUnavailable, TrailerError

TIMEOUT = httpx.Timeout(30.0, connect=5.0)
LONG_TIMEOUT = httpx.Timeout(5.0, read=None)
"""For calls that wait for a host, or act on as many records as they are given."""
STREAM_TIMEOUT = httpx.Timeout(5.0, read=60.0)
"""An idle event stream carries a heartbeat every 15 seconds; a log stream that is idle so long is asked anew."""


class Transport:
    """A connection to one server. Use as an asynchronous context manager, or call `close`."""

    def __init__(self, socket: Path) -> None:
        self.socket = socket
        self._http = httpx.AsyncClient(
            transport=httpx.AsyncHTTPTransport(uds=str(socket), limits=httpx.Limits(max_connections=20)),
            base_url="http://trailer/v1",
            timeout=TIMEOUT,
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Drop all connections."""
        await self._http.aclose()

    async def _json(self, method: str, path: str, **options: Any) -> Any:
        response = await self._request(method, path, **options)
        return response.json() if response.content else None

    async def _request(self, method: str, path: str, **options: Any) -> httpx.Response:
        with self._speaking():
            response = await self._http.request(method, path, **options)
        await raise_for_problem(response)
        return response

    async def _stream_lines(self, path: str) -> AsyncGenerator[bytes, None]:
        """The lines of an answer. Only a line feed ends one: JSON holds the other separators of Unicode as they are."""
        pieces: list[bytes] = []
        with self._speaking():
            async with self._http.stream("GET", path, timeout=STREAM_TIMEOUT) as response:
                await raise_for_problem(response)
                async for chunk in response.aiter_raw():
                    first, *rest = chunk.split(b"\n")
                    pieces.append(first)
                    for piece in rest:
                        if line := b"".join(pieces):
                            yield line
                        pieces = [piece]

    @contextmanager
    def _speaking(self) -> Iterator[None]:
        """Raise as `ServerUnavailable` that the server does not answer, or that this client was closed meanwhile."""
        hint = "`trailer doctor` looks for the cause"
        if self._http.is_closed:
            raise ServerUnavailable(f"{self.socket}: the connection was closed", hint=hint)
        try:
            yield
        except httpx.TransportError as error:
            raise ServerUnavailable(f"{self.socket}: {str(error) or type(error).__name__}", hint=hint) from error


async def raise_for_problem(response: httpx.Response) -> None:
    """Raise the error that an answer carries; its body is read then."""
    if response.is_success:
        return
    await response.aread()
    try:
        problem = response.json()
    except ValueError:
        problem = {"detail": f"HTTP {response.status_code}: {response.text[:200]}"}
    raise TrailerError.from_problem(problem)
