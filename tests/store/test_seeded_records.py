"""The records that benchmarks use are whole records of a normal store."""

from __future__ import annotations

from pathlib import Path

from benchmarks.records import seed_records
from tests.store.conftest import Clock
from tests.store.drafts import found, ordered
from trailer_tui.model.rows import ImageQuery
from trailer_tui.model.status import ImageStatus
from trailer_tui.store.store import Store


async def test_seeded_records_can_be_listed_searched_and_opened(folder: Path, clock: Clock) -> None:
    seed_records(folder, 300)
    store = await Store.open(folder, clock=clock)
    try:
        ids = await ordered(store, ImageQuery())
        rows = await store.images.rows(ids)
        assert len(rows) == 300
        assert {row.status for row in rows} == set(ImageStatus) - {ImageStatus.BUILD_PENDING, ImageStatus.BUILDING}
        assert await store.builds.active() == []
        assert await found(store, "ΕΛΛΗΝΙΚΆ")
        record = await store.images.get(await _first(store, "from "))
        assert record.configuration.mode == "write"
        assert 2000 < len(record.configuration.dockerfile) < 3500
        assert (await store.builds.for_image(record.id, limit=5))[0].number == record.last_build_number
    finally:
        await store.close()


async def _first(store: Store, text: str) -> int:
    return (await found(store, text))[0]
