"""The archive of files: records of uploads and addresses, and who uses them."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import IO, Any

from trailer_tui.model.errors import FieldProblem, InvalidInput, NotApplicable, NotFound
from trailer_tui.model.image import ImageConfiguration
from trailer_tui.model.stored_file import FileDraft, FileRecord, UrlFileDraft
from trailer_tui.store.database import Database
from trailer_tui.store.file_contents import FileContents
from trailer_tui.store.image_users import image_users
from trailer_tui.store.timestamps import from_ms, to_ms

_SHOWN_USERS = 5


class FileRecords:
    """The files of one data folder."""

    def __init__(self, database: Database, contents: FileContents, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._contents = contents
        self._clock = clock
        self._contents_turn = asyncio.Lock()
        """Held while a content and the record that needs it come or go."""

    async def prepare(self) -> None:
        """Remove contents that no record needs: an earlier server ended between the two."""

        def wanted(connection: sqlite3.Connection) -> set[str]:
            return {row[0] for row in connection.execute("SELECT sha256 FROM files WHERE sha256 IS NOT NULL")}

        await asyncio.to_thread(self._contents.sweep, await self._database.read(wanted))

    async def all(self, owner: str | None = None) -> list[FileRecord]:
        """The files of `owner`, or everybody's, by name and owner."""

        def work(connection: sqlite3.Connection) -> list[FileRecord]:
            users = image_users(connection, "image_files", owner)
            rows = connection.execute(f"{_RECORD} WHERE ?1 IS NULL OR owner = ?1 ORDER BY name, owner", (owner,))
            return [_record(row, users.get((row[1], row[2]), [])) for row in rows]

        return await self._database.read(work)

    async def get(self, file_id: int) -> FileRecord:
        """One file; `NotFound` when there is none."""
        return await self._database.read(partial(_get, file_id))

    async def named(self, owner: str, names: Collection[str]) -> dict[str, FileRecord]:
        """Those of the owner's files with these names that exist, by name."""
        wanted = set(names)
        return {record.name: record for record in await self.all(owner) if record.name in wanted} if wanted else {}

    async def add_upload(self, owner: str, draft: FileDraft, content: bytes, content_type: str) -> FileRecord:
        """Keep a content under a new name.

        Raises:
            InvalidInput: the owner has a file of that name.
            StorageFull: the disk is full; nothing is kept.
        """
        async with self._contents_turn:
            sha256 = await asyncio.to_thread(self._contents.put, content)
            try:
                return await self._add(owner, draft, content_type=content_type, size=len(content), sha256=sha256)
            except BaseException:
                await self._remove_unused(sha256)
                raise

    async def add_url(self, owner: str, draft: UrlFileDraft) -> FileRecord:
        """Keep an address under a new name. Raises like `add_upload`."""
        return await self._add(owner, draft, url=draft.url)

    async def update(self, file_id: int, draft: FileDraft) -> FileRecord:
        """Store another name or description.

        Raises:
            NotFound: there is no such file.
            NotApplicable: images name the file, which it must be called as long as they do.
            InvalidInput: the owner has another file of that name.
        """
        now = to_ms(self._clock())

        def work(connection: sqlite3.Connection) -> FileRecord:
            stored = _get(file_id, connection)
            if draft.name != stored.name:
                _refuse_used(connection, stored, "renamed")
            with _unique(stored.owner, draft.name):
                connection.execute(
                    "UPDATE files SET name = ?, description = ?, updated_at = ? WHERE id = ?",
                    (draft.name, draft.description, now, file_id),
                )
            return _get(file_id, connection)

        return await self._database.write(work)

    async def delete(self, file_id: int) -> None:
        """Forget a file, and its content when no other file has the same.

        Raises:
            NotFound: there is no such file.
            NotApplicable: images, or builds that wait or run, use it; names them.
        """

        def work(connection: sqlite3.Connection) -> str:
            stored = _get(file_id, connection)
            _refuse_used(connection, stored, "deleted")
            connection.execute("DELETE FROM files WHERE id = ?", (file_id,))
            return stored.sha256

        async with self._contents_turn:
            sha256 = await self._database.write(work, essential=True)
            if sha256:
                await self._remove_unused(sha256)

    def open(self, record: FileRecord) -> IO[bytes]:
        """The content of an upload. Blocks; may be called from any thread.

        Raises:
            FileNotFoundError: somebody has removed it from the data folder.
        """
        return self._contents.open(record.sha256)

    async def _add(
        self,
        owner: str,
        draft: FileDraft,
        *,
        url: str = "",
        content_type: str = "",
        size: int | None = None,
        sha256: str | None = None,
    ) -> FileRecord:
        now = to_ms(self._clock())

        def work(connection: sqlite3.Connection) -> FileRecord:
            with _unique(owner, draft.name):
                cursor = connection.execute(
                    "INSERT INTO files (owner, name, description, url, content_type, size, sha256, created_at,"
                    " updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (owner, draft.name, draft.description, url, content_type, size, sha256, now, now),
                )
            assert cursor.lastrowid is not None
            return _get(cursor.lastrowid, connection)

        return await self._database.write(work)

    async def _remove_unused(self, sha256: str) -> None:
        def is_used(connection: sqlite3.Connection) -> bool:
            return connection.execute("SELECT 1 FROM files WHERE sha256 = ?", (sha256,)).fetchone() is not None

        if not await self._database.read(is_used):
            await asyncio.to_thread(self._contents.remove, sha256)


def missing_files(
    connection: sqlite3.Connection, configuration: ImageConfiguration, creator: str
) -> list[FieldProblem]:
    """The entries of a configuration that name a file which its creator does not have."""
    if configuration.mode == "pull":
        return []
    return [
        missing_file(number, entry.file, creator)
        for number, entry in enumerate(configuration.files)
        if entry.source == "archive"
        and connection.execute("SELECT 1 FROM files WHERE owner = ? AND name = ?", (creator, entry.file)).fetchone()
        is None
    ]


def missing_file(number: int, name: str, creator: str) -> FieldProblem:
    """What is said of an entry, counted from 0, that names a file which its image's creator does not have."""
    problem = f"is no file of {creator} in the archive"
    return FieldProblem(f"configuration.files.{number}.file", name, problem, "upload it, or choose another")


def no_such_file(file_id: int) -> NotFound:
    """The error for a number that no file has, or none that the caller may see."""
    return NotFound(f"there is no file {file_id}", hint="`trailer files` lists them")


_RECORD = "SELECT id, owner, name, description, url, content_type, size, sha256, created_at, updated_at FROM files"


def _get(file_id: int, connection: sqlite3.Connection) -> FileRecord:
    row = connection.execute(f"{_RECORD} WHERE id = ?", (file_id,)).fetchone()
    if row is None:
        raise no_such_file(file_id)
    return _record(row, image_users(connection, "image_files", row[1], row[2]).get((row[1], row[2]), []))


def _record(row: tuple[Any, ...], users: list[str]) -> FileRecord:
    return FileRecord(
        id=row[0],
        owner=row[1],
        name=row[2],
        description=row[3],
        kind="url" if row[4] else "upload",
        url=row[4],
        content_type=row[5],
        size=row[6],
        sha256=row[7] or "",
        used_by=users,
        created_at=from_ms(row[8]),
        updated_at=from_ms(row[9]),
    )


def _refuse_used(connection: sqlite3.Connection, file: FileRecord, deed: str) -> None:
    """Raise `NotApplicable` when an image uses the file, or a build of one that does no more."""
    building = [
        row[0]
        for row in connection.execute(
            "SELECT DISTINCT images.name FROM builds"
            " JOIN images ON images.id = builds.image_id"
            " JOIN build_documents ON build_documents.build_id = builds.id,"
            " json_each(build_documents.configuration, '$.files') AS entry"
            " WHERE builds.state IN ('pending', 'running') AND images.creator = ?"
            " AND json_extract(entry.value, '$.source') = 'archive' AND json_extract(entry.value, '$.file') = ?"
            " ORDER BY images.name_folded",
            (file.owner, file.name),
        )
        if row[0] not in file.used_by
    ]
    if file.used_by:
        raise NotApplicable(
            f"{file.name} cannot be {deed}: it is used by {_listed(file.used_by)}",
            hint="take it out of these images first",
        )
    if building:
        raise NotApplicable(
            f"{file.name} cannot be {deed}: a build of {_listed(building)} that waits or runs uses it",
            hint="try again when it has ended, or cancel it",
        )


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN_USERS} more" if len(names) > _SHOWN_USERS else ""
    return f"{', '.join(names[:_SHOWN_USERS])}{more}"


@contextmanager
def _unique(owner: str, name: str) -> Iterator[None]:
    try:
        yield
    except sqlite3.IntegrityError:
        problem = FieldProblem("name", name, f"is the name of a file of {owner} already", "choose another name")
        raise InvalidInput(problem.sentence(), fields=(problem,)) from None
