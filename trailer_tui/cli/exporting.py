"""What `trailer export` writes: the documents of records, with the files that they take from the archive."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from trailer_tui.model.document import DocumentFile, ImageDocument, archive_names
from trailer_tui.model.document_reading import MAX_TEXT_BYTES
from trailer_tui.model.document_text import document_text
from trailer_tui.model.errors import NotApplicable

if TYPE_CHECKING:
    from trailer_tui.client.client import TrailerClient
    from trailer_tui.model.image import ImageRecord
    from trailer_tui.model.rows import ImageRow
    from trailer_tui.model.stored_file import FileRecord


async def export_text(
    client: TrailerClient, rows: Sequence[ImageRow], *, uploads: bool, tell: Callable[[str], None]
) -> str:
    """The documents of images or templates as one YAML text.

    Args:
        client: of the server that has them.
        rows: which, in the order of the text.
        uploads: whether the files that they use are part of it.
        tell: is given what is not part of it, one line at a time.

    Raises:
        NotApplicable: the text would be too large to be read again.
    """
    archive: list[FileRecord] | None = None
    documents, size = [], 0
    for row in rows:
        record = await client.image(row.id)
        names = archive_names(record.configuration) if uploads else []
        if names and archive is None:
            archive = await client.files()
        files = [file for name in names for file in archive or () if (file.owner, file.name) == (record.creator, name)]
        documents.append(ImageDocument.of(record, [await _upload(client, file) for file in files]))
        size += sum(file.size or 0 for file in files) * 4 // 3
        if size > MAX_TEXT_BYTES:
            raise NotApplicable(
                f"the files of these images are more than the {MAX_TEXT_BYTES:,} bytes that a document may have",
                hint="export fewer at a time, or leave the files out with --no-uploads",
            )
        for line in _left_out(record):
            tell(line)
    return document_text(documents)


async def _upload(client: TrailerClient, file: FileRecord) -> DocumentFile:
    if file.kind == "url":
        return DocumentFile(name=file.name, description=file.description, url=file.url)
    content = b"".join([chunk async for chunk in client.file_content(file.id)])
    return DocumentFile(name=file.name, description=file.description, content=content)


def _left_out(record: ImageRecord) -> list[str]:
    found = [f"{record.name}: its Windows password is not exported"] if record.windows_password_set else []
    if record.configuration.mode != "pull" and record.configuration.secrets:
        names = ", ".join(record.configuration.secrets)
        found.append(f"{record.name}: the values of its build secrets are not exported: {names}")
    return found
