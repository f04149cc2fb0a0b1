"""What can be said about the health of a data folder."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import sqlite3
from functools import partial
from pathlib import Path

from trailer_tui.humanize import size
from trailer_tui.model.errors import TrailerError
from trailer_tui.model.server import Finding
from trailer_tui.store.database import Database, connect
from trailer_tui.store.failures import translated
from trailer_tui.store.search import index_exists
from trailer_tui.store.secret_key import SecretKey

_LOW_SPACE = 1_000_000_000
"""Free bytes below which a diagnosis warns: less than most images take."""

_ENCRYPTED = {"secrets": "build secrets", "windows_passwords": "Windows passwords"}
"""Tables with encrypted values, and what a diagnosis calls them."""


async def diagnose(database: Database, folder: Path, key: SecretKey) -> list[Finding]:
    """Integrity and size of the database, how search works, size of the logs, free disk space, and whether the key of
    build secrets and Windows passwords is there when there are some.
    """
    usage = await asyncio.to_thread(_usage, folder)
    return [await _integrity(database.path), await _search(database), *usage, *await _secrets(database, key)]


async def _integrity(path: Path) -> Finding:
    subject = "database"
    try:
        problems, stored = await asyncio.to_thread(_quick_check, path)
    except TrailerError as error:
        return Finding(subject=subject, state="error", detail=error.cause, remedy=error.hint)
    if problems == "ok":
        return Finding(subject=subject, state="ok", detail=f"{path}: {size(stored)}, intact")
    return Finding(
        subject=subject,
        state="error",
        detail=f"{path}: {problems}",
        remedy="stop the server and keep a copy of the file before anything else is done to it",
    )


def _quick_check(path: Path) -> tuple[str, int]:
    # On a connection of its own: checking a large file takes seconds, which neither pages nor searches should wait.
    with translated(path), contextlib.closing(connect(path)) as connection:
        rows = connection.execute("PRAGMA quick_check(5)").fetchall()
        return "; ".join(str(row[0]) for row in rows), path.stat().st_size


async def _search(database: Database) -> Finding:
    if await database.read(index_exists):
        return Finding(subject="search", state="ok", detail="trigram index")
    return Finding(
        subject="search",
        state="warning",
        detail="the SQLite library has no trigram tokenizer; each search reads all text",
        remedy="use a Python whose SQLite is 3.34 or newer",
    )


async def _secrets(database: Database, key: SecretKey) -> list[Finding]:
    counts = [(await database.read(partial(_count, table)), subject) for table, subject in _ENCRYPTED.items()]
    stored = [(count, subject) for count, subject in counts if count]
    if not stored:
        return []
    try:
        await asyncio.to_thread(key.check)
    except TrailerError as error:
        return [Finding(subject=subject, state="error", detail=error.cause, remedy=error.hint) for _, subject in stored]
    return [
        Finding(subject=subject, state="ok", detail=f"{count} stored, encrypted with {key.path}")
        for count, subject in stored
    ]


def _count(table: str, connection: sqlite3.Connection) -> int:
    found: int = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
    return found


def _usage(folder: Path) -> list[Finding]:
    logs = [entry.stat().st_size for entry in (folder / "logs").glob("*.log")]
    free = shutil.disk_usage(folder).free
    low = free < _LOW_SPACE
    return [
        Finding(subject="build logs", state="ok", detail=f"{len(logs)} files, {size(sum(logs))}"),
        Finding(
            subject="disk",
            state="warning" if low else "ok",
            detail=f"{size(free)} free for {folder}",
            remedy="make space: `docker system df` shows what images take" if low else "",
        ),
    ]
