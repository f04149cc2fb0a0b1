"""Every column sorts both ways; ties are in the order of the ids."""

from __future__ import annotations

from array import array

import pytest

from tests.store.conftest import Clock
from tests.store.drafts import generated, ordered, pulled
from trailer_tui.model.host import Host, HostDraft
from trailer_tui.model.rows import ImageQuery, ImageRow, ImageSort
from trailer_tui.model.status import ImageStatus
from trailer_tui.store.search import fold
from trailer_tui.store.store import Store

_RANK = list(ImageStatus)


def _key(row: ImageRow, sort: ImageSort) -> object:
    return {
        ImageSort.NAME: fold(row.name),
        ImageSort.STATUS: _RANK.index(row.status),
        ImageSort.IMAGE_NAME: row.image_name.lower(),
        ImageSort.HOST: fold(row.host_name),
        ImageSort.ENABLED: row.enabled,
        ImageSort.PULLED: row.pulled,
        ImageSort.UPDATED: row.updated_at,
    }[sort]


@pytest.fixture
async def filled(store: Store, host: Host, clock: Clock) -> Store:
    zoo = await store.hosts.create(HostDraft(name="Zoo", address="tcp://zoo:2376"))
    attic = await store.hosts.create(HostDraft(name="attic", address="tcp://attic:2376"))
    names = ("beta", "Alpha", "ähre", "alpha 2", "日本", "Straße", "STRASSE 2", "zeta")
    for number, name in enumerate(names):
        host_id = (zoo.id, host.id, attic.id)[number % 3]
        draft = pulled(name, host_id, f"quay.io/p:B{number % 2}") if number % 2 else generated(name, host_id)
        draft = draft.model_copy(update={"enabled": number % 3 == 0})
        await store.images.create(draft, creator="ada", status=_RANK[number * 5 % len(_RANK)])
        clock.advance(-60 if number % 2 else 0)
    template = generated("template", host.id).model_copy(update={"is_template": True})
    await store.images.create(template, creator="ada", status=ImageStatus.ERROR)
    return store


@pytest.mark.parametrize("text", ["", "a"])
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("sort", list(ImageSort))
async def test_every_column_sorts_both_ways(filled: Store, sort: ImageSort, descending: bool, text: str) -> None:
    ids = await ordered(filled, ImageQuery(text=text, sort=sort, descending=descending))
    rows = await filled.images.rows(sorted(ids))
    assert len(rows) >= 6
    wanted = sorted(rows, key=lambda row: (_key(row, sort), row.id), reverse=descending)
    assert ids == [row.id for row in wanted]


async def test_ids_are_little_endian_and_the_total_counts_the_kind(filled: Store) -> None:
    ids, total = await filled.images.order(ImageQuery(text="zeta"))
    assert (ids, total) == ((8).to_bytes(4, "little"), 8)
    ids, total = await filled.images.order(ImageQuery(templates=True))
    assert (ids, total) == ((9).to_bytes(4, "little"), 1)


async def test_statuses_filter(filled: Store) -> None:
    wanted = (ImageStatus.ERROR, ImageStatus.BUILDING)
    rows = await filled.images.rows(await ordered(filled, ImageQuery(statuses=wanted)))
    assert rows
    assert {row.status for row in rows} <= set(wanted)
    everything = await filled.images.rows(array("I", range(1, 9)))
    assert len(rows) == sum(row.status in wanted for row in everything)


async def test_the_total_follows_records_that_come_go_and_become_templates(filled: Store, host: Host) -> None:
    record = await filled.images.get(1)
    await filled.images.update(1, record.draft().model_copy(update={"is_template": True}), revision=record.revision)
    await filled.images.delete(2)
    assert (await filled.images.order(ImageQuery()))[1] == 6
    assert (await filled.images.order(ImageQuery(text="no such", templates=True)))[1] == 2
