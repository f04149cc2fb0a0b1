"""Calls about the archive of files."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING

from trailer_tui.client.transport import STREAM_TIMEOUT, Transport, raise_for_problem

if TYPE_CHECKING:
    from trailer_tui.model.stored_file import FileRecord


class FileCalls(Transport):
    """The part of the client that is about files."""

    async def files(self) -> list[FileRecord]:
        """GET /files: the caller's own by name; an administrator sees everybody's."""
        from trailer_tui.model.stored_file import FileRecord

        return [FileRecord.model_validate(item) for item in await self._json("GET", "/files")]

    async def file(self, file_id: int) -> FileRecord:
        """GET /files/{id}."""
        from trailer_tui.model.stored_file import FileRecord

        return FileRecord.model_validate(await self._json("GET", f"/files/{file_id}"))

    async def upload_file(self, name: str, content: bytes, *, description: str = "") -> FileRecord:
        """POST /files/upload?name=&description=: store a content under a new name of the caller's.

        Raises:
            InvalidInput: it is too large (said before anything is sent), or the name is taken or none.
        """
        from trailer_tui.model.stored_file import MAX_FILE_BYTES, FileRecord, too_large

        if len(content) > MAX_FILE_BYTES:
            raise too_large(len(content))
        params = {"name": name, "description": description}
        headers = {"Content-Type": "application/octet-stream"}
        answer = await self._json("POST", "/files/upload", params=params, content=content, headers=headers)
        return FileRecord.model_validate(answer)

    async def add_url_file(self, name: str, url: str, *, description: str = "") -> FileRecord:
        """POST /files/url: store an address, which every build fetches, under a new name of the caller's."""
        from trailer_tui.model.stored_file import FileRecord

        body = {"name": name, "url": url, "description": description}
        return FileRecord.model_validate(await self._json("POST", "/files/url", json=body))

    async def update_file(self, file_id: int, *, name: str, description: str) -> FileRecord:
        """PUT /files/{id}: store another name or description. A file that images use keeps its name."""
        from trailer_tui.model.stored_file import FileRecord

        body = {"name": name, "description": description}
        return FileRecord.model_validate(await self._json("PUT", f"/files/{file_id}", json=body))

    async def delete_file(self, file_id: int) -> None:
        """DELETE /files/{id}: refused while images use it, or builds that wait or run."""
        await self._json("DELETE", f"/files/{file_id}")

    async def file_content(self, file_id: int) -> AsyncGenerator[bytes, None]:
        """GET /files/{id}/content: the content of an upload in pieces. Refused for an address."""
        with self._speaking():
            async with self._http.stream("GET", f"/files/{file_id}/content", timeout=STREAM_TIMEOUT) as response:
                await raise_for_problem(response)
                async for chunk in response.aiter_raw():
                    yield chunk
