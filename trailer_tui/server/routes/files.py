"""The archive of files: records, uploads in and contents out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.requests import ClientDisconnect
from starlette.responses import StreamingResponse

from trailer_tui.model.errors import InvalidInput
from trailer_tui.model.image import Description
from trailer_tui.model.stored_file import MAX_FILE_BYTES, FileDraft, FileName, FileRecord, UrlFileDraft, too_large
from trailer_tui.server.routes.context import Acting, TheService

router = APIRouter(prefix="/files", tags=["files"])

FileId = Annotated[int, Path(ge=1, le=2**53)]

_CHUNK = 64 * 1024

_BINARY = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
_CONTENT: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": f"The content, byte for byte; at most {MAX_FILE_BYTES} bytes",
        "content": _BINARY,
    }
}


@router.get("")
async def every(actor: Acting, service: TheService) -> list[FileRecord]:
    """The caller's files by name; an administrator gets everybody's."""
    return await service.files.all(actor)


@router.post("/upload", status_code=201, openapi_extra=_CONTENT)
async def upload(
    actor: Acting,
    service: TheService,
    name: Annotated[FileName, Query()],
    request: Request,
    description: Annotated[Description, Query()] = "",
) -> FileRecord:
    """Store a content under a new name of the caller's."""
    draft = FileDraft(name=name, description=description)
    return await service.files.upload(actor, draft, await _content(request))


@router.post("/url", status_code=201)
async def add_url(actor: Acting, service: TheService, draft: UrlFileDraft) -> FileRecord:
    """Store an address, which every build fetches, under a new name of the caller's."""
    return await service.files.add_url(actor, draft)


@router.get("/{file_id}")
async def get(actor: Acting, service: TheService, file_id: FileId) -> FileRecord:
    """One file."""
    return await service.files.get(actor, file_id)


@router.put("/{file_id}")
async def update(actor: Acting, service: TheService, file_id: FileId, draft: FileDraft) -> FileRecord:
    """Store another name or description; a file that images use keeps its name."""
    return await service.files.update(actor, file_id, draft)


@router.delete("/{file_id}", status_code=204)
async def delete(actor: Acting, service: TheService, file_id: FileId) -> None:
    """Forget a file that nothing uses."""
    await service.files.delete(actor, file_id)


@router.get(
    "/{file_id}/content",
    response_class=StreamingResponse,
    responses={200: {"description": "The content of an upload, byte for byte", "content": _BINARY}},
)
async def content(actor: Acting, service: TheService, file_id: FileId) -> StreamingResponse:
    """The content of an upload."""
    record, opened = await service.files.content(actor, file_id)
    headers = {"Content-Length": str(record.size)}
    return StreamingResponse(_chunks(opened), headers=headers, media_type="application/octet-stream")


def _chunks(opened: IO[bytes]) -> Iterator[bytes]:
    with opened:
        while chunk := opened.read(_CHUNK):
            yield chunk


async def _content(request: Request) -> bytes:
    """The body, as far as it may be stored.

    Raises:
        InvalidInput: it is too large or did not arrive whole.
    """
    announced = int(request.headers.get("content-length", "0"))
    if announced > MAX_FILE_BYTES:
        raise too_large(announced)
    received = bytearray()
    try:
        async for chunk in request.stream():
            received += chunk
            if len(received) > MAX_FILE_BYTES:
                raise too_large(None)
    except ClientDisconnect:
        raise InvalidInput("the content did not arrive whole: nothing was stored") from None
    return bytes(received)
