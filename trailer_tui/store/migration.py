"""The numbered SQL files of `migrations/`, applied in order; `PRAGMA user_version` holds the last one applied."""

from __future__ import annotations

import os
import re
import sqlite3
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from trailer_tui.model.errors import StoreTooNew

_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema."""

    version: int
    sql: str


def migrations() -> list[Migration]:
    """All migrations of this release, oldest first."""
    found = []
    for entry in resources.files(__package__).joinpath("migrations").iterdir():
        match = _NAME.fullmatch(entry.name)
        if match:
            found.append(Migration(int(match[1]), entry.read_text(encoding="utf-8")))
    return sorted(found, key=lambda migration: migration.version)


def schema_version(connection: sqlite3.Connection) -> int:
    """The version of the last migration that was applied; 0 for an empty database."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def refuse_newer(connection: sqlite3.Connection, path: Path, known: list[Migration]) -> None:
    """Check that this release knows the schema.

    Raises:
        StoreTooNew: a newer Trailer has written the database.
    """
    version, newest = schema_version(connection), known[-1].version
    if version > newest:
        raise StoreTooNew(
            f"{path} has schema version {version}; this Trailer knows versions up to {newest}",
            hint="install the newer Trailer again; the database was left as it is",
        )


def migrate(connection: sqlite3.Connection, path: Path, known: list[Migration]) -> None:
    """Bring the schema of the database at `path` to the newest version, each migration in its own transaction.

    A database that has records already is copied to `<name>.v<version>` beside it first.
    """
    version = schema_version(connection)
    pending = [migration for migration in known if migration.version > version]
    if pending and version > 0:
        keep_copy(connection, path.with_name(f"{path.name}.v{version}"))
    for migration in pending:
        try:
            connection.executescript(
                f"BEGIN IMMEDIATE;\n{migration.sql}\nPRAGMA user_version = {migration.version};\nCOMMIT;"
            )
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def keep_copy(connection: sqlite3.Connection, target: Path) -> None:
    """Write a whole copy of the open database to `target`, readable by its owner only."""
    unfinished = target.with_name(f"{target.name}.part")
    unfinished.unlink(missing_ok=True)
    os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        copy = sqlite3.connect(unfinished)
        try:
            connection.backup(copy)
        finally:
            copy.close()
        unfinished.replace(target)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
