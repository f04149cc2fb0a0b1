"""Passwords of Windows images: encrypted, and opened for the containers of an image alone."""

from __future__ import annotations

import asyncio
import sqlite3

from trailer_tui.model.errors import SecretUnreadable
from trailer_tui.model.image import ImageDraft
from trailer_tui.store.database import Database
from trailer_tui.store.secret_key import SecretKey

_SET_AGAIN = "put the file back from a copy of the data folder, or set the password again: trailer password NAME"


class WindowsPasswords:
    """The passwords of one database."""

    def __init__(self, database: Database, key: SecretKey) -> None:
        self._database = database
        self._key = key

    def keep(self, connection: sqlite3.Connection, image_id: int, draft: ImageDraft) -> None:
        """What the draft of an image says of its password, in the transaction that stores the draft.

        A new one replaces the stored one. An image that is no Windows image, and a template, has none.

        Raises:
            SecretUnreadable: the key file cannot be used.
            StorageFull: the disk is full.
        """
        if draft.is_template or not draft.is_windows:
            connection.execute("DELETE FROM windows_passwords WHERE image_id = ?", (image_id,))
        elif draft.windows_password is not None:
            ciphertext = self._key.seal(_password_of(image_id), draft.windows_password.encode())
            connection.execute(
                "INSERT INTO windows_passwords (image_id, ciphertext) VALUES (?, ?)"
                " ON CONFLICT (image_id) DO UPDATE SET ciphertext = excluded.ciphertext",
                (image_id, ciphertext),
            )

    async def of(self, image_id: int) -> str | None:
        """The password of an image in clear text; None when none is stored.

        Raises:
            SecretUnreadable: the key is lost or another one.
        """

        def work(connection: sqlite3.Connection) -> bytes | None:
            row = connection.execute(
                "SELECT ciphertext FROM windows_passwords WHERE image_id = ?", (image_id,)
            ).fetchone()
            return None if row is None else row[0]

        ciphertext = await self._database.read(work)
        return None if ciphertext is None else await asyncio.to_thread(self._opened, image_id, ciphertext)

    def _opened(self, image_id: int, ciphertext: bytes) -> str:
        try:
            value = self._key.unseal(_password_of(image_id), ciphertext)
        except SecretUnreadable as error:
            raise SecretUnreadable(error.cause, hint=_SET_AGAIN) from error
        if value is None:
            raise SecretUnreadable(
                f"the Windows password of image {image_id} was stored with another key than that in {self._key.path}",
                hint=_SET_AGAIN,
            )
        return value.decode()


def _password_of(image_id: int) -> bytes:
    # Begins like no build secret: their owners are accounts, whose names are not empty.
    return f"\0windows password of image {image_id}\0".encode()
