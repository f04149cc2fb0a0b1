"""Build secrets: names out, values in, and no route by which a value comes back."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.requests import ClientDisconnect

from trailer_tui.model.errors import InvalidInput
from trailer_tui.model.secret import SecretInfo, SecretName
from trailer_tui.server.routes.context import Acting, Flag, TheService

router = APIRouter(prefix="/secrets", tags=["secrets"])

Name = Annotated[SecretName, Path()]

_VALUE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The value, byte for byte",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary", "minLength": 1}}},
    }
}


@router.get("")
async def every(actor: Acting, service: TheService) -> list[SecretInfo]:
    """The caller's secrets by name; an administrator gets everybody's. Values are never given."""
    return await service.secrets.all(actor)


@router.put("/{name}", openapi_extra=_VALUE)
async def put(actor: Acting, service: TheService, name: Name, request: Request) -> SecretInfo:
    """Store a secret of the caller's own, in place of an earlier one of that name."""
    try:
        value = await request.body()
    except ClientDisconnect:
        raise InvalidInput("the value did not arrive whole: nothing was stored") from None
    return await service.secrets.put(actor, name, value)


@router.delete("/{name}", status_code=204)
async def delete(
    actor: Acting,
    service: TheService,
    name: Name,
    owner: Annotated[str | None, Query(max_length=256)] = None,
    force: Flag = False,
) -> None:
    """Forget a secret; with `force` also one that images name. Administrators may name another `owner`."""
    await service.secrets.delete(actor, name, owner=owner, force=force)
