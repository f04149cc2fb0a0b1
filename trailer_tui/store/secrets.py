"""Build secrets: encrypted values, of which everybody but a build sees name, size and age."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from trailer_tui.model.errors import NotApplicable, NotFound
from trailer_tui.model.secret import SecretInfo
from trailer_tui.store.database import Database
from trailer_tui.store.image_users import image_users
from trailer_tui.store.secret_key import SecretKey
from trailer_tui.store.timestamps import from_ms, to_ms

_SHOWN_USERS = 5


@dataclass(frozen=True, slots=True)
class SealedSecret:
    """A secret as it is stored."""

    owner: str
    name: str
    ciphertext: bytes = field(repr=False)


class SecretRecords:
    """The build secrets of one database."""

    def __init__(self, database: Database, key: SecretKey, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._key = key
        self._clock = clock

    async def all(self, owner: str | None = None) -> list[SecretInfo]:
        """The secrets of `owner`, or everybody's, by name and owner."""

        def work(connection: sqlite3.Connection) -> list[SecretInfo]:
            users = image_users(connection, "image_secrets", owner)
            rows = connection.execute(f"{_INFO} WHERE ?1 IS NULL OR owner = ?1 ORDER BY name, owner", (owner,))
            return [_info(row, users.get((row[0], row[1]), [])) for row in rows]

        return await self._database.read(work)

    async def put(self, owner: str, name: str, value: bytes) -> SecretInfo:
        """Store a value under a name, in place of an earlier one of the same owner and name.

        Raises:
            SecretUnreadable: the key file cannot be used.
            StorageFull: the disk is full.
        """
        ciphertext = await asyncio.to_thread(self._key.encrypt, owner, name, value)
        now = to_ms(self._clock())

        def work(connection: sqlite3.Connection) -> SecretInfo:
            connection.execute(
                "INSERT INTO secrets (owner, name, ciphertext, size, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (owner, name) DO UPDATE SET ciphertext = excluded.ciphertext, size = excluded.size,"
                " updated_at = excluded.updated_at",
                (owner, name, ciphertext, len(value), now, now),
            )
            row = connection.execute(f"{_INFO} WHERE owner = ? AND name = ?", (owner, name)).fetchone()
            return _info(row, image_users(connection, "image_secrets", owner, name).get((owner, name), []))

        return await self._database.write(work)

    async def sealed(self, owner: str, names: Sequence[str]) -> dict[str, SealedSecret]:
        """Those of the owner's secrets with these names that exist, by name."""

        def work(connection: sqlite3.Connection) -> dict[str, SealedSecret]:
            found = {}
            for name in names:
                row = connection.execute(
                    "SELECT ciphertext FROM secrets WHERE owner = ? AND name = ?", (owner, name)
                ).fetchone()
                if row is not None:
                    found[name] = SealedSecret(owner, name, row[0])
            return found

        return await self._database.read(work)

    def open(self, secret: SealedSecret) -> bytes:
        """The value of a secret. Blocks; may be called from any thread.

        Raises:
            SecretUnreadable: the key is lost or another one.
        """
        return self._key.decrypt(secret.owner, secret.name, secret.ciphertext)

    async def delete(self, owner: str, name: str, *, force: bool = False) -> None:
        """Forget a secret.

        Raises:
            NotFound: the owner has none of that name.
            NotApplicable: images of the owner name it, and `force` is not set.
        """

        def work(connection: sqlite3.Connection) -> None:
            users = image_users(connection, "image_secrets", owner, name).get((owner, name), [])
            if not connection.execute("DELETE FROM secrets WHERE owner = ? AND name = ?", (owner, name)).rowcount:
                raise missing_secret(owner, name)
            if users and not force:
                raise _in_use(name, users)

        await self._database.write(work, essential=True)


def missing_secret(owner: str, name: str) -> NotFound:
    """The error for a name under which an account has stored nothing."""
    return NotFound(f"{owner} has no build secret {name}", hint="`trailer secrets` lists them")


def _in_use(name: str, users: Sequence[str]) -> NotApplicable:
    more = f" and {len(users) - _SHOWN_USERS} more" if len(users) > _SHOWN_USERS else ""
    return NotApplicable(
        f"the build secret {name} is used by {', '.join(users[:_SHOWN_USERS])}{more}",
        hint="take it out of these images first, or delete it all the same with --force: their next builds fail",
    )


_INFO = "SELECT owner, name, size, created_at, updated_at FROM secrets"


def _info(row: tuple[Any, ...], users: list[str]) -> SecretInfo:
    return SecretInfo(
        owner=row[0],
        name=row[1],
        size=row[2],
        created_at=from_ms(row[3]),
        updated_at=from_ms(row[4]),
        used_by=users,
    )
