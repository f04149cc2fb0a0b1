"""The Dockerfile of a configuration that is not stored."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from trailer_tui.model.image import GeneratedDockerfile, ImageConfiguration
from trailer_tui.server.routes.context import Acting, TheService

router = APIRouter(tags=["dockerfile"])


class PreviewRequest(BaseModel):
    """A configuration, the host whose builder it is checked for, and the image that it is an edit of."""

    model_config = ConfigDict(extra="forbid")

    configuration: ImageConfiguration
    host_id: Annotated[int, Field(ge=1, le=2**53)] | None = None
    image_id: Annotated[int, Field(ge=1, le=2**32 - 1)] | None = None


@router.post("/dockerfile")
async def preview(actor: Acting, service: TheService, request: PreviewRequest) -> GeneratedDockerfile:
    """What a build of the configuration would use."""
    return await service.images.preview(actor, request.configuration, request.host_id, request.image_id)
