"""Settings of the server that are kept with the records."""

from __future__ import annotations

from trailer_tui.store.database import Database


class SettingRecords:
    """Named texts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, key: str) -> str | None:
        """The value, or None when it was never set."""
        row = await self._database.read(
            lambda connection: connection.execute("SELECT value FROM settings WHERE key = ?", (key,)).fetchone()
        )
        return None if row is None else str(row[0])

    async def set(self, key: str, value: str) -> None:
        """Store the value, on a full disk out of the reserve: what the server notes here it needs to go on."""
        await self._database.write(
            lambda connection: connection.execute(
                "INSERT OR REPLACE INTO settings (key, value) VALUES (?, ?)", (key, value)
            ),
            essential=True,
        )
