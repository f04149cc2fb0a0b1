"""The connections to one database file: one that writes, one that reads pages, one that searches.

Work is a plain function of a `sqlite3.Connection` that runs as one transaction on the connection's own thread, so a
transaction is whole whatever happens to the task that asked for it, and a search never queues before a page read.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite

from trailer_tui.store.failures import is_full, translate
from trailer_tui.store.reserve import Reserve

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]

BUSY_SECONDS = 5.0
"""How long a connection waits for a lock; only another program can hold one that long."""

_PAGE_CACHE_KIB = 32 * 1024

_MAPPED = 1 << 30
"""Bytes of the file that a search reads without copying; comparing texts takes half the time."""


class _Connection(aiosqlite.Connection):
    """A connection that runs whole functions on its thread."""

    async def run(self, work: Callable[[sqlite3.Connection], Any]) -> Any:
        return await self._execute(self._call, work)  # type: ignore[no-untyped-call]

    def _call(self, work: Callable[[sqlite3.Connection], Any]) -> Any:
        return work(self._conn)


class Database:
    """One database file, open. `close` must be awaited: the threads keep the process alive otherwise."""

    def __init__(self, path: Path, reserve: Reserve) -> None:
        self.path = path
        self._reserve = reserve
        self._writer = _connection(path)
        self._reader = _connection(path, read_only=True)
        self._searcher = _connection(path, read_only=True, mapped=_MAPPED)
        self._search_turn = asyncio.Lock()

    async def open(self) -> None:
        """Open all connections.

        Raises:
            StoreUnreadable: the file cannot be opened.
        """
        try:
            for connection in (self._writer, self._reader, self._searcher):
                await connection
        except (sqlite3.Error, OSError) as error:
            await self.close()
            raise translate(error, self.path) from error
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Close all connections and end their threads."""
        # The writer last: the last connection that closes moves the write-ahead log into the database.
        for connection in (self._searcher, self._reader, self._writer):
            await connection.close()

    async def read(self, work: Work[T]) -> T:
        """What `work` returns, from one consistent state of the database."""
        return await self._run(self._reader, partial(_reading, work))

    async def write(self, work: Work[T], *, essential: bool = False, synchronised: bool = True) -> T:
        """What `work` returns; all it wrote is stored, or nothing when it raised.

        Args:
            work: reads and writes through the connection it gets; may run twice.
            essential: may use up the reserve when the disk is full, because it records what has happened already or
                frees space.
            synchronised: waits for the disk. Without, what was written outlives every end of the process, but may be
                undone by a loss of power until the next write that waits.

        Raises:
            StorageFull: the disk is full.
            TrailerError: another program keeps the database locked, or what `work` raises.
        """
        return await self._run(self._writer, partial(self._writing, work, essential, synchronised))

    async def search(self, work: Work[T]) -> T:
        """Like `read`, on a connection of its own, one at a time; ends the query when the caller is cancelled."""
        async with self._search_turn:
            running = asyncio.ensure_future(self._run(self._searcher, partial(_reading, work)))
            try:
                return await asyncio.shield(running)
            except asyncio.CancelledError:
                while not running.done():
                    # Again and again: an interrupt before the thread has begun its query has no effect.
                    await self._searcher.interrupt()
                    await asyncio.wait({running}, timeout=0.01)
                running.cancelled() or running.exception()
                raise

    async def _run(self, connection: _Connection, work: Callable[[sqlite3.Connection], T]) -> T:
        try:
            result: T = await connection.run(work)
        except (sqlite3.Error, OSError) as error:
            raise translate(error, self.path) from error
        return result

    def _writing(self, work: Work[T], essential: bool, synchronised: bool, connection: sqlite3.Connection) -> T:
        write = _transaction if synchronised else _unsynchronised
        try:
            result = write(work, connection, "BEGIN IMMEDIATE")
        except (sqlite3.Error, OSError) as error:
            if not (essential and is_full(error) and self._reserve.give_up()):
                raise
            return write(work, connection, "BEGIN IMMEDIATE")
        self._reserve.retake()
        return result


def _connection(path: Path, *, read_only: bool = False, mapped: int = 0) -> _Connection:
    return _Connection(partial(_connect, path, read_only, mapped), iter_chunk_size=64)


def _connect(path: Path, read_only: bool, mapped: int) -> sqlite3.Connection:
    connection = connect(path)
    connection.execute(f"PRAGMA cache_size = -{_PAGE_CACHE_KIB}")
    connection.execute(f"PRAGMA mmap_size = {mapped}")
    if read_only:
        connection.execute("PRAGMA query_only = ON")
    return connection


def connect(path: Path) -> sqlite3.Connection:
    """A connection as all of Trailer's are: transactions begun by hand, foreign keys checked, commits synchronised."""
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
    except BaseException:
        connection.close()
        raise
    return connection


def _reading(work: Work[T], connection: sqlite3.Connection) -> T:
    return _transaction(work, connection, "BEGIN")


def _unsynchronised(work: Work[T], connection: sqlite3.Connection, begin: str) -> T:
    # In WAL mode NORMAL only leaves out the wait for the disk at commit; the database stays whole.
    connection.execute("PRAGMA synchronous = NORMAL")
    try:
        return _transaction(work, connection, begin)
    finally:
        connection.execute("PRAGMA synchronous = FULL")


def _transaction(work: Work[T], connection: sqlite3.Connection, begin: str) -> T:
    connection.execute(begin)
    try:
        result = work(connection)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return result
