"""Data folders and database files that are not what they should be are refused and left as they are."""

from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path

import pytest

from tests.store.conftest import Clock
from tests.store.drafts import generated
from trailer_tui.model.errors import StoreTooNew, StoreUnreadable, TrailerError, UnsafeLocation
from trailer_tui.model.host import Host
from trailer_tui.model.status import ImageStatus
from trailer_tui.store import opening
from trailer_tui.store.database import connect
from trailer_tui.store.migration import Migration, migrations, schema_version
from trailer_tui.store.store import Store


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _file_modes(folder: Path) -> dict[str, int]:
    return {path.name: _mode(path) for path in folder.iterdir() if path.is_file()}


def _make(folder: Path, mode: int) -> None:
    folder.mkdir()
    folder.chmod(mode)


def _block(folder: Path, name: str) -> None:
    if name == ".":
        folder.write_text("I am a file")
    else:
        _make(folder, 0o700)
        (folder / name).mkdir()


async def _refused(folder: Path, clock: Clock) -> TrailerError:
    with pytest.raises(TrailerError) as caught:
        await Store.open(folder, clock=clock)
    assert caught.value.hint
    return caught.value


async def test_everything_is_made_for_the_owner_alone(folder: Path, clock: Clock) -> None:
    previous = os.umask(0)
    try:
        store = await Store.open(folder, clock=clock)
        try:
            assert _mode(folder) == _mode(folder / "logs") == 0o700
            files = _file_modes(folder)
        finally:
            await store.close()
    finally:
        os.umask(previous)
    assert {"trailer.db", "trailer.db-wal", "reserve"} <= set(files)
    assert set(files.values()) == {0o600}


async def test_records_are_there_after_closing_and_opening(store: Store, host: Host, clock: Clock) -> None:
    record = await store.images.create(generated("tool", host.id), creator="ada", status=ImageStatus.ERROR)
    await store.close()
    again = await Store.open(store.folder, clock=clock)
    try:
        assert await again.images.get(record.id) == record
    finally:
        await again.close()


@pytest.mark.parametrize("folder_mode", [0o755, 0o710, 0o701])
async def test_a_folder_open_to_others_is_refused(folder: Path, clock: Clock, folder_mode: int) -> None:
    _make(folder, folder_mode)
    error = await _refused(folder, clock)
    assert isinstance(error, UnsafeLocation)
    assert f"chmod 700 {folder}" in error.hint
    assert _file_modes(folder) == {}


async def test_a_database_that_was_put_back_with_the_usual_mode_is_closed_to_others(store: Store, clock: Clock) -> None:
    await store.close()
    path = store.folder / "trailer.db"
    path.chmod(0o644)
    again = await Store.open(store.folder, clock=clock)
    await again.close()
    assert _mode(path) == 0o600


async def test_a_file_that_is_no_database_says_so_whatever_its_mode(folder: Path, clock: Clock) -> None:
    path = _place(folder, bytes(8192))
    path.chmod(0o644)
    error = await _refused(folder, clock)
    assert isinstance(error, StoreUnreadable)
    assert "zeros" in error.cause
    assert _mode(path) == 0o644


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
async def test_somebody_elses_folder_is_refused(folder: Path, clock: Clock) -> None:
    _make(folder, 0o700)
    os.chown(folder, 12345, 12345)
    error = await _refused(folder, clock)
    assert isinstance(error, UnsafeLocation)
    assert "12345" in error.cause


@pytest.mark.parametrize(
    "content",
    [bytes(8192), b"name,status\ntool,error\n", b"\x7fELF" * 999, b"SQLite format 3\x00" + bytes(9000)],
    ids=["zeros", "text", "binary", "header only"],
)
async def test_a_file_that_is_no_database_is_left_as_it_is(folder: Path, clock: Clock, content: bytes) -> None:
    path = _place(folder, content)
    error = await _refused(folder, clock)
    assert isinstance(error, StoreUnreadable)
    assert str(path) in error.cause
    assert path.read_bytes() == content


async def test_a_truncated_database_is_left_as_it_is(store: Store, host: Host, clock: Clock) -> None:
    for number in range(40):
        await store.images.create(generated(f"tool {number}", host.id), creator="ada", status=ImageStatus.ERROR)
    await store.close()
    path = store.folder / "trailer.db"
    for kept in (path.stat().st_size // 2, path.stat().st_size - 1, 4096, 100, 20):
        content = path.read_bytes()[:kept]
        path.write_bytes(content)
        assert isinstance(await _refused(store.folder, clock), StoreUnreadable), kept
        assert path.read_bytes() == content


async def test_damage_in_the_middle_is_found_by_a_diagnosis(store: Store, host: Host, clock: Clock) -> None:
    for number in range(40):
        await store.images.create(generated(f"tool {number}", host.id), creator="ada", status=ImageStatus.ERROR)
    await store.close()
    path = store.folder / "trailer.db"
    connection = sqlite3.connect(path)
    (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'image_documents'").fetchone()
    connection.close()
    content = bytearray(path.read_bytes())
    content[(page - 1) * 4096 : page * 4096] = b"\xa5" * 4096
    path.write_bytes(content)
    again = await Store.open(store.folder, clock=clock)
    try:
        assert [line.state for line in await again.check() if line.subject == "database"] == ["error"]
        with pytest.raises(StoreUnreadable):
            await again.images.get(1)
    finally:
        await again.close()


async def test_the_database_of_another_program_is_left_as_it_is(folder: Path, clock: Clock) -> None:
    _make(folder, 0o700)
    path = folder / "trailer.db"
    foreign = sqlite3.connect(path)
    foreign.execute("CREATE TABLE images (title TEXT)")
    foreign.close()
    path.chmod(0o600)
    before = path.read_bytes()
    error = await _refused(folder, clock)
    assert isinstance(error, StoreUnreadable)
    assert "another program" in error.cause
    assert path.read_bytes() == before


async def test_a_newer_schema_is_left_as_it_is(store: Store, host: Host, clock: Clock) -> None:
    await store.close()
    path = store.folder / "trailer.db"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 999")
    connection.close()
    content = path.read_bytes()
    error = await _refused(store.folder, clock)
    assert isinstance(error, StoreTooNew)
    assert "999" in error.cause
    assert path.read_bytes() == content


@pytest.mark.parametrize("name", ["trailer.db", "."])
async def test_something_else_in_the_place_is_refused(folder: Path, clock: Clock, name: str) -> None:
    _block(folder, name)
    assert isinstance(await _refused(folder, clock), StoreUnreadable)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
async def test_a_file_without_permission_is_refused(folder: Path, clock: Clock) -> None:
    path = _place(folder, b"")
    path.chmod(0)
    assert isinstance(await _refused(folder, clock), StoreUnreadable)


async def test_an_empty_file_is_a_new_database(folder: Path, clock: Clock) -> None:
    _place(folder, b"")
    store = await Store.open(folder, clock=clock)
    try:
        assert await store.hosts.all() == []
    finally:
        await store.close()


async def test_a_locked_database_is_named_as_such(
    store: Store, host: Host, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    await store.close()
    monkeypatch.setattr("trailer_tui.store.database.BUSY_SECONDS", 0.05)
    again = await Store.open(store.folder, clock=clock)
    other = sqlite3.connect(store.folder / "trailer.db", isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(TrailerError, match="locked"):
            await again.settings.set("a", "b")
        other.execute("ROLLBACK")
        await again.settings.set("a", "c")
        assert await again.settings.get("a") == "c"
    finally:
        other.close()
        await again.close()


class TestMigration:
    """A newer release opens the database of an older one."""

    NEXT = Migration(len(migrations()) + 1, "ALTER TABLE hosts ADD COLUMN colour TEXT NOT NULL DEFAULT 'blue';")

    async def test_a_copy_is_kept_and_records_stay(
        self, store: Store, host: Host, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await store.close()
        monkeypatch.setattr(opening, "migrations", lambda: [*migrations(), self.NEXT])
        again = await Store.open(store.folder, clock=clock)
        try:
            assert [known.name for known in await again.hosts.all()] == ["local"]
        finally:
            await again.close()
        copy = store.folder / f"trailer.db.v{self.NEXT.version - 1}"
        assert _mode(copy) == 0o600
        kept = sqlite3.connect(copy)
        try:
            assert schema_version(kept) == self.NEXT.version - 1
            assert kept.execute("SELECT name FROM hosts").fetchall() == [("local",)]
        finally:
            kept.close()

    async def test_a_migration_that_fails_changes_nothing(
        self, store: Store, host: Host, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await store.close()
        broken = Migration(self.NEXT.version, f"{self.NEXT.sql} INSERT INTO nowhere VALUES (1);")
        with monkeypatch.context() as patch:
            patch.setattr(opening, "migrations", lambda: [*migrations(), broken])
            with pytest.raises(TrailerError):
                await Store.open(store.folder, clock=clock)
        connection = connect(store.folder / "trailer.db")
        try:
            assert schema_version(connection) == self.NEXT.version - 1
            columns = [row[1] for row in connection.execute("PRAGMA table_info(hosts)")]
        finally:
            connection.close()
        assert "colour" not in columns

    def test_versions_are_consecutive(self) -> None:
        assert [migration.version for migration in migrations()] == list(range(1, len(migrations()) + 1))


def _place(folder: Path, content: bytes) -> Path:
    folder.mkdir(mode=0o700)
    path = folder / "trailer.db"
    path.write_bytes(content)
    path.chmod(0o600)
    return path
