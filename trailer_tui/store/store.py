"""The store: a data folder with its database and its logs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from trailer_tui.model.server import Finding
from trailer_tui.store.builds import BuildRecords
from trailer_tui.store.database import Database
from trailer_tui.store.diagnosis import diagnose
from trailer_tui.store.failures import translated
from trailer_tui.store.file_contents import FileContents
from trailer_tui.store.files import FileRecords
from trailer_tui.store.hosts import HostRecords
from trailer_tui.store.images import ImageRecords
from trailer_tui.store.logs import LogFolder
from trailer_tui.store.opening import prepare_database, prepare_folder
from trailer_tui.store.reserve import Reserve
from trailer_tui.store.search import SearchIndex
from trailer_tui.store.secret_key import SecretKey
from trailer_tui.store.secrets import SecretRecords
from trailer_tui.store.settings import SettingRecords
from trailer_tui.store.windows_passwords import WindowsPasswords


class Store:
    """All records of one data folder. Open with `Store.open`, and await `close` in a `finally`."""

    def __init__(self, folder: Path, database: Database, index: SearchIndex, clock: Callable[[], datetime]) -> None:
        self.folder = folder
        self._secret_key = SecretKey(folder)
        self.windows_passwords = WindowsPasswords(database, self._secret_key)
        self.images = ImageRecords(database, index, self.windows_passwords, clock)
        self.builds = BuildRecords(database, clock)
        self.hosts = HostRecords(database, clock)
        self.settings = SettingRecords(database)
        self.secrets = SecretRecords(database, self._secret_key, clock)
        self.files = FileRecords(database, FileContents(folder / "files"), clock)
        self.logs = LogFolder(folder / "logs")
        self._database = database

    @classmethod
    async def open(cls, folder: Path, *, clock: Callable[[], datetime]) -> Store:
        """Open the data folder; create it, its database and its logs folder when they do not exist.

        Args:
            folder: the data folder; made with mode 0700, the database with 0600.
            clock: the time that records get; aware.

        Raises:
            StoreUnreadable: the database is damaged, no database, or may not be read; it is left as it is.
            StoreTooNew: a newer Trailer has written it; it is left as it is.
            StorageFull: the disk is full.
            UnsafeLocation: folder or database belong to somebody else or are open to others.
        """
        path, index = await asyncio.to_thread(_prepare, folder)
        database = Database(path, Reserve(folder))
        await database.open()
        store = cls(folder, database, index, clock)
        try:
            with translated(path):
                await store.files.prepare()
        except BaseException:
            await database.close()
            raise
        return store

    async def close(self) -> None:
        """Close the database. The process does not end before this was awaited."""
        await self._database.close()

    async def check(self) -> list[Finding]:
        """What a diagnosis finds about database, search, logs, disk and the key of build secrets."""
        return await diagnose(self._database, self.folder, self._secret_key)


def _prepare(folder: Path) -> tuple[Path, SearchIndex]:
    prepare_folder(folder)
    path, index = prepare_database(folder)
    with translated(path):
        (folder / "logs").mkdir(mode=0o700, exist_ok=True)
        Reserve(folder).retake()
    SecretKey(folder).close_to_others()
    return path, index
