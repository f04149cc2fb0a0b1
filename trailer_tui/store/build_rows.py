"""How builds and steps are read and written as rows."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import TypeAdapter

from trailer_tui.model.build import Build, BuildFailure, BuildSummary, Step
from trailer_tui.model.errors import NotApplicable, NotFound
from trailer_tui.model.resolved import ResolvedEnvironment, package_changes
from trailer_tui.model.rows import ImageRow
from trailer_tui.model.status import BuildState, ImageStatus
from trailer_tui.store.image_rows import CONFIGURATION, image_row
from trailer_tui.store.timestamps import from_ms, from_optional_ms

_LIVE = frozenset({"queue_position"})
_COLUMNS = tuple(field for field in BuildSummary.model_fields if field not in _LIVE)
_SUMMARY = f"SELECT {', '.join(f'builds.{column}' for column in _COLUMNS)} FROM builds"  # noqa: S608
_STEP_COLUMNS = tuple(Step.model_fields)

_RESOLVED: TypeAdapter[list[ResolvedEnvironment]] = TypeAdapter(list[ResolvedEnvironment])
"""Reads and writes what environments became."""

ACTIVE = "state IN ('pending', 'running')"
"""The condition of the partial indexes on builds."""

Changed = tuple[BuildSummary, ImageRow]
"""The build and its image's row as they are after a change."""


def build_summary(connection: sqlite3.Connection, build_id: int) -> BuildSummary:
    """One build without its documents.

    Raises:
        NotFound: there is no such build.
    """
    row = connection.execute(f"{_SUMMARY} WHERE id = ?", (build_id,)).fetchone()
    if row is None:
        raise missing_build(build_id)
    return BuildSummary(**_summary_values(row))


def build_summaries(connection: sqlite3.Connection, rest: str, parameters: Iterable[Any] = ()) -> list[BuildSummary]:
    """The builds that `rest`, the SQL after FROM, selects."""
    return [BuildSummary(**_summary_values(row)) for row in connection.execute(f"{_SUMMARY} {rest}", tuple(parameters))]


def whole_build(connection: sqlite3.Connection, build_id: int) -> Build:
    """One build with configuration, Dockerfile and steps; raises like `build_summary`."""
    summary = build_summary(connection, build_id)
    configuration, dockerfile, *documents = connection.execute(
        "SELECT configuration, dockerfile, resolved, locked FROM build_documents WHERE build_id = ?", (build_id,)
    ).fetchone()
    resolved, locked = (_RESOLVED.validate_json(document) for document in documents)
    number: int | None = None
    before: list[ResolvedEnvironment] = []
    if resolved:
        # Packages of another platform are others all of them.
        number, before = newest_resolved(
            connection, summary.image_id, before=summary.number, platform=resolved[0].platform
        )
    return Build(
        **dict(summary),
        configuration=CONFIGURATION.validate_json(configuration),
        dockerfile=dockerfile,
        resolved=resolved,
        locked=locked,
        package_changes=package_changes(before, resolved),
        compared_with=number,
        steps=build_steps(connection, build_id),
    )


def newest_resolved(
    connection: sqlite3.Connection, image_id: int, *, before: int | None = None, platform: str | None = None
) -> tuple[int | None, list[ResolvedEnvironment]]:
    """Number of the newest build of an image whose packages are known, None when there is none, and what they are.

    With `before` only builds of lower numbers count, with `platform` only those for that platform.
    """
    row = connection.execute(
        "SELECT number, resolved FROM builds JOIN build_documents ON build_id = id"
        " WHERE image_id = ?1 AND (?2 IS NULL OR number < ?2) AND resolved != '[]'"
        " AND (?3 IS NULL OR json_extract(resolved, '$[0].platform') = ?3) ORDER BY number DESC LIMIT 1",
        (image_id, before, platform),
    ).fetchone()
    return (row[0], _RESOLVED.validate_json(row[1])) if row is not None else (None, [])


def newest_locks(connection: sqlite3.Connection, image_id: int, platform: str) -> list[ResolvedEnvironment]:
    """What the environments of an image's newest build for a platform became; nothing when that could not be read.

    Older builds do not count then: they may hold what was resolved again since.
    """
    row = connection.execute(
        "SELECT resolved FROM builds JOIN build_documents ON build_id = id"
        " WHERE image_id = ? AND kind = 'build' AND docker_image_id IS NOT NULL"
        " AND (resolved = '[]' OR json_extract(resolved, '$[0].platform') = ?) ORDER BY number DESC LIMIT 1",
        (image_id, platform),
    ).fetchone()
    return _RESOLVED.validate_json(row[0]) if row is not None else []


def dump_resolved(resolved: Sequence[ResolvedEnvironment]) -> str:
    """What environments became, as a document."""
    return _RESOLVED.dump_json(list(resolved)).decode()


def build_steps(connection: sqlite3.Connection, build_id: int) -> list[Step]:
    """The steps in order of start."""
    rows = connection.execute(
        f"SELECT {', '.join(_STEP_COLUMNS)} FROM steps WHERE build_id = ? ORDER BY ordinal",  # noqa: S608
        (build_id,),
    )
    return [Step(**{**dict(zip(_STEP_COLUMNS, row, strict=True)), "layers": json.loads(row[-1])}) for row in rows]


def put_steps(connection: sqlite3.Connection, build_id: int, steps: Iterable[Step]) -> None:
    """Insert or replace steps of a build."""
    connection.executemany(
        f"INSERT OR REPLACE INTO steps ({', '.join(_STEP_COLUMNS)}) VALUES ({', '.join('?' * len(_STEP_COLUMNS))})",  # noqa: S608
        [_step_values(build_id, step) for step in steps],
    )


def expect_state(connection: sqlite3.Connection, build_id: int, *states: BuildState) -> BuildSummary:
    """The build, which must be in one of `states`; `NotApplicable` when it is not, `NotFound` when there is none."""
    build = build_summary(connection, build_id)
    if build.state not in states:
        raise NotApplicable(f"build {build.number} of {build.image_name} is {build.state.value}")
    return build


def set_status(connection: sqlite3.Connection, image_id: int, status: ImageStatus, detail: str, now: int) -> None:
    """Give an image a state, as a change of the record."""
    connection.execute(
        "UPDATE images SET status = ?, status_detail = ?, updated_at = ?, changes = changes + 1 WHERE id = ?",
        (status.value, detail, now, image_id),
    )


def set_detail(connection: sqlite3.Connection, image_id: int, detail: str) -> None:
    """Say more about an image's state."""
    # Not a change of the record that "last update" tells: a list in that order would never rest.
    connection.execute(
        "UPDATE images SET status_detail = ?, changes = changes + 1 WHERE id = ? AND status_detail IS NOT ?",
        (detail, image_id, detail),
    )


def changed(connection: sqlite3.Connection, build: BuildSummary) -> Changed:
    """The build and its image's row as they are now."""
    return build_summary(connection, build.id), image_row(connection, build.image_id)


def missing_build(build_id: int) -> NotFound:
    """The error for a build that does not exist."""
    return NotFound(f"there is no build {build_id}", hint="its image may have been deleted")


def _step_values(build_id: int, step: Step) -> tuple[Any, ...]:
    values = step.model_dump(mode="json") | {"build_id": build_id}
    values["layers"] = json.dumps(values["layers"])
    return tuple(values[column] for column in _STEP_COLUMNS)


def _summary_values(row: tuple[Any, ...]) -> dict[str, Any]:
    values = dict(zip(_COLUMNS, row, strict=True))
    values["created_at"] = from_ms(values["created_at"])
    values["started_at"] = from_optional_ms(values["started_at"])
    values["finished_at"] = from_optional_ms(values["finished_at"])
    values["log_kept"] = bool(values["log_kept"])
    values["warnings"] = json.loads(values["warnings"])
    if values["failure"] is not None:
        values["failure"] = BuildFailure.model_validate_json(values["failure"])
    return values
