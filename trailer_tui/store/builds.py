"""Build records: each change of a build and of its image's status is one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime

from trailer_tui.model.actions import ImageAction, refusal
from trailer_tui.model.build import Build, BuildFailure, BuildSummary, Step
from trailer_tui.model.errors import NotApplicable
from trailer_tui.model.rows import ImageRow
from trailer_tui.model.status import BuildState, ImageStatus, StepState
from trailer_tui.store.build_rows import (
    ACTIVE,
    build_steps,
    build_summaries,
    build_summary,
    put_steps,
    whole_build,
)
from trailer_tui.store.database import Database
from trailer_tui.store.image_rows import image_row
from trailer_tui.store.timestamps import to_ms

Changed = tuple[BuildSummary, ImageRow]
"""The build and its image's row as they are after a change."""


class BuildRecords:
    """The builds of all images. Methods that change one raise `NotFound` when it does not exist."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def queue(self, image_id: int, *, requested_by: str, retry_of: int | None = None) -> Changed:
        """Add a pending build with a snapshot of the image's configuration.

        Raises:
            NotFound: there is no such image.
            NotApplicable: a build of it is queued or running, or a snapshot is being taken.
        """
        now = to_ms(self._clock())
        return await self._database.write(
            lambda connection: queue_build(connection, image_id, requested_by, retry_of, now)
        )

    async def get(self, build_id: int) -> Build:
        """The build with configuration, Dockerfile and steps."""
        return await self._database.read(lambda connection: whole_build(connection, build_id))

    async def summary(self, build_id: int) -> BuildSummary:
        """The build as a line of the history."""
        return await self._database.read(lambda connection: build_summary(connection, build_id))

    async def steps(self, build_id: int) -> list[Step]:
        """The steps of a build in order of start."""

        def work(connection: sqlite3.Connection) -> list[Step]:
            build_summary(connection, build_id)
            return build_steps(connection, build_id)

        return await self._database.read(work)

    async def for_image(self, image_id: int, *, limit: int, before: int | None = None) -> list[BuildSummary]:
        """Builds of an image, newest first, at most `limit`; only numbers below `before` when it is given."""
        rest = "WHERE image_id = ? AND (? IS NULL OR number < ?) ORDER BY number DESC LIMIT ?"
        return await self._database.read(
            lambda connection: build_summaries(connection, rest, (image_id, before, before, limit))
        )

    async def active(self) -> list[BuildSummary]:
        """Running builds, then pending ones, each in the order in which they were queued."""
        rest = f"WHERE {ACTIVE} ORDER BY state = 'pending', id"
        return await self._database.read(lambda connection: build_summaries(connection, rest))

    async def start(self, build_id: int, *, dockerfile: str | None) -> Changed:
        """A pending build runs from now on, with this Dockerfile. `NotApplicable` when it is not pending."""
        now = to_ms(self._clock())

        def work(connection: sqlite3.Connection) -> Changed:
            build = _expect(connection, build_id, BuildState.PENDING)
            connection.execute(
                "UPDATE builds SET state = 'running', started_at = ?, waiting_reason = '' WHERE id = ?", (now, build_id)
            )
            connection.execute("UPDATE build_documents SET dockerfile = ? WHERE build_id = ?", (dockerfile, build_id))
            _set_image(connection, build.image_id, ImageStatus.BUILDING, "", now)
            return _changed(connection, build)

        return await self._database.write(work)

    async def progress(
        self,
        build_id: int,
        *,
        steps: Sequence[Step],
        steps_done: int,
        steps_total: int | None,
        log_size: int,
        log_lines: int,
        last: bool = False,
    ) -> Changed:
        """Keep how far a running build is: the steps that changed, and the log's size in bytes and lines.

        The `last` before its end is kept even on a full disk as long as the reserve lasts.

        Raises:
            NotApplicable: the build does not run.
        """

        def work(connection: sqlite3.Connection) -> Changed:
            build = _expect(connection, build_id, BuildState.RUNNING)
            put_steps(connection, build_id, steps)
            connection.execute(
                "UPDATE builds SET steps_done = ?, steps_total = ?, log_size = ?, log_lines = ? WHERE id = ?",
                (steps_done, steps_total, log_size, log_lines, build_id),
            )
            _set_detail(connection, build.image_id, f"{steps_done}/{steps_total}" if steps_total else "")
            return _changed(connection, build)

        return await self._database.write(work, essential=last)

    async def set_waiting_reason(self, build_id: int, reason: str) -> Changed:
        """Say why a pending build has not started. `NotApplicable` when it is not pending."""

        def work(connection: sqlite3.Connection) -> Changed:
            build = _expect(connection, build_id, BuildState.PENDING)
            connection.execute("UPDATE builds SET waiting_reason = ? WHERE id = ?", (reason, build_id))
            _set_detail(connection, build.image_id, reason)
            return _changed(connection, build)

        return await self._database.write(work)

    async def finish(
        self,
        build_id: int,
        *,
        state: BuildState,
        failure: BuildFailure | None = None,
        docker_image_id: str | None = None,
        digest: str | None = None,
        size: int | None = None,
        layers: int | None = None,
        log_size: int = 0,
        log_lines: int = 0,
    ) -> Changed:
        """Record the end of a queued or running build, even on a full disk as long as the reserve lasts.

        Steps that had not ended are cancelled, or failed when `failure` names them.

        Raises:
            NotApplicable: the build has ended already.
            ValueError: `state` is no end.
        """
        if state.is_active:
            raise ValueError(f"a build does not end as {state}")
        now = to_ms(self._clock())
        facts = (docker_image_id, digest, size, layers, log_size, log_lines)

        def work(connection: sqlite3.Connection) -> Changed:
            build = _expect(connection, build_id, BuildState.PENDING, BuildState.RUNNING)
            connection.execute(
                "UPDATE builds SET state = ?, failure = ?, finished_at = ?, waiting_reason = '', docker_image_id = ?,"
                " digest = ?, size = ?, layers = ?, log_size = ?, log_lines = ? WHERE id = ?",
                (state.value, None if failure is None else failure.model_dump_json(), now, *facts, build_id),
            )
            _end_steps(connection, build, failure, now)
            _set_image(connection, build.image_id, state.image_status, "", now)
            return _changed(connection, build)

        return await self._database.write(work, essential=True)

    async def outdated_logs(self, image_id: int, *, keep: int) -> list[int]:
        """Mark the logs of ended builds beyond the newest `keep` builds as removed; returns the ids of those builds.

        The caller removes the files.
        """
        marked = (
            "UPDATE builds SET log_kept = 0 WHERE id IN (SELECT id FROM builds WHERE image_id = ?"  # noqa: S608
            f" ORDER BY number DESC LIMIT -1 OFFSET ?) AND log_kept AND NOT {ACTIVE} RETURNING id"
        )
        return await self._database.write(
            lambda connection: sorted(row[0] for row in connection.execute(marked, (image_id, keep)).fetchall()),
            essential=True,
        )


def queue_build(
    connection: sqlite3.Connection, image_id: int, requested_by: str, retry_of: int | None, now: int
) -> Changed:
    """Queue a build in the transaction at hand. Raises like `BuildRecords.queue`."""
    image = image_row(connection, image_id)
    problem = refusal(ImageAction.BUILD, image.status, enabled=image.enabled)
    active = connection.execute(f"SELECT 1 FROM builds WHERE image_id = ? AND {ACTIVE}", (image_id,)).fetchone()  # noqa: S608
    if problem or active:
        raise NotApplicable(f"{image.name} cannot be built: {problem or 'already building'}")
    number = (image.last_build_number or 0) + 1
    cursor = connection.execute(
        "INSERT INTO builds (image_id, image_name, number, state, host_id, host_name, requested_by, created_at,"
        " reference, retry_of) VALUES (?, ?, ?, 'pending', ?, ?, ?, ?, ?, ?)",
        (image_id, image.name, number, image.host_id, image.host_name, requested_by, now, image.image_name, retry_of),
    )
    build_id = cursor.lastrowid
    assert build_id is not None
    connection.execute(
        "INSERT INTO build_documents (build_id, configuration_version, configuration)"
        " SELECT ?, configuration_version, configuration FROM image_documents WHERE image_id = ?",
        (build_id, image_id),
    )
    connection.execute(
        "UPDATE images SET last_build_id = ?, last_build_number = ?, changed_since_build = 0 WHERE id = ?",
        (build_id, number, image_id),
    )
    _set_image(connection, image_id, ImageStatus.BUILD_PENDING, "", now)
    return build_summary(connection, build_id), image_row(connection, image_id)


def _expect(connection: sqlite3.Connection, build_id: int, *states: BuildState) -> BuildSummary:
    build = build_summary(connection, build_id)
    if build.state not in states:
        raise NotApplicable(f"build {build.number} of {build.image_name} is {build.state.value}")
    return build


def _set_image(connection: sqlite3.Connection, image_id: int, status: ImageStatus, detail: str, now: int) -> None:
    connection.execute(
        "UPDATE images SET status = ?, status_detail = ?, updated_at = ?, changes = changes + 1 WHERE id = ?",
        (status.value, detail, now, image_id),
    )


def _set_detail(connection: sqlite3.Connection, image_id: int, detail: str) -> None:
    # Not a change of the record that "last update" tells: a list in that order would never rest.
    connection.execute(
        "UPDATE images SET status_detail = ?, changes = changes + 1 WHERE id = ? AND status_detail IS NOT ?",
        (detail, image_id, detail),
    )


def _end_steps(connection: sqlite3.Connection, build: BuildSummary, failure: BuildFailure | None, now: int) -> None:
    elapsed = 0 if build.started_at is None else now - to_ms(build.started_at)
    connection.execute(
        "UPDATE steps SET state = CASE ordinal WHEN ? THEN ? ELSE ? END,"
        " duration_ms = coalesce(duration_ms, CASE state WHEN 'running' THEN max(? - started_ms, 0) END)"
        " WHERE build_id = ? AND state IN ('pending', 'running')",
        (
            None if failure is None else failure.step,
            StepState.FAILED.value,
            StepState.CANCELLED.value,
            elapsed,
            build.id,
        ),
    )


def _changed(connection: sqlite3.Connection, build: BuildSummary) -> Changed:
    return build_summary(connection, build.id), image_row(connection, build.image_id)
