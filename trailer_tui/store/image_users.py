"""Which images use what belongs to their creator by name: files, build secrets."""

from __future__ import annotations

import sqlite3
from typing import Literal


def image_users(
    connection: sqlite3.Connection,
    table: Literal["image_files", "image_secrets"],
    owner: str | None = None,
    name: str | None = None,
) -> dict[tuple[str, str], list[str]]:
    """Names of the images and templates whose configuration names something of their creator, by owner and its name.

    Args:
        connection: in a transaction.
        table: which images name what.
        owner: only what belongs to this account.
        name: only what is called so.
    """
    found: dict[tuple[str, str], list[str]] = {}
    for creator, used, image in connection.execute(
        "SELECT images.creator, uses.name, images.name || iif(images.is_template, ' (template)', '')"  # noqa: S608
        f" FROM {table} AS uses"  # one of two names
        " JOIN images ON images.id = uses.image_id"
        " WHERE (?1 IS NULL OR images.creator = ?1) AND (?2 IS NULL OR uses.name = ?2)"
        " ORDER BY images.name_folded",
        (owner, name),
    ):
        found.setdefault((creator, used), []).append(image)
    return found
