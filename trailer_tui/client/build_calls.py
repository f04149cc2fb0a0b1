"""The calls about builds: history, queue, one build, its steps and its log."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from trailer_tui.client.http_library import httpx
from trailer_tui.client.transport import STREAM_TIMEOUT, Transport, raise_for_problem

if TYPE_CHECKING:
    from trailer_tui.model.build import Build, BuildSummary, Step
    from trailer_tui.model.resolved import BuildPackages, ResolvedEnvironment


class _StreamIdle(Exception):
    """Nothing came for the read timeout."""


class BuildCalls(Transport):
    """Part of `TrailerClient`."""

    async def builds(self, image_id: int, *, limit: int = 50, before: int | None = None) -> list[BuildSummary]:
        """GET /images/{id}/builds: newest first; `before` is a build number to page on from."""
        from trailer_tui.model.build import BuildSummary

        params: dict[str, Any] = {"limit": limit} | ({"before": before} if before is not None else {})
        data = await self._json("GET", f"/images/{image_id}/builds", params=params)
        return [BuildSummary.model_validate(item) for item in data]

    async def resolved(self, image_id: int) -> list[ResolvedEnvironment]:
        """GET /images/{id}/resolved: the exact packages of its environments, as its last build resolved them.

        Empty when there is no such build; that of environments which were edited since may still be in it.
        """
        from trailer_tui.model.resolved import ResolvedEnvironment

        data = await self._json("GET", f"/images/{image_id}/resolved")
        return [ResolvedEnvironment.model_validate(item) for item in data]

    async def packages(self, image_id: int, *, number: int | None = None) -> BuildPackages:
        """GET /images/{id}/packages?number=: those of the build of that number, or of the newest that has any.

        Raises:
            NotFound: there is no such build, or its packages are not known.
        """
        from trailer_tui.model.resolved import BuildPackages

        params = {} if number is None else {"number": number}
        return BuildPackages.model_validate(await self._json("GET", f"/images/{image_id}/packages", params=params))

    async def active_builds(self) -> list[BuildSummary]:
        """GET /builds/active: running first, then the queue in its order."""
        from trailer_tui.model.build import BuildSummary

        return [BuildSummary.model_validate(item) for item in await self._json("GET", "/builds/active")]

    async def build(self, build_id: int) -> Build:
        """GET /builds/{id}: configuration, Dockerfile, steps, failure."""
        from trailer_tui.model.build import Build

        return Build.model_validate(await self._json("GET", f"/builds/{build_id}"))

    async def move_build(self, build_id: int, host_id: int) -> BuildSummary:
        """POST /builds/{id}/move: a queued build, and the record it belongs to, go to another host.

        Raises:
            NotApplicable: it is not queued any more, or the host cannot take it; says why.
        """
        from trailer_tui.model.build import BuildSummary

        answer = await self._json("POST", f"/builds/{build_id}/move", json={"host_id": host_id})
        return BuildSummary.model_validate(answer)

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
            async with self._http.stream("GET", path, params=params, timeout=STREAM_TIMEOUT) as response:
                await raise_for_problem(response)
                try:
                    async for chunk in response.aiter_raw():
                        yield chunk
                except httpx.ReadTimeout:
                    raise _StreamIdle from None
