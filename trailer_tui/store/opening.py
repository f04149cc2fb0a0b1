"""Opening the data folder and the database file: whose they are, whether they are what they should be.

Whatever is wrong with a file is said before anything is written to it.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path
from urllib.parse import quote

from trailer_tui.model.errors import StoreUnreadable, UnsafeLocation
from trailer_tui.store.database import connect
from trailer_tui.store.failures import translated, unreadable
from trailer_tui.store.migration import migrate, migrations, refuse_newer, schema_version
from trailer_tui.store.search import SearchIndex, prepare_index

DATABASE_NAME = "trailer.db"

_MAGIC = b"SQLite format 3\x00"


def prepare_folder(folder: Path) -> None:
    """Create the data folder for its owner alone, or check that it is so.

    Raises:
        UnsafeLocation: it belongs to somebody else or is open to others.
        StoreUnreadable: it cannot be created, or is no folder.
        StorageFull: the disk is full.
    """
    with translated(folder / DATABASE_NAME):
        if not folder.exists():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)
        if not folder.is_dir():
            raise StoreUnreadable(f"{folder} is no folder", hint="move the file away or name another data folder")
        _check_private(folder)


def prepare_database(folder: Path) -> tuple[Path, SearchIndex]:
    """Create, check and migrate the database of a data folder; returns its path and how it is searched. Blocks.

    Raises:
        UnsafeLocation: the file belongs to somebody else.
        StoreUnreadable: it is damaged, no database, or may not be read.
        StoreTooNew: a newer Trailer has written it.
        StorageFull: the disk is full.
    """
    path = folder / DATABASE_NAME
    known = migrations()
    with translated(path):
        if path.exists():
            _check_file(path)
            if path.stat().st_size:
                _look_inside(path)
            # A copy put back has the umask's mode; until now nobody else could reach it through the folder.
            path.chmod(0o600)
        else:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        connection = connect(path)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            migrate(connection, path, known)
            index = SearchIndex(indexed=prepare_index(connection))
        finally:
            connection.close()
    return path, index


def _check_file(path: Path) -> None:
    if not path.is_file():
        raise StoreUnreadable(f"{path} is no file", hint="move it away")
    _check_owner(path)
    with path.open("rb") as file:
        start = file.read(len(_MAGIC))
    if start and start != _MAGIC:
        what = "it holds only zeros" if not start.strip(b"\x00") else "its beginning is not that of a database"
        raise unreadable(path, f"no SQLite database: {what}")


def _look_inside(path: Path) -> None:
    """Read the schema without writing: SQLite compares the page count in the header with the file on the way."""
    connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, isolation_level=None)
    try:
        refuse_newer(connection, path, migrations())
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        # Trailer's first transaction makes its tables and numbers the schema.
        if tables and schema_version(connection) == 0:
            raise unreadable(path, "it is the database of another program")
    finally:
        connection.close()


def _check_owner(path: Path) -> None:
    status = path.stat()
    if status.st_uid != os.geteuid():
        raise UnsafeLocation(
            f"{path} belongs to user {status.st_uid}, not to {os.geteuid()} who runs Trailer",
            hint=f"name another data folder, or have an administrator run `chown -R` on {path}",
        )


def _check_private(folder: Path) -> None:
    _check_owner(folder)
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & 0o077:
        raise UnsafeLocation(
            f"{folder} is open to other users (mode {mode:03o})", hint=f"close it: `chmod 700 {folder}`"
        )
