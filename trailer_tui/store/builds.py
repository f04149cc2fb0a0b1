"""Build records: each change of a build and of its image's status is one transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime

from trailer_tui.model.build import Build, BuildFailure, BuildSummary, Step
from trailer_tui.model.resolved import ResolvedEnvironment
from trailer_tui.model.status import BuildState, ImageStatus, StepState
from trailer_tui.store.build_queue import move_build, queue_build, queue_push
from trailer_tui.store.build_rows import (
    ACTIVE,
    Changed,
    build_steps,
    build_summaries,
    build_summary,
    changed,
    dump_resolved,
    expect_state,
    newest_locks,
    newest_resolved,
    put_steps,
    set_detail,
    set_status,
    whole_build,
)
from trailer_tui.store.database import Database
from trailer_tui.store.timestamps import to_ms


class BuildRecords:
    """The builds of all images. Methods that change one raise `NotFound` when it does not exist."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def queue(
        self, image_id: int, *, requested_by: str, retry_of: int | None = None, resolve_again: bool = False
    ) -> Changed:
        """Add a pending build with a snapshot of the image's configuration.

        With `resolve_again` it solves its environments anew.

        Raises:
            NotFound: there is no such image.
            NotApplicable: a build of it is queued or running, or a snapshot is being taken.
        """
        now = to_ms(self._clock())
        return await self._database.write(
            lambda connection: queue_build(
                connection, image_id, requested_by, retry_of, now, resolve_again=resolve_again
            )
        )

    async def queue_push(self, image_id: int, *, requested_by: str, retry_of: int | None = None) -> Changed:
        """Add a pending push of what the image's last build left on its host, under the reference it was built for.

        Raises:
            NotFound: there is no such image.
            NotApplicable: the last build left nothing that could be pushed, its host is gone, or one is under way.
        """
        now = to_ms(self._clock())
        return await self._database.write(
            lambda connection: queue_push(connection, image_id, requested_by, retry_of, now)
        )

    async def move(self, build_id: int, host_id: int) -> Changed:
        """Send a pending build and its image's record to another host.

        Raises:
            NotFound: there is no such build or host.
            NotApplicable: it is not pending, or a push, whose image lies where it is.
        """
        now = to_ms(self._clock())
        return await self._database.write(lambda connection: move_build(connection, build_id, host_id, now))

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

    async def resolved(self, image_id: int) -> list[ResolvedEnvironment]:
        """What the environments of an image's newest build with any became; empty when there is none."""
        return await self._database.read(lambda connection: newest_resolved(connection, image_id)[1])

    async def locks(self, image_id: int, platform: str) -> list[ResolvedEnvironment]:
        """What the next build of an image for a platform takes again; empty when it resolves everything."""
        return await self._database.read(lambda connection: newest_locks(connection, image_id, platform))

    async def with_packages(self, image_id: int, number: int | None = None) -> Build | None:
        """The build of that number, or the newest whose packages are known; None when there is no such build."""

        def work(connection: sqlite3.Connection) -> Build | None:
            wanted = newest_resolved(connection, image_id)[0] if number is None else number
            row = connection.execute(
                "SELECT id FROM builds WHERE image_id = ? AND number = ?", (image_id, wanted)
            ).fetchone()
            return whole_build(connection, row[0]) if row is not None else None

        return await self._database.read(work)

    async def active(self) -> list[BuildSummary]:
        """Running builds, then pending ones, each in the order in which they were queued."""
        rest = f"WHERE {ACTIVE} ORDER BY state = 'pending', id"
        return await self._database.read(lambda connection: build_summaries(connection, rest))

    async def start(
        self,
        build_id: int,
        *,
        dockerfile: str | None,
        warnings: Sequence[str] = (),
        locked: Sequence[ResolvedEnvironment] = (),
    ) -> Changed:
        """A pending build runs from now on, with this Dockerfile and what is to be said before.

        `locked` are the environments whose packages it takes as an earlier build resolved them.

        Raises:
            NotApplicable: it is not pending.
        """
        now = to_ms(self._clock())

        def work(connection: sqlite3.Connection) -> Changed:
            build = expect_state(connection, build_id, BuildState.PENDING)
            connection.execute(
                "UPDATE builds SET state = 'running', started_at = ?, waiting_reason = '', warnings = ? WHERE id = ?",
                (now, json.dumps(list(warnings), ensure_ascii=False), build_id),
            )
            connection.execute(
                "UPDATE build_documents SET dockerfile = ?, locked = ? WHERE build_id = ?",
                (dockerfile, dump_resolved(locked), build_id),
            )
            set_status(connection, build.image_id, ImageStatus.BUILDING, "", now)
            return changed(connection, build)

        # A loss of power that undoes it leaves a pending build, which starts again.
        return await self._database.write(work, synchronised=False)

    async def keep_resolved(self, build_id: int, resolved: Sequence[ResolvedEnvironment]) -> None:
        """Keep what the environments of a build became, for the builds after it."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                "UPDATE build_documents SET resolved = ? WHERE build_id = ?", (dump_resolved(resolved), build_id)
            )

        await self._database.write(work)

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
            build = expect_state(connection, build_id, BuildState.RUNNING)
            put_steps(connection, build_id, steps)
            connection.execute(
                "UPDATE builds SET steps_done = ?, steps_total = ?, log_size = ?, log_lines = ? WHERE id = ?",
                (steps_done, steps_total, log_size, log_lines, build_id),
            )
            set_detail(connection, build.image_id, f"{steps_done}/{steps_total}" if steps_total else "")
            return changed(connection, build)

        return await self._database.write(work, essential=last, synchronised=False)

    async def set_waiting_reason(self, build_id: int, reason: str) -> Changed:
        """Say why a pending build has not started. `NotApplicable` when it is not pending."""

        def work(connection: sqlite3.Connection) -> Changed:
            build = expect_state(connection, build_id, BuildState.PENDING)
            connection.execute("UPDATE builds SET waiting_reason = ? WHERE id = ?", (reason, build_id))
            set_detail(connection, build.image_id, reason)
            return changed(connection, build)

        return await self._database.write(work, synchronised=False)

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

        Steps that had not ended are cancelled, or failed when `failure` names them. What a push began with, the image
        and its size, stays unless something else is given.

        Raises:
            NotApplicable: the build has ended already.
            ValueError: `state` is no end.
        """
        if state.is_active:
            raise ValueError(f"a build does not end as {state}")
        now = to_ms(self._clock())
        facts = (docker_image_id, digest, size, layers, log_size, log_lines)

        def work(connection: sqlite3.Connection) -> Changed:
            build = expect_state(connection, build_id, BuildState.PENDING, BuildState.RUNNING)
            connection.execute(
                "UPDATE builds SET state = ?, failure = ?, finished_at = ?, waiting_reason = '',"
                " docker_image_id = coalesce(?, docker_image_id), digest = ?, size = coalesce(?, size),"
                " layers = coalesce(?, layers), log_size = ?, log_lines = ? WHERE id = ?",
                (state.value, None if failure is None else failure.model_dump_json(), now, *facts, build_id),
            )
            _end_steps(connection, build, failure, now)
            set_status(connection, build.image_id, state.image_status, "", now)
            return changed(connection, build)

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
