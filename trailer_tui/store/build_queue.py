"""Entries of the build queue: how one gets in, and how it goes to another host."""

from __future__ import annotations

import sqlite3
from dataclasses import astuple, dataclass

from trailer_tui.model.actions import ImageAction, refusal_for
from trailer_tui.model.build import BuildKind
from trailer_tui.model.errors import NotApplicable, NotFound
from trailer_tui.model.rows import ImageRow
from trailer_tui.model.status import BuildState, ImageStatus
from trailer_tui.store.build_rows import ACTIVE, Changed, build_summary, changed, expect_state, set_status
from trailer_tui.store.image_rows import image_row


@dataclass(frozen=True, slots=True)
class _Entry:
    """What is new in an entry of the queue, in the order of its columns."""

    kind: BuildKind
    host_id: int
    host_name: str
    reference: str
    requested_by: str
    retry_of: int | None
    resolve_again: bool = False


def queue_build(
    connection: sqlite3.Connection,
    image_id: int,
    requested_by: str,
    retry_of: int | None,
    now: int,
    *,
    resolve_again: bool = False,
) -> Changed:
    """Queue a build in the transaction at hand. Raises like `BuildRecords.queue`."""
    image = image_row(connection, image_id)
    _require(connection, ImageAction.BUILD, image)
    entry = _Entry(
        BuildKind.BUILD, image.host_id, image.host_name, image.image_name, requested_by, retry_of, resolve_again
    )
    build_id = _insert(connection, image, entry, now)
    connection.execute(
        "INSERT INTO build_documents (build_id, configuration_version, configuration)"
        " SELECT ?, configuration_version, configuration FROM image_documents WHERE image_id = ?",
        (build_id, image_id),
    )
    connection.execute("UPDATE images SET changed_since_build = 0 WHERE id = ?", (image_id,))
    return build_summary(connection, build_id), image_row(connection, image_id)


def queue_push(
    connection: sqlite3.Connection, image_id: int, requested_by: str, retry_of: int | None, now: int
) -> Changed:
    """Queue a push in the transaction at hand. Raises like `BuildRecords.queue_push`."""
    image = image_row(connection, image_id)
    _require(connection, ImageAction.PUSH, image)
    assert image.last_build_id is not None
    source = build_summary(connection, image.last_build_id)
    # Its name may have changed since; the image lies where it was built in any case.
    host = connection.execute("SELECT name FROM hosts WHERE id = ?", (source.host_id,)).fetchone()
    if host is None:
        raise NotApplicable(f"{image.name} cannot be pushed: {source.host_name}, the host that has it, is gone")
    entry = _Entry(BuildKind.PUSH, source.host_id, host[0], source.reference, requested_by, retry_of)
    build_id = _insert(connection, image, entry, now)
    connection.execute(
        "INSERT INTO build_documents (build_id, configuration_version, configuration, dockerfile)"
        " SELECT ?, configuration_version, configuration, dockerfile FROM build_documents WHERE build_id = ?",
        (build_id, source.id),
    )
    connection.execute(
        "UPDATE builds SET docker_image_id = ?, size = ?, layers = ? WHERE id = ?",
        (source.docker_image_id, source.size, source.layers, build_id),
    )
    return build_summary(connection, build_id), image_row(connection, image_id)


def move_build(connection: sqlite3.Connection, build_id: int, host_id: int, now: int) -> Changed:
    """Send a queued build to another host in the transaction at hand. Raises like `BuildRecords.move`."""
    build = expect_state(connection, build_id, BuildState.PENDING)
    host = connection.execute("SELECT name FROM hosts WHERE id = ?", (host_id,)).fetchone()
    if host is None:
        raise NotFound(f"there is no host {host_id}", hint="`trailer hosts` lists them")
    if build.kind is BuildKind.PUSH:
        raise NotApplicable(f"{build.image_name} cannot be moved: its image lies on {build.host_name}")
    connection.execute(
        "UPDATE builds SET host_id = ?, host_name = ?, waiting_reason = '' WHERE id = ?", (host_id, host[0], build_id)
    )
    # An edit of the record: a form that is open on it must not put the old host back unseen.
    connection.execute(
        "UPDATE images SET host_id = ?, status_detail = '', updated_at = ?, revision = revision + 1,"
        " changes = changes + 1 WHERE id = ?",
        (host_id, now, build.image_id),
    )
    return changed(connection, build)


def _require(connection: sqlite3.Connection, action: ImageAction, image: ImageRow) -> None:
    problem = refusal_for(action, image)
    active = connection.execute(f"SELECT 1 FROM builds WHERE image_id = ? AND {ACTIVE}", (image.id,)).fetchone()  # noqa: S608
    if problem or active:
        done = "built" if action is ImageAction.BUILD else "pushed"
        raise NotApplicable(f"{image.name} cannot be {done}: {problem or 'already building'}")


def _insert(connection: sqlite3.Connection, image: ImageRow, entry: _Entry, now: int) -> int:
    """A pending build, as the image's last one; returns its id."""
    number = (image.last_build_number or 0) + 1
    cursor = connection.execute(
        "INSERT INTO builds (image_id, image_name, number, state, created_at, kind, host_id, host_name, reference,"
        " requested_by, retry_of, resolve_again) VALUES (?, ?, ?, 'pending', ?, ?, ?, ?, ?, ?, ?, ?)",
        (image.id, image.name, number, now, *astuple(entry)),
    )
    build_id = cursor.lastrowid
    assert build_id is not None
    connection.execute(
        "UPDATE images SET last_build_id = ?, last_build_number = ? WHERE id = ?", (build_id, number, image.id)
    )
    set_status(connection, image.id, ImageStatus.BUILD_PENDING, "", now)
    return build_id
