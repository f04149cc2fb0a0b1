"""How image records are read: rows of the table, whole records, and all ids in display order."""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter

from trailer_tui.model.errors import NotFound
from trailer_tui.model.image import ImageConfiguration, ImageRecord
from trailer_tui.model.rows import ImageQuery, ImageRow, ImageSort
from trailer_tui.model.status import ImageStatus
from trailer_tui.store.search import SearchIndex
from trailer_tui.store.timestamps import from_ms

CONFIGURATION: TypeAdapter[ImageConfiguration] = TypeAdapter(ImageConfiguration)
"""Reads and writes the configuration document."""

_PUSHABLE = (
    "EXISTS (SELECT 1 FROM builds WHERE builds.id = images.last_build_id AND builds.docker_image_id IS NOT NULL"
    " AND instr(builds.reference, '@') = 0) AS pushable"
)
"""A reference with a digest names what a registry has already."""
_HAS_ENVIRONMENTS = """
EXISTS (SELECT 1 FROM image_documents WHERE image_documents.image_id = images.id
    AND json_type(image_documents.configuration, '$.environments[0]') IS NOT NULL)
"""
_ROW = f"""
SELECT images.id, images.name, images.creator, images.status, images.status_detail, images.image_name, images.host_id,
    hosts.name, images.enabled, images.pulled, images.updated_at, images.changes, images.last_build_id,
    images.last_build_number, images.changed_since_build, {_PUSHABLE}, images.is_template,
    {_HAS_ENVIRONMENTS}
FROM images JOIN hosts ON hosts.id = images.host_id
"""  # noqa: S608
_RECORD = f"""
SELECT images.*, hosts.name AS host_name, {_PUSHABLE}, image_documents.*,
    EXISTS (SELECT 1 FROM windows_passwords WHERE windows_passwords.image_id = images.id) AS windows_password_set
FROM images JOIN hosts ON hosts.id = images.host_id JOIN image_documents ON image_documents.image_id = images.id
WHERE images.id = ?
"""  # noqa: S608
_SORT_KEYS = {
    ImageSort.NAME: "images.name_folded",
    ImageSort.STATUS: "images.status_rank",
    ImageSort.IMAGE_NAME: "images.image_name COLLATE NOCASE",
    ImageSort.HOST: "hosts.name_folded",
    ImageSort.ENABLED: "images.enabled",
    ImageSort.PULLED: "images.pulled",
    ImageSort.UPDATED: "images.updated_at",
}


def image_row(connection: sqlite3.Connection, image_id: int) -> ImageRow:
    """One row of the table.

    Raises:
        NotFound: there is no such image.
    """
    row = connection.execute(f"{_ROW} WHERE images.id = ?", (image_id,)).fetchone()
    if row is None:
        raise missing_image(image_id)
    return _row(row)


def image_rows(connection: sqlite3.Connection, ids: Sequence[int]) -> list[ImageRow]:
    """The rows of `ids` in that order; ids that are gone are left out."""
    marks = ",".join("?" * len(ids))
    found = {row[0]: row for row in connection.execute(f"{_ROW} WHERE images.id IN ({marks})", tuple(ids))}
    return [_row(found[image_id]) for image_id in ids if image_id in found]


def image_rows_named(
    connection: sqlite3.Connection, name_folded: str, image_id: int | None, *, templates: bool
) -> list[ImageRow]:
    """Images of that name or id, or templates."""
    rows = connection.execute(
        f"{_ROW} WHERE images.is_template = ? AND (images.name_folded = ? OR images.id = ?) ORDER BY images.id",
        (templates, name_folded, image_id),
    )
    return [_row(row) for row in rows]


def image_record(connection: sqlite3.Connection, image_id: int) -> ImageRecord:
    """The whole record.

    Raises:
        NotFound: there is no such image.
    """
    cursor = connection.execute(_RECORD, (image_id,))
    row = cursor.fetchone()
    if row is None:
        raise missing_image(image_id)
    values: dict[str, Any] = dict(zip((column[0] for column in cursor.description), row, strict=True))
    values["id"] = image_id
    values["configuration"] = CONFIGURATION.validate_json(values["configuration"])
    values["created_at"] = from_ms(values["created_at"])
    values["updated_at"] = from_ms(values["updated_at"])
    return ImageRecord.model_validate({key: values[key] for key in ImageRecord.model_fields if key in values})


def image_order(connection: sqlite3.Connection, query: ImageQuery, index: SearchIndex) -> tuple[bytes, int]:
    """Ids of the matching images in display order, as little-endian unsigned 32-bit numbers, and the count of all.

    Ties are in the order of the ids, which a descending order reverses too.
    """
    total = connection.execute("SELECT count FROM image_counts WHERE is_template = ?", (query.templates,)).fetchone()[0]
    conditions: list[str] = ["images.is_template = ?"]
    parameters: list[Any] = [query.templates]
    if query.statuses:
        conditions.append(f"images.status_rank IN ({','.join('?' * len(query.statuses))})")
        ranks = list(ImageStatus)
        parameters += [ranks.index(status) for status in query.statuses]
    found = index.condition(connection, query.text)
    if found is not None:
        conditions.append(found.sql)
        parameters += found.parameters
    source = "hosts CROSS JOIN images ON images.host_id = hosts.id" if query.sort is ImageSort.HOST else "images"
    direction = "DESC" if query.descending else "ASC"
    # One string of hexadecimal digits: no Python object per id, and the interpreter lock is free meanwhile.
    digits = connection.execute(
        "SELECT group_concat(printf('%08x', id), '') FROM ("  # noqa: S608
        f"SELECT images.id AS id FROM {source} WHERE {' AND '.join(conditions)}"
        f" ORDER BY {_SORT_KEYS[query.sort]} {direction}, images.id {direction})",
        parameters,
    ).fetchone()[0]
    return _little_endian(digits or ""), total


def missing_image(image_id: int) -> NotFound:
    """The error for an image that does not exist."""
    return NotFound(f"there is no image {image_id}", hint="somebody may have deleted it")


def _little_endian(digits: str) -> bytes:
    numbers = array("I", bytes.fromhex(digits))
    # The digits are big-endian; swapped whatever the machine's order is, they are little-endian.
    numbers.byteswap()
    return numbers.tobytes()


def _row(row: tuple[Any, ...]) -> ImageRow:
    return ImageRow(
        id=row[0],
        name=row[1],
        creator=row[2],
        status=ImageStatus(row[3]),
        status_detail=row[4],
        image_name=row[5],
        host_id=row[6],
        host_name=row[7],
        enabled=bool(row[8]),
        pulled=bool(row[9]),
        updated_at=row[10] / 1000,
        revision=row[11],
        last_build_id=row[12],
        last_build_number=row[13],
        changed_since_build=bool(row[14]),
        pushable=bool(row[15]),
        is_template=bool(row[16]),
        has_environments=bool(row[17]),
    )
