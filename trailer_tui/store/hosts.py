"""Docker hosts as the administrator set them, with what each engine last said it can do."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from trailer_tui.model.errors import EditConflict, FieldProblem, InvalidInput, NotApplicable, NotFound
from trailer_tui.model.host import Capabilities, Host, HostDraft
from trailer_tui.model.host_address import same_engine_key
from trailer_tui.model.status import HostState
from trailer_tui.store.database import Database
from trailer_tui.store.search import fold
from trailer_tui.store.timestamps import to_ms

_SETTINGS = tuple(HostDraft.model_fields)
_JSON = ("tls", "labels")
_NAMED_USERS = 5
"""Images that a refusal to delete names."""

_HOST = f"""
SELECT hosts.id, hosts.revision, capabilities,
    (SELECT count(*) FROM builds WHERE builds.state = 'running' AND builds.host_id = hosts.id),
    (SELECT count(*) FROM builds WHERE builds.state = 'pending' AND builds.host_id = hosts.id),
    {", ".join(f"hosts.{name}" for name in _SETTINGS)}
FROM hosts LEFT JOIN host_capabilities ON host_capabilities.host_id = hosts.id
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class BuiltImages:
    """Ids of Docker images that the builds of a host made."""

    made: frozenset[str]
    last: frozenset[str]
    """Those that are the newest image of a record: they can still be pushed."""


class HostRecords:
    """The hosts of one database. Live state is not stored: a host is `unknown` or `disabled` here."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def create(self, draft: HostDraft) -> Host:
        """Store a new host.

        Raises:
            InvalidInput: another host has that name, or is at that address: two records of one engine would let it
                run the builds of both limits.
        """

        def work(connection: sqlite3.Connection) -> Host:
            _check_name(connection, draft, host_id=None)
            _check_address(connection, draft, host_id=None)
            values = _values(draft)
            cursor = connection.execute(
                f"INSERT INTO hosts ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})",  # noqa: S608
                tuple(values.values()),
            )
            assert cursor.lastrowid is not None
            return _get(connection, cursor.lastrowid)

        return await self._database.write(work)

    async def update(self, host_id: int, draft: HostDraft, *, revision: int | None = None) -> Host:
        """Store an edit; what the engine said it can do is forgotten when it may be another one or built otherwise.

        Args:
            host_id: the host.
            draft: all its settings.
            revision: what the edit started from; None replaces whatever is stored.

        Raises:
            NotFound: there is no such host.
            EditConflict: another revision is stored now; `current` is that host.
            InvalidInput: another host has that name, or is at the address that is new.
        """

        def work(connection: sqlite3.Connection) -> Host:
            stored = _get(connection, host_id)
            _check_revision(stored, revision)
            _check_name(connection, draft, host_id=host_id)
            if _engine_key(stored) != _engine_key(draft):
                _check_address(connection, draft, host_id=host_id)
            if stored.engine_settings() != draft.engine_settings():
                connection.execute("DELETE FROM host_capabilities WHERE host_id = ?", (host_id,))
            if stored.name != draft.name:
                # Rows of the images table carry the host's name.
                connection.execute("UPDATE images SET changes = changes + 1 WHERE host_id = ?", (host_id,))
            _set(connection, host_id, _values(draft))
            return _get(connection, host_id)

        return await self._database.write(work)

    async def set_enabled(self, host_id: int, enabled: bool) -> Host:
        """Let the host take work, or no more; counts as an edit. `NotFound` when there is no such host."""

        def work(connection: sqlite3.Connection) -> Host:
            _set(connection, host_id, {"enabled": enabled})
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
        """Forget a host. The builds that ran there stay in the history of their images.

        Raises:
            NotFound: there is no such host.
            NotApplicable: it is enabled, images or templates are built there (some are named), or a build is active.
        """

        def work(connection: sqlite3.Connection) -> None:
            host = _get(connection, host_id)
            _check_unused(connection, host)
            connection.execute("DELETE FROM hosts WHERE id = ?", (host_id,))

        await self._database.write(work, essential=True)

    async def built_images(self, host_id: int) -> BuiltImages:
        """The images that builds on the host made, whether or not they are still there."""

        def work(connection: sqlite3.Connection) -> BuiltImages:
            made = connection.execute(
                "SELECT DISTINCT docker_image_id FROM builds WHERE host_id = ? AND docker_image_id IS NOT NULL",
                (host_id,),
            )
            last = connection.execute(
                "SELECT docker_image_id FROM builds JOIN (SELECT image_id AS record, max(number) AS newest FROM builds"
                " WHERE docker_image_id IS NOT NULL GROUP BY image_id) ON image_id = record AND number = newest"
                " WHERE host_id = ?",
                (host_id,),
            )
            return BuiltImages(frozenset(row[0] for row in made), frozenset(row[0] for row in last))

        return await self._database.read(work)

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
    host_id, revision, capabilities, running, queued, *settings = row
    values = dict(zip(_SETTINGS, settings, strict=True))
    values |= {name: json.loads(values[name]) for name in _JSON}
    return Host(
        **values,
        id=host_id,
        revision=revision,
        state=HostState.UNKNOWN if values["enabled"] else HostState.DISABLED,
        capabilities=None if capabilities is None else Capabilities.model_validate_json(capabilities),
        running=running,
        queued=queued,
    )


def _values(draft: HostDraft) -> dict[str, Any]:
    """The columns of the settings."""
    values = draft.model_dump(mode="json", include=set(_SETTINGS))
    return values | {name: json.dumps(values[name]) for name in _JSON} | {"name_folded": fold(draft.name)}


def _set(connection: sqlite3.Connection, host_id: int, values: dict[str, Any]) -> None:
    assignments = ", ".join(f"{name} = ?" for name in values)
    connection.execute(
        f"UPDATE hosts SET {assignments}, revision = revision + 1 WHERE id = ?",  # noqa: S608
        (*values.values(), host_id),
    )


def _check_revision(stored: Host, revision: int | None) -> None:
    if revision is not None and stored.revision != revision:
        raise EditConflict(
            f"{stored.name} was changed by somebody else since you opened it",
            hint="compare with what is stored now, then save again",
            current=stored.model_dump(mode="json"),
        )


def _check_name(connection: sqlite3.Connection, draft: HostDraft, *, host_id: int | None) -> None:
    taken = connection.execute(
        "SELECT 1 FROM hosts WHERE name_folded = ? AND id IS NOT ?", (fold(draft.name), host_id)
    ).fetchone()
    if taken is not None:
        raise _refused(FieldProblem("name", draft.name, "is the name of another host", "choose another name"))


def _engine_key(draft: HostDraft) -> tuple[str, ...]:
    return same_engine_key(draft.address, tls=draft.tls is not None)


def _check_address(connection: sqlite3.Connection, draft: HostDraft, *, host_id: int | None) -> None:
    key = _engine_key(draft)
    others = connection.execute("SELECT name, address, tls FROM hosts WHERE id IS NOT ?", (host_id,))
    for name, address, tls in others.fetchall():
        if same_engine_key(address, tls=tls != "null") == key:
            remedy = f"change {name} instead: two records of one engine would run the builds of both limits there"
            raise _refused(FieldProblem("address", draft.address, f"is the engine of host {name} already", remedy))


def _refused(problem: FieldProblem) -> InvalidInput:
    return InvalidInput(problem.sentence(), fields=(problem,))


def _check_unused(connection: sqlite3.Connection, host: Host) -> None:
    if host.running or host.queued:
        raise NotApplicable(
            f"a build is queued or running on {host.name}", hint="cancel it, or move it to another host"
        )
    (used,) = connection.execute("SELECT count(*) FROM images WHERE host_id = ?", (host.id,)).fetchone()
    if used:
        rows = connection.execute(
            "SELECT name, creator FROM images WHERE host_id = ? ORDER BY name_folded, id LIMIT ?",
            (host.id, _NAMED_USERS),
        )
        names = ", ".join(f"{name} ({creator})" for name, creator in rows)
        more = f" and {used - _NAMED_USERS} more" if used > _NAMED_USERS else ""
        what = "1 image is" if used == 1 else f"{used} images are"
        raise NotApplicable(
            f"{what} built on {host.name}: {names}{more}", hint="give them another build host, or delete them"
        )
    if host.enabled:
        raise NotApplicable(f"{host.name} is enabled", hint="disable it first")
