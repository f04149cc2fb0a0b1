"""Search over images: folded text, a trigram index over it, and the condition that a query becomes.

Both sides are folded here (NFC, case), because SQLite folds ASCII only and its tokenizer does not know that ß is ss.
The index is derived from `image_texts`: it is made when the database is opened, and a SQLite without the trigram
tokenizer scans that table instead.
"""

from __future__ import annotations

import sqlite3
import unicodedata
from dataclasses import dataclass
from typing import Any

_STALE = "store.search_index_stale"

_MARK = "\x01"
"""Stands between the characters of a document's alphabet; never part of folded text."""

_CREATE = """
CREATE VIRTUAL TABLE image_search USING fts5(
    folded, content = 'image_texts', content_rowid = 'image_id', detail = none,
    tokenize = 'trigram case_sensitive 1'
)
"""
_CREATE_TERMS = "CREATE VIRTUAL TABLE image_search_terms USING fts5vocab(image_search, row)"

_MOST_TRIGRAMS = 16
"""Lists of the index that one query reads at most."""

_TERMS_PER_MATCH = 200
"""Alternatives in one full-text expression; far below what its parser takes."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on `images.id` for a WHERE clause, with its parameters."""

    sql: str
    parameters: tuple[Any, ...] = ()


def fold(text: str) -> str:
    """`text` as it is compared: Unicode form and case do not matter, control marks of the index are gone."""
    text = text.encode("utf-8", "replace").decode().replace("\x00", "\ufffd").replace(_MARK, "\ufffd")
    # Case folding can leave a form that is not composed, and composing one that folds once more.
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def document(*parts: str) -> str:
    """The folded text that is searched for an image, with the alphabet that answers one-character queries.

    The alphabet also follows the last two characters, so that each character of the text starts a trigram.
    """
    folded = fold("\n".join(parts))
    return f"{folded}\n{_MARK}{_MARK.join(sorted(set(folded)))}{_MARK}"


def prepare_index(connection: sqlite3.Connection) -> bool:
    """Make the index, or bring it up to date; False when this SQLite has no trigram tokenizer."""
    exists = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'image_search'").fetchone() is not None
    if not _has_trigram(connection):
        if exists:
            # Text written from now on is missing in the index that another SQLite made.
            connection.execute("INSERT OR REPLACE INTO settings (key, value) VALUES (?, '1')", (_STALE,))
        return False
    stale = connection.execute("SELECT 1 FROM settings WHERE key = ?", (_STALE,)).fetchone() is not None
    if exists and not stale:
        return True
    rebuild_index(connection)
    return True


def rebuild_index(connection: sqlite3.Connection) -> None:
    """Make the index from the text anew, in a transaction of its own. About 0.4 ms a record."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute("DROP TABLE IF EXISTS image_search_terms")
        connection.execute("DROP TABLE IF EXISTS image_search")
        connection.execute(_CREATE)
        connection.execute(_CREATE_TERMS)
        connection.execute("INSERT INTO image_search (image_search) VALUES ('rebuild')")
        connection.execute("DELETE FROM settings WHERE key = ?", (_STALE,))
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def index_exists(connection: sqlite3.Connection) -> bool:
    """Whether the index is there and up to date."""
    (stale,) = connection.execute("SELECT count(*) FROM settings WHERE key = ?", (_STALE,)).fetchone()
    (found,) = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'image_search'").fetchone()
    return bool(found) and not stale


@dataclass(frozen=True, slots=True)
class SearchIndex:
    """What is searched; `indexed` says whether the trigram index exists or the text is scanned."""

    indexed: bool

    def put(self, connection: sqlite3.Connection, image_id: int, text: str) -> None:
        """Make `text` (a `document`) what is found for the image; writes only when it differs."""
        row = connection.execute("SELECT folded FROM image_texts WHERE image_id = ?", (image_id,)).fetchone()
        if row is not None and row[0] == text:
            return
        if row is not None:
            self.remove(connection, image_id)
        connection.execute("INSERT INTO image_texts (image_id, folded) VALUES (?, ?)", (image_id, text))
        if self.indexed:
            connection.execute("INSERT INTO image_search (rowid, folded) VALUES (?, ?)", (image_id, text))

    def remove(self, connection: sqlite3.Connection, image_id: int) -> None:
        """Forget the image's text."""
        if self.indexed:
            connection.execute(
                "INSERT INTO image_search (image_search, rowid, folded)"
                " SELECT 'delete', image_id, folded FROM image_texts WHERE image_id = ?",
                (image_id,),
            )
        connection.execute("DELETE FROM image_texts WHERE image_id = ?", (image_id,))

    def condition(self, connection: sqlite3.Connection, query: str) -> Condition | None:
        """The condition that the image's text contains `query`, plain text; None when the query is blank."""
        needle = fold(query).strip()
        if not needle:
            return None
        if not self.indexed:
            return Condition(
                "images.id IN (SELECT image_id FROM image_texts WHERE instr(folded, ?) > 0)", (_scanned(needle),)
            )
        if len(needle) == 1:
            return _matching(_quoted(f"{_MARK}{needle}{_MARK}"))
        if len(needle) == 2:
            return _starting_with(connection, needle)
        match = " AND ".join(_quoted(trigram) for trigram in _trigrams(needle))
        if len(needle) == 3:
            return _matching(match)
        return Condition(
            "images.id IN (SELECT image_search.rowid FROM image_search"
            " CROSS JOIN image_texts ON image_texts.image_id = image_search.rowid"
            " WHERE image_search MATCH ? AND instr(image_texts.folded, ?) > 0)",
            (match, needle),
        )


def _trigrams(needle: str) -> list[str]:
    """Trigrams spread over `needle`; the index narrows, the comparison of the text decides.

    Reading one more list of the index costs less than comparing the texts that it rules out.
    """
    last = len(needle) - 3
    count = min(last, _MOST_TRIGRAMS - 1)
    starts = [last * number // count for number in range(count + 1)] if count else [0]
    return list(dict.fromkeys(needle[start : start + 3] for start in starts))


def _starting_with(connection: sqlite3.Connection, needle: str) -> Condition:
    rows = connection.execute(
        "SELECT term FROM image_search_terms WHERE term >= ? AND term <= ?", (needle, f"{needle}\U0010ffff")
    )
    terms = [_quoted(term) for (term,) in rows]
    if not terms:
        return Condition("0")
    batches = [terms[start : start + _TERMS_PER_MATCH] for start in range(0, len(terms), _TERMS_PER_MATCH)]
    parts = " UNION ".join("SELECT rowid FROM image_search WHERE image_search MATCH ?" for _ in batches)
    return Condition(f"images.id IN ({parts})", tuple(" OR ".join(batch) for batch in batches))


def _matching(match: str) -> Condition:
    return Condition("images.id IN (SELECT rowid FROM image_search WHERE image_search MATCH ?)", (match,))


def _quoted(term: str) -> str:
    return '"' + term.replace('"', '""') + '"'


def _scanned(needle: str) -> str:
    return f"{_MARK}{needle}{_MARK}" if len(needle) == 1 else needle


def _has_trigram(connection: sqlite3.Connection) -> bool:
    try:
        connection.execute(
            "CREATE VIRTUAL TABLE temp.trigram_probe USING fts5(text, tokenize = 'trigram case_sensitive 1')"
        )
        connection.execute("DROP TABLE temp.trigram_probe")
    except sqlite3.OperationalError:
        return False
    return True
