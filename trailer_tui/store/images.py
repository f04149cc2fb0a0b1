"""Image records: made, read, found, edited, deleted."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Protocol

from trailer_tui.model.errors import EditConflict, FieldProblem, InvalidInput, NotApplicable
from trailer_tui.model.image import CONFIGURATION_VERSION, ImageConfiguration, ImageDraft, ImageRecord
from trailer_tui.model.reference import ImageReference
from trailer_tui.model.rows import ImageQuery, ImageRow
from trailer_tui.model.status import ImageStatus
from trailer_tui.store.build_queue import queue_build
from trailer_tui.store.database import Database
from trailer_tui.store.files import missing_files
from trailer_tui.store.image_rows import (
    CONFIGURATION,
    image_order,
    image_record,
    image_row,
    image_rows,
    image_rows_named,
    missing_image,
)
from trailer_tui.store.search import SearchIndex, document, fold
from trailer_tui.store.timestamps import to_ms
from trailer_tui.store.windows_passwords import WindowsPasswords

_MAX_ID = 2**32 - 1


class ImageRecords:
    """The images and templates of one database."""

    def __init__(
        self, database: Database, index: SearchIndex, passwords: WindowsPasswords, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._index = index
        self._passwords = passwords
        self._clock = clock

    async def create(
        self, draft: ImageDraft, *, creator: str, status: ImageStatus, build_for: str | None = None
    ) -> ImageRecord:
        """Store a new image and, in the same transaction, queue its first build when `build_for` names who asks.

        Raises:
            InvalidInput: the creator has one of that name already, or there is no such host or file.
            SecretUnreadable: a Windows password cannot be encrypted.
        """
        now = to_ms(self._clock())

        def work(connection: sqlite3.Connection) -> ImageRecord:
            image_id = insert_image(connection, self._index, draft, creator=creator, status=status, now=now)
            self._passwords.keep(connection, image_id, draft)
            if build_for is not None:
                queue_build(connection, image_id, build_for, None, now)
            return image_record(connection, image_id)

        return await self._database.write(work)

    async def get(self, image_id: int) -> ImageRecord:
        """The whole record; `NotFound` when there is none."""
        return await self._database.read(partial(_record, image_id))

    async def row(self, image_id: int) -> ImageRow:
        """The record as a row of the table; `NotFound` when there is none."""
        return await self._database.read(lambda connection: image_row(connection, image_id))

    async def rows(self, ids: Sequence[int]) -> list[ImageRow]:
        """The rows of `ids` in that order; ids that are gone are left out."""
        return await self._database.read(lambda connection: image_rows(connection, ids))

    async def order(self, query: ImageQuery) -> tuple[bytes, int]:
        """Ids of what `query` shows in display order (little-endian unsigned 32-bit), and the count of all records.

        All records means all templates or all that are none, as the query asks. Ties are in the order of the ids.
        A cancelled call ends its query in the database.
        """

        def work(connection: sqlite3.Connection) -> tuple[bytes, int]:
            return image_order(connection, query, self._index)

        return await (self._database.search(work) if query.text.strip() else self._database.read(work))

    async def find(self, name: str, *, templates: bool = False) -> list[ImageRow]:
        """Images, or templates, whose name is `name` (case and Unicode form do not matter) or whose id it is."""
        image_id = int(name) if name.isascii() and name.isdigit() and len(name) <= 10 else None

        def work(connection: sqlite3.Connection) -> list[ImageRow]:
            return image_rows_named(connection, fold(name.strip()), image_id, templates=templates)

        return await self._database.read(work)

    async def update(
        self,
        image_id: int,
        draft: ImageDraft,
        *,
        revision: int,
        build_for: str | None = None,
        resolve_again: bool = False,
    ) -> ImageRecord:
        """Store an edit that started from `revision`, and queue a build of it when `build_for` names who asks.

        With `resolve_again` that build solves its environments anew.

        Raises:
            NotFound: there is no such image.
            NotApplicable: a build is asked for while one is queued or running.
            EditConflict: another revision is stored now; `current` is that record.
            InvalidInput: the creator has another one of that name, or there is no such host or file.
            SecretUnreadable: a Windows password cannot be encrypted.
        """
        now = to_ms(self._clock())

        def work(connection: sqlite3.Connection) -> ImageRecord:
            _update(connection, self._index, image_id, draft, revision, now)
            self._passwords.keep(connection, image_id, draft)
            if build_for is not None:
                queue_build(connection, image_id, build_for, None, now, resolve_again=resolve_again)
            return image_record(connection, image_id)

        return await self._database.write(work)

    async def set_enabled(self, image_id: int, enabled: bool) -> ImageRow:
        """Enable or disable; counts as an edit. `NotFound` when there is no such image."""
        now = to_ms(self._clock())

        def work(connection: sqlite3.Connection) -> ImageRow:
            connection.execute(
                "UPDATE images SET enabled = ?, updated_at = ?, revision = revision + 1, changes = changes + 1"
                " WHERE id = ?",
                (enabled, now, image_id),
            )
            return image_row(connection, image_id)

        return await self._database.write(work)

    async def delete(self, image_id: int) -> list[int]:
        """Delete the record with its builds and steps; returns the ids of the builds, whose logs the caller removes.

        Raises:
            NotFound: there is no such image.
            NotApplicable: a build of it is queued or running.
        """
        return await self._database.write(lambda connection: _delete(connection, self._index, image_id), essential=True)


def insert_image(
    connection: sqlite3.Connection,
    index: SearchIndex,
    draft: ImageDraft,
    *,
    creator: str,
    status: ImageStatus,
    now: int,
) -> int:
    """Insert one image in the transaction at hand; returns its id. Raises like `ImageRecords.create`."""
    _check(connection, draft, creator, image_id=None)
    cursor = connection.execute(
        "INSERT INTO images (is_template, name, name_folded, creator, status, image_name, host_id, enabled, pulled,"
        " created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            draft.is_template,
            draft.name,
            fold(draft.name),
            creator,
            status.value,
            _familiar(draft),
            draft.host_id,
            draft.enabled,
            draft.configuration.mode == "pull",
            now,
            now,
        ),
    )
    image_id = cursor.lastrowid
    assert image_id is not None
    if image_id > _MAX_ID:
        raise OverflowError(f"image id {image_id} does not fit into 32 bits")
    connection.execute(
        "INSERT INTO image_documents (image_id, description, configuration_version, configuration) VALUES (?, ?, ?, ?)",
        (image_id, draft.description, CONFIGURATION_VERSION, _configuration(draft)),
    )
    index.put(connection, image_id, searched_text(draft))
    return image_id


class Described(Protocol):
    """What is found by its words: a draft, or a template that is no record."""

    @property
    def name(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def configuration(self) -> ImageConfiguration: ...


def searched_text(draft: Described) -> str:
    """The text under which an image is found: name, description, image name and all values of its configuration."""
    values = draft.configuration.model_dump(exclude={"image_name", "image"})
    texts = [str(value) for value in values.values() if value is not None and not isinstance(value, bool)]
    return document(draft.name, draft.description, _familiar(draft), *texts)


def _update(
    connection: sqlite3.Connection, index: SearchIndex, image_id: int, draft: ImageDraft, revision: int, now: int
) -> None:
    stored = image_record(connection, image_id)
    if stored.revision != revision:
        raise EditConflict(
            f"{stored.name} was saved by somebody else since you opened it",
            hint="compare with what is stored now, then save again",
            current=stored.model_dump(mode="json"),
        )
    _check(connection, draft, stored.creator, image_id=image_id)
    changed = stored.configuration != draft.configuration or stored.host_id != draft.host_id
    connection.execute(
        "UPDATE images SET is_template = ?, name = ?, name_folded = ?, image_name = ?, host_id = ?, enabled = ?,"
        " pulled = ?, updated_at = ?, revision = revision + 1, changes = changes + 1,"
        " changed_since_build = changed_since_build OR (? AND last_build_id IS NOT NULL) WHERE id = ?",
        (
            draft.is_template,
            draft.name,
            fold(draft.name),
            _familiar(draft),
            draft.host_id,
            draft.enabled,
            draft.configuration.mode == "pull",
            now,
            changed,
            image_id,
        ),
    )
    connection.execute(
        "UPDATE image_documents SET description = ?, configuration_version = ?, configuration = ? WHERE image_id = ?",
        (draft.description, CONFIGURATION_VERSION, _configuration(draft), image_id),
    )
    index.put(connection, image_id, searched_text(draft))


def _delete(connection: sqlite3.Connection, index: SearchIndex, image_id: int) -> list[int]:
    row = connection.execute("SELECT name FROM images WHERE id = ?", (image_id,)).fetchone()
    if row is None:
        raise missing_image(image_id)
    builds = connection.execute("SELECT id, state FROM builds WHERE image_id = ? ORDER BY id", (image_id,)).fetchall()
    if any(state in ("pending", "running") for _, state in builds):
        raise NotApplicable(
            f"{row[0]} cannot be deleted: its build is queued or running", hint="cancel the build first"
        )
    index.remove(connection, image_id)
    connection.execute("DELETE FROM images WHERE id = ?", (image_id,))
    return [build_id for build_id, _ in builds]


def _check(connection: sqlite3.Connection, draft: ImageDraft, creator: str, *, image_id: int | None) -> None:
    problems = []
    taken = connection.execute(
        "SELECT id FROM images WHERE creator = ? AND is_template = ? AND name_folded = ? AND id IS NOT ?",
        (creator, draft.is_template, fold(draft.name), image_id),
    ).fetchone()
    if taken is not None:
        kind = "a template" if draft.is_template else "an image"
        problem = f"is the name of {kind} of {creator} already"
        problems.append(FieldProblem("name", draft.name, problem, "choose another name"))
    if connection.execute("SELECT 1 FROM hosts WHERE id = ?", (draft.host_id,)).fetchone() is None:
        problems.append(FieldProblem("host_id", str(draft.host_id), "is no build host", "choose one of the hosts"))
    problems += missing_files(connection, draft.configuration, creator)
    if problems:
        raise InvalidInput("; ".join(problem.sentence() for problem in problems), fields=tuple(problems))


def _familiar(draft: Described) -> str:
    return ImageReference.parse(draft.configuration.image_name).familiar()


def _configuration(draft: ImageDraft) -> str:
    return CONFIGURATION.dump_json(draft.configuration).decode()


def _record(image_id: int, connection: sqlite3.Connection) -> ImageRecord:
    return image_record(connection, image_id)
