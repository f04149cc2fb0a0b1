"""The files that a document brings along, on their way into the archive."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from trailer_tui.model.document import DocumentFile, ImageDocument, archive_names
from trailer_tui.model.errors import FieldProblem, InvalidInput, TrailerError

if TYPE_CHECKING:
    from trailer_tui.client.client import TrailerClient
    from trailer_tui.model.stored_file import FileRecord


async def files_to_add(client: TrailerClient, document: ImageDocument, owner: str) -> list[DocumentFile]:
    """The uploads of a document that the archive of `owner` lacks.

    Raises:
        InvalidInput: the archive has another file of such a name, or the configuration names a file that is nowhere.
    """
    if not archive_names(document.configuration):
        return []
    archive = {file.name: file for file in await client.files() if file.owner == owner}
    problems = [
        FieldProblem(
            f"uploads.{number}.name",
            upload.name,
            "is the name of another file of yours, and what a file holds never changes",
            "rename one of the two",
        )
        for number, upload in enumerate(document.uploads)
        if upload.name in archive and not _is_same(archive[upload.name], upload)
    ]
    problems += _nowhere(document, archive.keys() | {upload.name for upload in document.uploads})
    if problems:
        raise InvalidInput("; ".join(problem.sentence() for problem in problems), fields=tuple(problems))
    return [upload for upload in document.uploads if upload.name not in archive]


@asynccontextmanager
async def added_files(client: TrailerClient, files: Sequence[DocumentFile]) -> AsyncIterator[None]:
    """Files in the caller's archive; they go again when the block fails."""
    added: list[int] = []
    try:
        for file in files:
            record = await _add(client, file)
            added.append(record.id)
        yield
    except TrailerError:
        for file_id in added:
            await client.delete_file(file_id)
        raise


async def _add(client: TrailerClient, file: DocumentFile) -> FileRecord:
    if file.content is not None:
        return await client.upload_file(file.name, file.content, description=file.description)
    return await client.add_url_file(file.name, file.url or "", description=file.description)


def _nowhere(document: ImageDocument, given: set[str]) -> list[FieldProblem]:
    if document.configuration.mode == "pull":
        return []
    problem = "is neither in your archive nor among the uploads"
    return [
        FieldProblem(f"configuration.files.{number}.file", file.file, problem, "upload it first: `trailer files add`")
        for number, file in enumerate(document.configuration.files)
        if file.source == "archive" and file.file not in given
    ]


def _is_same(stored: FileRecord, upload: DocumentFile) -> bool:
    if upload.content is None:
        return stored.url == upload.url
    return stored.sha256 == hashlib.sha256(upload.content).hexdigest()
