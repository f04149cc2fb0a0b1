"""Builds: history of an image, the queue, one build, its steps and its log."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import StreamingResponse

from trailer_tui.model.build import Build, BuildSummary, Step
from trailer_tui.model.resolved import BuildPackages, ResolvedEnvironment
from trailer_tui.server.border import StreamCut
from trailer_tui.server.routes.context import Acting, BuildId, Flag, ImageId, TheServer, TheService
from trailer_tui.server.until import until

router = APIRouter(tags=["builds"])


class MoveRequest(BaseModel):
    """Where a queued build is to go."""

    model_config = ConfigDict(extra="forbid")

    host_id: int = Field(ge=1, le=2**53)


@router.get("/images/{image_id}/builds")
async def for_image(
    actor: Acting,
    service: TheService,
    image_id: ImageId,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    before: Annotated[int | None, Query(ge=1, le=2**53)] = None,
) -> list[BuildSummary]:
    """The builds of one image, newest first; `before` is a build number to page on from."""
    return await service.builds.for_image(actor, image_id, limit, before)


@router.get("/images/{image_id}/resolved")
async def resolved(actor: Acting, service: TheService, image_id: ImageId) -> list[ResolvedEnvironment]:
    """The exact packages of the image's environments, as its last build that has any resolved them."""
    return await service.builds.resolved(actor, image_id)


@router.get("/images/{image_id}/packages")
async def packages(
    actor: Acting,
    service: TheService,
    image_id: ImageId,
    number: Annotated[int | None, Query(ge=1, le=2**53)] = None,
) -> BuildPackages:
    """The exact packages of the build of that number, or of the newest whose packages are known."""
    return await service.builds.packages(actor, image_id, number)


@router.get("/builds/active")
async def active(actor: Acting, service: TheService) -> list[BuildSummary]:
    """Running builds, then the queue in its order."""
    return await service.builds.active(actor)


@router.get("/builds/{build_id}")
async def get(actor: Acting, service: TheService, build_id: BuildId) -> Build:
    """One build with its configuration, Dockerfile, steps and failure."""
    return await service.builds.get(actor, build_id)


@router.post("/builds/{build_id}/move")
async def move(actor: Acting, service: TheService, build_id: BuildId, request: MoveRequest) -> BuildSummary:
    """Send a queued build, and the record it belongs to, to another host."""
    return await service.builds.move(actor, build_id, request.host_id)


@router.get("/builds/{build_id}/steps")
async def steps(actor: Acting, service: TheService, build_id: BuildId) -> list[Step]:
    """The steps of one build in order of start."""
    return await service.builds.steps(actor, build_id)


@router.get(
    "/builds/{build_id}/log",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "The log's bytes from `offset`; a stream that was cut short lacks its last chunk",
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def log(
    actor: Acting,
    server: TheServer,
    build_id: BuildId,
    offset: Annotated[int, Query(ge=0, le=2**53)] = 0,
    follow: Flag = False,
) -> StreamingResponse:
    """The log from a byte offset; with `follow` until the build has ended."""
    chunks = await server.service.builds.log(actor, build_id, offset=offset, follow=follow)
    return StreamingResponse(_until_stop(chunks, server.stopping), media_type="application/octet-stream")


async def _until_stop(chunks: AsyncIterator[bytes], stopping: asyncio.Event) -> AsyncIterator[bytes]:
    """`chunks`, cut visibly when the server stops before they end."""
    async with aclosing(until(chunks, stopping)) as live:
        async for chunk in live:
            yield chunk
    if stopping.is_set():
        raise StreamCut
