"""What can be said about the health of a data folder."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

from trailer_tui.humanize import size
from trailer_tui.model.errors import TrailerError
from trailer_tui.model.server import Finding
from trailer_tui.store.database import Database
from trailer_tui.store.search import index_exists

_LOW_SPACE = 1_000_000_000
"""Free bytes below which a diagnosis warns: less than most images take."""


async def diagnose(database: Database, folder: Path) -> list[Finding]:
    """Integrity and size of the database, how search works, size of the logs, free disk space."""
    usage = await asyncio.to_thread(_usage, folder)
    return [await _integrity(database), await _search(database), *usage]


async def _integrity(database: Database) -> Finding:
    subject = "database"
    try:
        # On the connection for searches: a check of a large file must not hold up pages of the table.
        rows = await database.search(lambda connection: connection.execute("PRAGMA quick_check(5)").fetchall())
    except TrailerError as error:
        return Finding(subject=subject, state="error", detail=error.cause, remedy=error.hint)
    problems = "; ".join(str(row[0]) for row in rows)
    stored = await asyncio.to_thread(lambda: size(database.path.stat().st_size))
    if problems == "ok":
        return Finding(subject=subject, state="ok", detail=f"{database.path}: {stored}, intact")
    return Finding(
        subject=subject,
        state="error",
        detail=f"{database.path}: {problems}",
        remedy="stop the server and keep a copy of the file before anything else is done to it",
    )


async def _search(database: Database) -> Finding:
    if await database.read(index_exists):
        return Finding(subject="search", state="ok", detail="trigram index")
    return Finding(
        subject="search",
        state="warning",
        detail="the SQLite library has no trigram tokenizer; each search reads all text",
        remedy="use a Python whose SQLite is 3.34 or newer",
    )


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
