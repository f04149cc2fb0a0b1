"""Every call of the HTTP interface as a typed method. This file and the `*_calls` beside it are the interface's index.

Paths are under `/v1`. Errors come back as problem details and are raised as `model.errors`. Calls that answer with
pydantic models import them on first use, so that the images table can show rows before pydantic is loaded.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from trailer_tui.client.build_calls import BuildCalls
from trailer_tui.client.catalogue_calls import CatalogueCalls
from trailer_tui.client.file_calls import FileCalls
from trailer_tui.client.host_calls import HostCalls
from trailer_tui.client.secret_calls import SecretCalls
from trailer_tui.client.transport import LONG_TIMEOUT
from trailer_tui.model.actions import ImageAction
from trailer_tui.model.rows import ImageOrder, ImageQuery, ImageRow

if TYPE_CHECKING:
    from trailer_tui.model.events import Event
    from trailer_tui.model.image import (
        BatchOutcome,
        GeneratedDockerfile,
        ImageConfiguration,
        ImageDraft,
        ImageRecord,
    )
    from trailer_tui.model.server import Finding, ServerInfo


class TrailerClient(BuildCalls, CatalogueCalls, FileCalls, HostCalls, SecretCalls):
    """A connection to one server. Use as an asynchronous context manager, or call `close`."""

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

    async def find_images(self, name: str, *, templates: bool = False) -> list[ImageRow]:
        """GET /images/find: images, or templates, of that name or numeric id, the caller's own first."""
        params = {"name": name, "templates": templates}
        return [ImageRow.from_json(item) for item in await self._json("GET", "/images/find", params=params)]

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
        self, image_id: int, draft: ImageDraft, *, revision: int, build: bool = False, resolve_again: bool = False
    ) -> ImageRecord:
        """PUT /images/{id}?revision=&build=&resolve_again=. `EditConflict` carries the stored record in `current`.

        With `resolve_again` the build solves its environments anew.
        """
        from trailer_tui.model.image import ImageRecord

        params = {"revision": revision, "build": build, "resolve_again": resolve_again}
        body = draft.model_dump(mode="json")
        return ImageRecord.model_validate(await self._json("PUT", f"/images/{image_id}", json=body, params=params))

    async def delete_image(self, image_id: int, *, remove_docker_image: bool = False) -> None:
        """DELETE /images/{id}?remove_docker_image=."""
        params = {"remove_docker_image": remove_docker_image}
        await self._json("DELETE", f"/images/{image_id}", params=params, timeout=LONG_TIMEOUT)

    async def act(self, image_id: int, action: ImageAction) -> ImageRow:
        """POST /images/{id}/{action}: act at once, but for delete; answers with the row as it is now."""
        return ImageRow.from_json(await self._json("POST", f"/images/{image_id}/{action.value}"))

    async def batch(
        self, action: ImageAction, ids: Iterable[int], *, plan: bool = False, remove_docker_image: bool = False
    ) -> BatchOutcome:
        """POST /images/batch: act on many; `plan` only tells what would be done and skipped."""
        from trailer_tui.model.image import BatchOutcome

        body = {"action": action.value, "ids": list(ids), "plan": plan, "remove_docker_image": remove_docker_image}
        answer = await self._json("POST", "/images/batch", json=body, timeout=LONG_TIMEOUT)
        return BatchOutcome.model_validate(answer)

    async def image_dockerfile(self, image_id: int) -> GeneratedDockerfile:
        """GET /images/{id}/dockerfile: what a build of the record would use now."""
        from trailer_tui.model.image import GeneratedDockerfile

        return GeneratedDockerfile.model_validate(await self._json("GET", f"/images/{image_id}/dockerfile"))

    async def preview_dockerfile(
        self, configuration: ImageConfiguration, *, host_id: int | None = None, image_id: int | None = None
    ) -> GeneratedDockerfile:
        """POST /dockerfile: what a build of this configuration would use, checked for the host's builder.

        With `image_id` as an edit of that image, whose last build says which exact packages are taken again.
        """
        from trailer_tui.model.image import GeneratedDockerfile

        body = {"configuration": configuration.model_dump(mode="json"), "host_id": host_id, "image_id": image_id}
        return GeneratedDockerfile.model_validate(await self._json("POST", "/dockerfile", json=body))


def _query_params(query: ImageQuery) -> dict[str, Any]:
    return {
        "text": query.text,
        "sort": query.sort.value,
        "descending": query.descending,
        "status": [status.value for status in query.statuses],
        "templates": query.templates,
    }
