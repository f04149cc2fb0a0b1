"""Docker hosts as the administrator named them, with what each engine last said it can do."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime
from typing import Any

from trailer_tui.model.errors import FieldProblem, InvalidInput, NotApplicable, NotFound
from trailer_tui.model.host import Capabilities, Host, HostDraft
from trailer_tui.model.status import HostState
from trailer_tui.store.database import Database
from trailer_tui.store.search import fold
from trailer_tui.store.timestamps import to_ms

_HOST = """
SELECT hosts.id, name, address, enabled, parallel_builds, squash_default, capabilities,
    (SELECT count(*) FROM builds WHERE builds.state = 'running' AND builds.host_id = hosts.id),
    (SELECT count(*) FROM builds WHERE builds.state = 'pending' AND builds.host_id = hosts.id)
FROM hosts LEFT JOIN host_capabilities ON host_capabilities.host_id = hosts.id
"""


class HostRecords:
    """The hosts of one database. Live state is not stored: a host is `unknown` or `disabled` here."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def create(self, draft: HostDraft) -> Host:
        """Store a new host; `InvalidInput` when the name is taken."""

        def work(connection: sqlite3.Connection) -> Host:
            _check(connection, draft, host_id=None)
            cursor = connection.execute(
                "INSERT INTO hosts (name, name_folded, address, enabled, parallel_builds, squash_default)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                _values(draft),
            )
            assert cursor.lastrowid is not None
            return _get(connection, cursor.lastrowid)

        return await self._database.write(work)

    async def update(self, host_id: int, draft: HostDraft) -> Host:
        """Store an edit; another address forgets the capabilities.

        Raises:
            NotFound: there is no such host.
            InvalidInput: another host has that name.
        """

        def work(connection: sqlite3.Connection) -> Host:
            stored = _get(connection, host_id)
            _check(connection, draft, host_id=host_id)
            if stored.address != draft.address:
                connection.execute("DELETE FROM host_capabilities WHERE host_id = ?", (host_id,))
            if stored.name != draft.name:
                # Rows of the images table carry the host's name.
                connection.execute("UPDATE images SET changes = changes + 1 WHERE host_id = ?", (host_id,))
            connection.execute(
                "UPDATE hosts SET name = ?, name_folded = ?, address = ?, enabled = ?, parallel_builds = ?,"
                " squash_default = ? WHERE id = ?",
                (*_values(draft), host_id),
            )
            return _get(connection, host_id)

        return await self._database.write(work)

    async def get(self, host_id: int) -> Host:
        """The host; `NotFound` when there is none."""
        return await self._database.read(lambda connection: _get(connection, host_id))

    async def all(self) -> list[Host]:
        """All hosts in the order of their names."""
        return await self._database.read(
            lambda connection: [_host(row) for row in connection.execute(f"{_HOST} ORDER BY name_folded")]
        )

    async def delete(self, host_id: int) -> None:
        """Forget a host.

        Raises:
            NotFound: there is no such host.
            NotApplicable: images are built there, or a build is active there.
        """

        def work(connection: sqlite3.Connection) -> None:
            host = _get(connection, host_id)
            (used,) = connection.execute("SELECT count(*) FROM images WHERE host_id = ?", (host_id,)).fetchone()
            if used:
                what = "image is" if used == 1 else "images are"
                raise NotApplicable(f"{used} {what} built on {host.name}", hint="move them to another host first")
            if host.running or host.queued:
                raise NotApplicable(f"a build is queued or running on {host.name}", hint="cancel it first")
            connection.execute("DELETE FROM hosts WHERE id = ?", (host_id,))

        await self._database.write(work, essential=True)

    async def save_capabilities(self, host_id: int, capabilities: Capabilities) -> None:
        """Keep what the host's engine answered; nothing happens when the host is gone."""
        document, now = capabilities.model_dump_json(), to_ms(self._clock())
        await self._database.write(
            lambda connection: connection.execute(
                "INSERT OR REPLACE INTO host_capabilities (host_id, capabilities, asked_at)"
                " SELECT id, ?, ? FROM hosts WHERE id = ?",
                (document, now, host_id),
            )
        )


def _get(connection: sqlite3.Connection, host_id: int) -> Host:
    row = connection.execute(f"{_HOST} WHERE hosts.id = ?", (host_id,)).fetchone()
    if row is None:
        raise NotFound(f"there is no host {host_id}", hint="somebody may have deleted it")
    return _host(row)


def _host(row: tuple[Any, ...]) -> Host:
    enabled = bool(row[3])
    return Host(
        id=row[0],
        name=row[1],
        address=row[2],
        enabled=enabled,
        parallel_builds=row[4],
        squash_default=bool(row[5]),
        state=HostState.UNKNOWN if enabled else HostState.DISABLED,
        capabilities=None if row[6] is None else Capabilities.model_validate_json(row[6]),
        running=row[7],
        queued=row[8],
    )


def _values(draft: HostDraft) -> tuple[Any, ...]:
    return draft.name, fold(draft.name), draft.address, draft.enabled, draft.parallel_builds, draft.squash_default


def _check(connection: sqlite3.Connection, draft: HostDraft, *, host_id: int | None) -> None:
    taken = connection.execute(
        "SELECT 1 FROM hosts WHERE name_folded = ? AND id IS NOT ?", (fold(draft.name), host_id)
    ).fetchone()
    if taken is not None:
        problem = FieldProblem("name", draft.name, "is the name of another host", "choose another name")
        raise InvalidInput(problem.sentence(), fields=(problem,))
