"""Hosts and settings."""

from __future__ import annotations

import pytest

from tests.store.drafts import generated
from trailer_tui.model.errors import InvalidInput, NotApplicable, NotFound
from trailer_tui.model.host import Capabilities, Host, HostDraft
from trailer_tui.model.rows import ImageQuery
from trailer_tui.model.status import HostState, ImageStatus
from trailer_tui.store.store import Store

CAPABILITIES = Capabilities(
    engine_version="20.10.24", api_version="1.41", operating_system="linux", architecture="amd64", heredocs=True
)


async def test_a_host_reads_back_with_what_it_can_do(store: Store, host: Host) -> None:
    await store.hosts.save_capabilities(host.id, CAPABILITIES)
    stored = await store.hosts.get(host.id)
    assert (stored.state, stored.capabilities, stored.parallel_builds) == (HostState.UNKNOWN, CAPABILITIES, 2)


async def test_another_address_is_another_engine(store: Store, host: Host) -> None:
    await store.hosts.save_capabilities(host.id, CAPABILITIES)
    moved = await store.hosts.update(host.id, HostDraft(name="local", address="tcp://farm:2376", enabled=False))
    assert (moved.capabilities, moved.state) == (None, HostState.DISABLED)


async def test_a_host_name_is_taken_whatever_its_case(store: Store, host: Host) -> None:
    with pytest.raises(InvalidInput) as caught:
        await store.hosts.create(HostDraft(name="LOCAL", address="tcp://farm:2376"))
    assert caught.value.fields[0].field == "name"
    assert [known.name for known in await store.hosts.all()] == ["local"]


async def test_a_renamed_host_shows_in_the_rows_of_its_images(store: Store, host: Host) -> None:
    record = await store.images.create(generated("tool", host.id), creator="ada", status=ImageStatus.ERROR)
    before = await store.images.row(record.id)
    await store.hosts.update(host.id, HostDraft(name="attic", address=host.address))
    row = await store.images.row(record.id)
    assert row.host_name == "attic"
    assert row.revision > before.revision


async def test_a_host_that_images_use_stays(store: Store, host: Host) -> None:
    record = await store.images.create(generated("tool", host.id), creator="ada", status=ImageStatus.ERROR)
    with pytest.raises(NotApplicable, match="1 image is built on local"):
        await store.hosts.delete(host.id)
    await store.images.delete(record.id)
    await store.hosts.delete(host.id)
    assert await store.hosts.all() == []
    with pytest.raises(NotFound):
        await store.hosts.get(host.id)
    assert await store.images.order(ImageQuery()) == (b"", 0)


async def test_capabilities_of_a_host_that_is_gone_are_dropped(store: Store, host: Host) -> None:
    await store.hosts.delete(host.id)
    await store.hosts.save_capabilities(host.id, CAPABILITIES)
    assert await store.hosts.all() == []


async def test_a_setting_keeps_its_last_value(store: Store) -> None:
    assert await store.settings.get("greeting") is None
    await store.settings.set("greeting", "hello")
    await store.settings.set("greeting", "grüß dich")
    assert await store.settings.get("greeting") == "grüß dich"
