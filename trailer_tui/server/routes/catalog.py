"""What can be chosen for an image, and what choices imply."""

from __future__ import annotations

from fastapi import APIRouter

from trailer_tui.model.catalogue import Catalogue
from trailer_tui.model.prefill import Prefill, PrefillRequest
from trailer_tui.server.routes.context import TheService

router = APIRouter(tags=["catalogue"])


@router.get("/catalog", response_model_exclude_defaults=True)
async def catalogue(service: TheService) -> Catalogue:
    """Systems, desktops, applications, keyboards, languages, Windows; `problems` names broken files of the server's."""
    return await service.catalogue.look()


@router.post("/prefill")
async def prefill(service: TheService, request: PrefillRequest) -> Prefill:
    """Values for fields of the image form that follow from what was chosen; none for a field that was edited."""
    return await service.prefill(request)
