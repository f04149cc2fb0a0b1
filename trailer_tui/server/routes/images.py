"""Image records: lists, one record, actions on one and on many."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from trailer_tui.model.actions import ImageAction
from trailer_tui.model.errors import FieldProblem, InvalidInput
from trailer_tui.model.image import BatchOutcome, GeneratedDockerfile, ImageDraft, ImageRecord
from trailer_tui.model.rows import ImageQuery, ImageRow, ImageSort
from trailer_tui.model.status import ImageStatus
from trailer_tui.server.routes.context import Acting, Flag, ImageId, TheService

MAX_ROWS = 500
MAX_SEARCH_CHARACTERS = 1000
MAX_BATCH = 200_000

router = APIRouter(prefix="/images", tags=["images"])


_ActionNow = Literal["build", "cancel", "push", "enable", "disable", "resolve_again"]


class BatchRequest(BaseModel):
    """One action on many records."""

    model_config = ConfigDict(extra="forbid")

    action: ImageAction
    ids: list[Annotated[int, Field(ge=1, le=2**32 - 1)]] = Field(max_length=MAX_BATCH)
    plan: bool = False
    """Only tell what would be done and skipped."""
    remove_docker_image: bool = False


@router.get(
    "/order",
    response_class=Response,
    responses={
        200: {
            "description": "Ids in display order, little-endian unsigned 32-bit",
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
            "headers": {"X-Trailer-Total": {"description": "Records in all", "schema": {"type": "integer"}}},
        }
    },
)
async def order(
    actor: Acting,
    service: TheService,
    text: Annotated[str, Query(max_length=MAX_SEARCH_CHARACTERS)] = "",
    sort: ImageSort = ImageSort.UPDATED,
    descending: Flag = True,
    status: Annotated[list[ImageStatus] | None, Query()] = None,
    templates: Flag = False,
) -> Response:
    """The ids of the records that match, in display order."""
    query = ImageQuery(text, sort, descending, tuple(status or ()), templates)
    ids, total = await service.images.order(actor, query)
    return Response(ids, media_type="application/octet-stream", headers={"X-Trailer-Total": str(total)})


@router.get("/rows")
async def rows(actor: Acting, service: TheService, ids: str = "") -> list[ImageRow]:
    """Rows of the table by id, in the order asked; those that are gone are left out."""
    return await service.images.rows(actor, _numbers(ids))


@router.get("/find")
async def find(
    actor: Acting,
    service: TheService,
    name: Annotated[str, Query(max_length=MAX_SEARCH_CHARACTERS)],
    templates: Flag = False,
) -> list[ImageRow]:
    """Images, or templates, of that name or number, the caller's own first."""
    return await service.images.find(actor, name, templates=templates)


@router.post("/batch")
async def batch(actor: Acting, service: TheService, request: BatchRequest) -> BatchOutcome:
    """Act on many records; those that the action does not apply to are listed with the reason."""
    return await service.images.batch(
        actor, request.action, request.ids, plan=request.plan, remove_docker_image=request.remove_docker_image
    )


@router.post("", status_code=201)
async def create(actor: Acting, service: TheService, draft: ImageDraft, build: Flag = True) -> ImageRecord:
    """Make a record; with `build` its first build is queued at once."""
    return await service.images.create(actor, draft, build=build)


@router.get("/{image_id}")
async def get(actor: Acting, service: TheService, image_id: ImageId) -> ImageRecord:
    """One record."""
    return await service.images.get(actor, image_id)


@router.put("/{image_id}")
async def update(
    actor: Acting,
    service: TheService,
    image_id: ImageId,
    draft: ImageDraft,
    revision: Annotated[int, Query(ge=0, le=2**53)],
    build: Flag = False,
    resolve_again: Flag = False,
) -> ImageRecord:
    """Save an edit that started from `revision`; a conflict carries the record as it is stored now.

    With `build` a build is queued too, and with `resolve_again` it solves its environments anew.
    """
    return await service.images.update(
        actor, image_id, draft, revision=revision, build=build, resolve_again=resolve_again
    )


@router.delete("/{image_id}", status_code=204)
async def delete(actor: Acting, service: TheService, image_id: ImageId, remove_docker_image: Flag = False) -> None:
    """Delete a record with its builds, and on demand its image on the host."""
    await service.images.delete(actor, image_id, remove_docker_image=remove_docker_image)


@router.get("/{image_id}/dockerfile")
async def dockerfile(actor: Acting, service: TheService, image_id: ImageId) -> GeneratedDockerfile:
    """The Dockerfile that a build of the record would use now."""
    return await service.images.dockerfile(actor, image_id)


@router.post("/{image_id}/{action}")
async def act(actor: Acting, service: TheService, image_id: ImageId, action: _ActionNow) -> ImageRow:
    """Act on one record at once."""
    return await service.images.act(actor, image_id, ImageAction(action))


def _numbers(text: str) -> list[int]:
    """The ids of `1,2,3`. Raises `InvalidInput`."""
    try:
        ids = [int(part) for part in text.split(",")] if text else []
    except ValueError:
        problem = FieldProblem("ids", "", "is no list of numbers", "write ids=1,2,3")
        raise InvalidInput(problem.sentence(), fields=(problem,)) from None
    if len(ids) > MAX_ROWS:
        problem = FieldProblem("ids", str(len(ids)), "are too many", f"ask for at most {MAX_ROWS}")
        raise InvalidInput(problem.sentence(), fields=(problem,))
    return [number for number in ids if 0 < number < 2**32]
