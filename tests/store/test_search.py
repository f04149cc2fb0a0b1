"""Search agrees with a plain comparison of folded texts, whatever the query's length, case, script and characters."""

from __future__ import annotations

import asyncio
import sqlite3
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.store.drafts import found, generated, ordered, pulled, written
from trailer_tui.model.host import Host
from trailer_tui.model.rows import ImageQuery
from trailer_tui.model.status import BuildState, ImageStatus
from trailer_tui.store.opening import prepare_database, prepare_folder
from trailer_tui.store.search import SearchIndex, document, fold
from trailer_tui.store.store import Store

NEW = ImageStatus.BUILD_CANCELLED

# Few characters, so that queries hit: case pairs, ß/ss, final sigma, composed and decomposed, CJK, what FTS5 and LIKE
# treat as syntax, line breaks, the index's own mark.
_LETTERS = st.sampled_from(list("aAbsSßẞΣσςéEe\u0301İıiNﬁ日本語 _%*\"'()-:^+\\[]~?\n\t\x00\x01\ufffd😀"))
_TEXT = st.text(_LETTERS, max_size=12)


def _plain(text: str) -> str:
    """Folding said again in other words, as the oracle."""
    cleaned = text.replace("\x00", "\ufffd").replace("\x01", "\ufffd")
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", cleaned).casefold())


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> sqlite3.Connection:
    folder = tmp_path_factory.mktemp("search") / "data"
    prepare_folder(folder)
    path, _ = prepare_database(folder)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    return connection


@pytest.mark.parametrize("indexed", [True, False], ids=["index", "scan"])
@settings(max_examples=150, deadline=None)
@given(texts=st.lists(_TEXT, min_size=1, max_size=6), edited=_TEXT, query=_TEXT)
def test_search_finds_exactly_the_texts_that_contain_the_query(
    database: sqlite3.Connection, indexed: bool, texts: list[str], edited: str, query: str
) -> None:
    index = SearchIndex(indexed=indexed)
    expected = [edited, *texts[1:]]
    database.execute("BEGIN")
    try:
        for number, text in enumerate(texts, start=1):
            index.put(database, number, document(text))
        index.put(database, 1, document(edited))
        for needle in (query, *_pieces(expected[-1])):
            assert _hits(database, index, needle, len(texts)) == _oracle(expected, needle), repr(needle)
    finally:
        database.execute("ROLLBACK")


def _pieces(text: str) -> list[str]:
    return [text[start : start + length] for length in (1, 2, 3, 4, 7) for start in range(0, len(text), 3)]


def _oracle(texts: list[str], query: str) -> list[int]:
    needle = _plain(query).strip()
    # What is appended to a text begins with a line break; a query never holds one at its end.
    return [number for number, text in enumerate(texts, start=1) if needle in _plain(text)]


def _hits(database: sqlite3.Connection, index: SearchIndex, query: str, count: int) -> list[int]:
    condition = index.condition(database, query)
    if condition is None:
        return list(range(1, count + 1))
    sql = f"SELECT id FROM (SELECT image_id AS id FROM image_texts) AS images WHERE {condition.sql} ORDER BY id"
    return [row[0] for row in database.execute(sql, condition.parameters)]


@given(text=st.text(max_size=30))
def test_folding_twice_changes_nothing_and_leaves_no_mark(text: str) -> None:
    once = fold(text)
    assert fold(once) == once
    assert "\x01" not in once
    assert "\x00" not in once


@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_folding_does_not_see_the_unicode_form(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize(
    "query",
    [
        "STRASSE",
        "straße",
        "aße",
        "ss",
        "ΕΛΛΗΝΙΚΆ",
        "ελλ",
        "λ",
        "日本語",
        "日本",
        "語",
        "u\u0308be",
        "ÜBE",
        "[red]",
        "100%",
        "%",
        "_x",
        "a*b",
        '"',
        "'--",
        "AND",
        "NOT x OR",
        "debian:12",
        "team/tool",
        "tool:latest",
        "RUN echo",
        "  needle  ",
        "generate",
    ],
)
async def test_what_a_person_types_finds_the_image_and_no_other(store: Store, host: Host, query: str) -> None:
    text = "RUN echo Ελληνικά 日本語 übeR 100% _x a*b \" '-- AND NOT x OR needle"
    wanted = await store.images.create(
        written("Straße [red]", host.id, text, description="debian:12 team/tool generate"), creator="ada", status=NEW
    )
    await store.images.create(pulled("other", host.id, "quay.io/z"), creator="ada", status=NEW)
    assert await found(store, query) == [wanted.id]


async def test_a_field_does_not_run_into_the_next(store: Store, host: Host) -> None:
    await store.images.create(generated("abc", host.id, image_name="def"), creator="ada", status=NEW)
    assert await found(store, "abcdef") == []
    assert await found(store, "cd") == []


@pytest.mark.parametrize("query", ["zz", "z", "zzz", "zzzz", "\x00", "\ud800", "日" * 300, "a" * 5000])
async def test_a_query_without_a_match_finds_nothing(store: Store, host: Host, query: str) -> None:
    await store.images.create(generated("abc", host.id), creator="ada", status=NEW)
    assert await found(store, query) == []


async def test_a_blank_query_shows_all(store: Store, host: Host) -> None:
    record = await store.images.create(generated("abc", host.id), creator="ada", status=NEW)
    assert await found(store, " \t") == [record.id]


async def test_an_edit_and_a_deletion_change_what_is_found(store: Store, host: Host) -> None:
    record = await store.images.create(generated("before", host.id), creator="ada", status=NEW)
    await store.images.update(record.id, generated("after", host.id), revision=1)
    assert await found(store, "before") == []
    assert await found(store, "after") == [record.id]
    await store.images.delete(record.id)
    assert await found(store, "after") == []
    assert await found(store, "f") == []


async def test_search_leaves_the_status_and_the_kind_to_their_filters(store: Store, host: Host) -> None:
    draft = generated("tool one", host.id)
    image = await store.images.create(draft, creator="ada", status=ImageStatus.ERROR)
    template = await store.images.create(draft.model_copy(update={"is_template": True}), creator="ada", status=NEW)
    assert await found(store, "tool") == [image.id]
    assert await ordered(store, ImageQuery(text="tool", templates=True)) == [template.id]
    assert await ordered(store, ImageQuery(text="tool", statuses=(NEW,))) == []


async def test_a_status_change_writes_nothing_into_the_index(
    store: Store, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = await store.images.create(generated("tool", host.id), creator="ada", status=NEW)
    size = _index_rows(store)
    build, _ = await store.builds.queue(record.id, requested_by="ada")
    await store.builds.finish(build.id, state=BuildState.FAILED)
    await store.images.update(record.id, generated("tool", host.id), revision=1)
    assert _index_rows(store) == size
    assert await found(store, "too") == [record.id]


def _index_rows(store: Store) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(store.folder / "trailer.db")
    try:
        return connection.execute("SELECT id, block FROM image_search_data").fetchall()
    finally:
        connection.close()


async def test_a_database_from_a_library_without_trigrams_is_indexed_later(
    folder: object, clock: object, monkeypatch: pytest.MonkeyPatch, store: Store, host: Host
) -> None:
    await store.images.create(generated("first", host.id), creator="ada", status=NEW)
    await store.close()
    monkeypatch.setattr("trailer_tui.store.search._has_trigram", lambda _: False)
    old = await _reopened(store)
    try:
        second = await old.images.create(generated("second", host.id), creator="ada", status=NEW)
        assert await found(old, "secon") == [second.id]
        assert await found(old, "s") == [1, second.id]
        assert "trigram" in next(line.detail for line in await old.check() if line.state == "warning")
        await old.images.delete(1)
    finally:
        await old.close()
    monkeypatch.undo()
    new = await _reopened(store)
    try:
        assert await found(new, "secon") == [second.id]
        assert await found(new, "first") == []
    finally:
        await new.close()


async def _reopened(store: Store) -> Store:
    clock: Callable[[], object] = store.images._clock
    return await Store.open(store.folder, clock=clock)  # type: ignore[arg-type]


async def test_a_cancelled_search_leaves_the_connection_usable(store: Store, host: Host) -> None:
    record = await store.images.create(generated("tool", host.id), creator="ada", status=NEW)
    searches = [asyncio.create_task(found(store, "tool")) for _ in range(5)]
    await asyncio.sleep(0)
    for search in searches[:4]:
        search.cancel()
    outcomes = await asyncio.gather(*searches, return_exceptions=True)
    assert outcomes[4] == [record.id]
    assert await found(store, "too") == [record.id]


async def test_a_long_running_search_ends_when_its_caller_is_cancelled(store: Store) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    search = asyncio.create_task(store._database.search(lambda connection: connection.execute(endless).fetchone()))
    await asyncio.sleep(0.05)
    search.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(search, timeout=20)
    assert await found(store, "x") == []
