"""Every call of the HTTP interface as a typed method. This file is the interface's index.

Paths are under `/v1`. Errors come back as problem details and are raised as `model.errors`. Calls that answer with
pydantic models import them on first use, so that the images table can show rows before pydantic is loaded.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from trailer_tui.model.actions import ImageAction
from trailer_tui.model.errors import ServerUnavailable, TrailerError
from trailer_tui.model.rows import ImageOrder, ImageQuery, ImageRow

if TYPE_CHECKING:
    from trailer_tui.model.build import Build, BuildSummary, Step
    from trailer_tui.model.events import Event
    from trailer_tui.model.host import Host, HostDraft
    from trailer_tui.model.image import (
        BatchOutcome,
        GeneratedDockerfile,
        ImageConfiguration,
        ImageDraft,
        ImageRecord,
    )
    from trailer_tui.model.server import Finding, ServerInfo

_TIMEOUT = httpx.Timeout(30.0, connect=5.0)
_LONG_TIMEOUT = httpx.Timeout(5.0, read=None)
"""A batch acts on as many records as it is given, and a host may take minutes to remove an image."""
_STREAM_TIMEOUT = httpx.Timeout(5.0, read=60.0)
"""An idle event stream carries a heartbeat every 15 seconds; a log stream that is idle so long is asked anew."""


class _StreamIdle(Exception):
    """Nothing came for the read timeout."""


class TrailerClient:
    """A connection to one server. Use as an asynchronous context manager, or call `close`."""

    def __init__(self, socket: Path) -> None:
        self.socket = socket
        self._http = httpx.AsyncClient(
            transport=httpx.AsyncHTTPTransport(uds=str(socket), limits=httpx.Limits(max_connections=20)),
            base_url="http://trailer/v1",
            timeout=_TIMEOUT,
            trust_env=False,
        )

    async def __aenter__(self) -> TrailerClient:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Drop all connections."""
        await self._http.aclose()

    # The server

    async def info(self) -> ServerInfo:
        """GET /server."""
        from trailer_tui.model.server import ServerInfo

        return ServerInfo.model_validate(await self._json("GET", "/server"))

    async def stop_server(self, *, now: bool = False) -> None:
        """POST /server/stop. Refused while builds run unless `now`, which interrupts them (they are requeued)."""
        await self._json("POST", "/server/stop", params={"now": now})

    async def diagnose(self) -> list[Finding]:
        """GET /diagnosis: what the server finds about its data, disk and hosts."""
        from trailer_tui.model.server import Finding

        return [Finding.model_validate(item) for item in await self._json("GET", "/diagnosis")]

    async def events(self) -> AsyncGenerator[Event, None]:
        """GET /events: newline-delimited JSON, starting with `Hello`. Ends when the server does.

        An event that this version does not know, of a newer server, comes as a `Resync`.
        """
        from pydantic import ValidationError

        from trailer_tui.model.events import EVENT_ADAPTER, Resync

        async with aclosing(self._stream_lines("/events")) as lines:
            async for line in lines:
                try:
                    event = EVENT_ADAPTER.validate_json(line)
                except ValidationError:
                    event = Resync()
                yield event

    # Images

    async def image_order(self, query: ImageQuery) -> ImageOrder:
        """GET /images/order: little-endian unsigned 32-bit ids, the count of all records in `X-Trailer-Total`."""
        response = await self._request("GET", "/images/order", params=_query_params(query))
        return ImageOrder(memoryview(response.content).cast("I"), int(response.headers["x-trailer-total"]))

    async def image_rows(self, ids: Iterable[int]) -> list[ImageRow]:
        """GET /images/rows?ids=1,2: at most 500 rows, in the order asked; ids that are gone are left out."""
        data = await self._json("GET", "/images/rows", params={"ids": ",".join(map(str, ids))})
        return [ImageRow.from_json(item) for item in data]

    async def find_images(self, name: str) -> list[ImageRow]:
        """GET /images/find: records of that name or numeric id (not templates), the caller's own first."""
        return [ImageRow.from_json(item) for item in await self._json("GET", "/images/find", params={"name": name})]

    async def image(self, image_id: int) -> ImageRecord:
        """GET /images/{id}."""
        from trailer_tui.model.image import ImageRecord

        return ImageRecord.model_validate(await self._json("GET", f"/images/{image_id}"))

    async def create_image(self, draft: ImageDraft, *, build: bool = True) -> ImageRecord:
        """POST /images?build=. A new image that is not built at once shows as Build cancelled."""
        from trailer_tui.model.image import ImageRecord

        body = draft.model_dump(mode="json")
        return ImageRecord.model_validate(await self._json("POST", "/images", json=body, params={"build": build}))

    async def update_image(
        self, image_id: int, draft: ImageDraft, *, revision: int, build: bool = False
    ) -> ImageRecord:
        """PUT /images/{id}?revision=&build=. `EditConflict` carries the stored record in `current`."""
        from trailer_tui.model.image import ImageRecord

        params = {"revision": revision, "build": build}
        body = draft.model_dump(mode="json")
        return ImageRecord.model_validate(await self._json("PUT", f"/images/{image_id}", json=body, params=params))

    async def delete_image(self, image_id: int, *, remove_docker_image: bool = False) -> None:
        """DELETE /images/{id}?remove_docker_image=."""
        params = {"remove_docker_image": remove_docker_image}
        await self._json("DELETE", f"/images/{image_id}", params=params, timeout=_LONG_TIMEOUT)

    async def act(self, image_id: int, action: ImageAction) -> ImageRow:
        """POST /images/{id}/{action}: build, cancel, enable or disable at once; answers with the row as it is now."""
        return ImageRow.from_json(await self._json("POST", f"/images/{image_id}/{action.value}"))

    async def batch(
        self, action: ImageAction, ids: Iterable[int], *, plan: bool = False, remove_docker_image: bool = False
    ) -> BatchOutcome:
        """POST /images/batch: act on many; `plan` only tells what would be done and skipped."""
        from trailer_tui.model.image import BatchOutcome

        body = {"action": action.value, "ids": list(ids), "plan": plan, "remove_docker_image": remove_docker_image}
        answer = await self._json("POST", "/images/batch", json=body, timeout=_LONG_TIMEOUT)
        return BatchOutcome.model_validate(answer)

    async def image_dockerfile(self, image_id: int) -> GeneratedDockerfile:
        """GET /images/{id}/dockerfile: what a build of the record would use now."""
        from trailer_tui.model.image import GeneratedDockerfile

        return GeneratedDockerfile.model_validate(await self._json("GET", f"/images/{image_id}/dockerfile"))

    async def preview_dockerfile(
        self, configuration: ImageConfiguration, *, host_id: int | None = None
    ) -> GeneratedDockerfile:
        """POST /dockerfile: what a build of this configuration would use, checked for the host's builder."""
        from trailer_tui.model.image import GeneratedDockerfile

        body = {"configuration": configuration.model_dump(mode="json"), "host_id": host_id}
        return GeneratedDockerfile.model_validate(await self._json("POST", "/dockerfile", json=body))

    # Builds

    async def builds(self, image_id: int, *, limit: int = 50, before: int | None = None) -> list[BuildSummary]:
        """GET /images/{id}/builds: newest first; `before` is a build number to page on from."""
        from trailer_tui.model.build import BuildSummary

        params: dict[str, Any] = {"limit": limit} | ({"before": before} if before is not None else {})
        data = await self._json("GET", f"/images/{image_id}/builds", params=params)
        return [BuildSummary.model_validate(item) for item in data]

    async def active_builds(self) -> list[BuildSummary]:
        """GET /builds/active: running first, then the queue in its order."""
        from trailer_tui.model.build import BuildSummary

        return [BuildSummary.model_validate(item) for item in await self._json("GET", "/builds/active")]

    async def build(self, build_id: int) -> Build:
        """GET /builds/{id}: configuration, Dockerfile, steps, failure."""
        from trailer_tui.model.build import Build

        return Build.model_validate(await self._json("GET", f"/builds/{build_id}"))

    async def steps(self, build_id: int) -> list[Step]:
        """GET /builds/{id}/steps."""
        from trailer_tui.model.build import Step

        return [Step.model_validate(item) for item in await self._json("GET", f"/builds/{build_id}/steps")]

    async def log(self, build_id: int, *, offset: int = 0, follow: bool = False) -> AsyncGenerator[bytes, None]:
        """GET /builds/{id}/log?offset=&follow=: the log's bytes (`model.log`) from `offset`.

        With `follow` the stream goes on until the build has ended and all its log was sent; a step may be silent for
        as long as it likes. Chunks are cut anywhere.

        Raises:
            ServerUnavailable: the server ended before the log did.
        """
        received = 0
        while True:
            try:
                async with aclosing(self._log_once(build_id, offset + received, follow)) as chunks:
                    async for chunk in chunks:
                        received += len(chunk)
                        yield chunk
            except _StreamIdle:
                continue  # the byte offset makes going on exact
            return

    async def _log_once(self, build_id: int, offset: int, follow: bool) -> AsyncGenerator[bytes, None]:
        """One request of the log. Raises `_StreamIdle` when nothing came for the read timeout."""
        params = {"offset": offset, "follow": follow}
        path = f"/builds/{build_id}/log"
        with self._speaking():
            async with self._http.stream("GET", path, params=params, timeout=_STREAM_TIMEOUT) as response:
                await _raise_for_problem(response)
                try:
                    async for chunk in response.aiter_raw():
                        yield chunk
                except httpx.ReadTimeout:
                    raise _StreamIdle from None

    # Hosts

    async def hosts(self) -> list[Host]:
        """GET /hosts."""
        from trailer_tui.model.host import Host

        return [Host.model_validate(item) for item in await self._json("GET", "/hosts")]

    async def create_host(self, draft: HostDraft) -> Host:
        """POST /hosts: the host is stored and checked at once; an unreachable one is stored as offline."""
        from trailer_tui.model.host import Host

        return Host.model_validate(await self._json("POST", "/hosts", json=draft.model_dump(mode="json")))

    async def update_host(self, host_id: int, draft: HostDraft) -> Host:
        """PUT /hosts/{id}."""
        from trailer_tui.model.host import Host

        return Host.model_validate(await self._json("PUT", f"/hosts/{host_id}", json=draft.model_dump(mode="json")))

    async def check_host(self, host_id: int) -> Host:
        """POST /hosts/{id}/check: look at the host now."""
        from trailer_tui.model.host import Host

        return Host.model_validate(await self._json("POST", f"/hosts/{host_id}/check"))

    # Transport

    async def _json(self, method: str, path: str, **options: Any) -> Any:
        response = await self._request(method, path, **options)
        return response.json() if response.content else None

    async def _request(self, method: str, path: str, **options: Any) -> httpx.Response:
        with self._speaking():
            response = await self._http.request(method, path, **options)
        await _raise_for_problem(response)
        return response

    async def _stream_lines(self, path: str) -> AsyncGenerator[bytes, None]:
        """The lines of an answer. Only a line feed ends one: JSON holds the other separators of Unicode as they are."""
        pieces: list[bytes] = []
        with self._speaking():
            async with self._http.stream("GET", path, timeout=_STREAM_TIMEOUT) as response:
                await _raise_for_problem(response)
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


def _query_params(query: ImageQuery) -> dict[str, Any]:
    return {
        "text": query.text,
        "sort": query.sort.value,
        "descending": query.descending,
        "status": [status.value for status in query.statuses],
        "templates": query.templates,
    }


async def _raise_for_problem(response: httpx.Response) -> None:
    if response.is_success:
        return
    await response.aread()
    try:
        problem = response.json()
    except ValueError:
        problem = {"detail": f"HTTP {response.status_code}: {response.text[:200]}"}
    raise TrailerError.from_problem(problem)
