"""Use cases of the archive of files: an account stores them, and builds of its images add them."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from functools import partial
from typing import IO

from trailer_tui.dockerfile.inputs import StoredFile
from trailer_tui.humanize import size as human_size
from trailer_tui.model.errors import NotApplicable
from trailer_tui.model.events import FilesChanged
from trailer_tui.model.identity import Actor
from trailer_tui.model.stored_file import MAX_FILE_BYTES, FileDraft, FileRecord, UrlFileDraft, too_large
from trailer_tui.service.content_type import content_type_of
from trailer_tui.service.events import EventBroker
from trailer_tui.service.permissions import may_see, visible_creator
from trailer_tui.service.xz_tars import XZ_TAR, XzTars
from trailer_tui.store.files import FileRecords, no_such_file


class FileService:
    """Files for the acting user. Methods raise `NotFound` for what the actor may not see."""

    def __init__(self, records: FileRecords, events: EventBroker, *, mb_per_account: float = 0) -> None:
        """
        Args:
            records: open.
            events: are told of changes.
            mb_per_account: megabytes that the uploads of one account may take; 0 sets no limit.
        """
        self._records = records
        self._events = events
        self._bytes_per_account = int(mb_per_account * 1_000_000)
        self._xz_tars = XzTars()

    async def all(self, actor: Actor) -> list[FileRecord]:
        """The actor's files by name; an administrator sees everybody's."""
        return await self._records.all(visible_creator(actor))

    async def get(self, actor: Actor, file_id: int) -> FileRecord:
        """One file."""
        record = await self._records.get(file_id)
        if not may_see(actor, record.owner):
            raise no_such_file(file_id)
        return record

    async def upload(self, actor: Actor, draft: FileDraft, content: bytes) -> FileRecord:
        """Store a content under a new name of the actor's.

        Raises:
            InvalidInput: it is too large, or the actor has a file of that name.
            NotApplicable: the actor's uploads would take more than an account may.
            StorageFull: the disk is full; nothing was stored.
        """
        if len(content) > MAX_FILE_BYTES:
            raise too_large(len(content))
        await self._require_room(actor.name, len(content))
        content_type = await asyncio.to_thread(content_type_of, content, draft.name)
        return self._told(await self._records.add_upload(actor.name, draft, content, content_type))

    async def add_url(self, actor: Actor, draft: UrlFileDraft) -> FileRecord:
        """Store an address that every build fetches, under a new name of the actor's.

        Raises:
            InvalidInput: the actor has a file of that name.
        """
        return self._told(await self._records.add_url(actor.name, draft))

    async def update(self, actor: Actor, file_id: int, draft: FileDraft) -> FileRecord:
        """Store another name or description.

        Raises:
            NotApplicable: it gets another name, and images use it.
            InvalidInput: the owner has another file of that name.
        """
        await self.get(actor, file_id)
        return self._told(await self._records.update(file_id, draft))

    async def delete(self, actor: Actor, file_id: int) -> None:
        """Forget a file.

        Raises:
            NotApplicable: images use it, or builds that wait or run; names them.
        """
        record = await self.get(actor, file_id)
        await self._records.delete(file_id)
        self._told(record)

    async def content(self, actor: Actor, file_id: int) -> tuple[FileRecord, IO[bytes]]:
        """An upload and its content, open.

        Raises:
            NotApplicable: it is no upload, or its content was removed from the data folder.
        """
        record = await self.get(actor, file_id)
        if record.kind != "upload":
            raise NotApplicable(f"{record.name} is not stored here: builds fetch it", hint=f"its address: {record.url}")
        return record, await asyncio.to_thread(self._opened, record)

    async def stored(self, creator: str, names: Collection[str]) -> dict[str, StoredFile]:
        """Those of the creator's files with these names that exist, as a build needs them, by name.

        For names that are missing here, the generator's error tells which entry of the configuration has them.

        Raises:
            NotApplicable: the content of an upload was removed from the data folder.
        """
        found = await self._records.named(creator, names)
        return {name: await asyncio.to_thread(self._stored, record) for name, record in found.items()}

    async def _require_room(self, owner: str, size: int) -> None:
        taken = sum(record.size or 0 for record in await self._records.all(owner))
        if self._bytes_per_account and taken + size > self._bytes_per_account:
            raise NotApplicable(
                f"the uploads of {owner} take {human_size(taken)} of the {human_size(self._bytes_per_account)} that an "
                "account may have",
                hint="delete some: `trailer files` lists them; or ask for a larger server.files_mb_per_account",
            )

    def _told(self, record: FileRecord) -> FileRecord:
        self._events.publish_about(record.owner, FilesChanged())
        return record

    def _stored(self, record: FileRecord) -> StoredFile:
        if record.kind != "upload":
            return StoredFile(record.name, url=record.url)
        with self._opened(record) as content:
            start = content.read(4)
        size, opening = record.size or 0, partial(self._records.open, record)
        sent = self._xz_tars.unpacked(record.sha256, opening) if record.content_type == XZ_TAR else None
        return StoredFile(
            record.name,
            size=sent[0] if sent else size,
            sha256=record.sha256,
            is_tar=record.is_tar,
            is_executable=start.startswith((b"#!", b"\x7fELF")),
            open=sent[1] if sent else opening,
        )

    def _opened(self, record: FileRecord) -> IO[bytes]:
        try:
            return self._records.open(record)
        except OSError as error:
            raise NotApplicable(
                f"the content of {record.name} cannot be read: {error.strerror}",
                hint="somebody has changed the data folder: store the file under another name, and use that",
            ) from error
