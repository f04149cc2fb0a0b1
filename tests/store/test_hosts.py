"""Hosts and settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.store.conftest import Clock
from tests.store.drafts import generated
from trailer_tui.model.errors import EditConflict, InvalidInput, NotApplicable, NotFound
from trailer_tui.model.host import BuilderChoice, Capabilities, Host, HostDraft, TlsFiles
from trailer_tui.model.rows import ImageQuery
from trailer_tui.model.status import BuildState, HostState, ImageStatus
from trailer_tui.store.database import connect
from trailer_tui.store.migration import migrate, migrations
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


async def test_every_setting_reads_back(store: Store) -> None:
    draft = HostDraft(
        name="farm",
        address="tcp://farm:2376",
        tls=TlsFiles(ca="/etc/tls/ca.pem", certificate="/etc/tls/cert.pem", key="/etc/tls/key.pem"),
        enabled=False,
        builder=BuilderChoice.CLASSIC,
        parallel_builds=7,
        squash_default=True,
        pull_minutes=5,
        build_minutes=6,
        push_minutes=7,
        registry_mirror="registry.lan/hub",
        installer_image="registry.lan/conda:24",
        labels=["gpu", "größer"],
    )
    made = await store.hosts.create(draft)
    assert (await store.hosts.get(made.id)).draft() == draft
    changed = draft.model_copy(update={"tls": None, "labels": [], "builder": BuilderChoice.BUILDKIT, "enabled": True})
    await store.hosts.update(made.id, changed)
    assert (await store.hosts.get(made.id)).draft() == changed


async def test_a_host_of_an_older_database_gets_what_new_ones_begin_with(folder: Path, clock: Clock) -> None:
    await (await Store.open(folder, clock=clock)).close()
    path = folder / "trailer.db"
    path.write_bytes(b"")  # with its mode
    connection = connect(path)
    migrate(connection, path, migrations()[:1])
    connection.execute(
        "INSERT INTO hosts (name, name_folded, address, enabled, parallel_builds, squash_default)"
        " VALUES ('Farm', 'farm', 'ssh://ada@farm', 0, 3, 1)"
    )
    connection.close()
    store = await Store.open(folder, clock=clock)
    try:
        [host] = await store.hosts.all()
    finally:
        await store.close()
    expected = HostDraft(name="Farm", address="ssh://ada@farm", enabled=False, parallel_builds=3, squash_default=True)
    assert host.draft() == expected


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("unix:///var/run/docker.sock", "unix:///run//docker.sock"),
        ("tcp://farm", "tcp://FARM:2375"),
        ("ssh://ada@farm", "ssh://ada@farm:22"),
    ],
)
async def test_one_engine_has_one_record(store: Store, first: str, second: str) -> None:
    await store.hosts.create(HostDraft(name="one", address=first))
    with pytest.raises(InvalidInput, match="engine of host one already") as caught:
        await store.hosts.create(HostDraft(name="two", address=second))
    assert caught.value.fields[0].field == "address"
    other = await store.hosts.create(HostDraft(name="two", address="tcp://else:1"))
    with pytest.raises(InvalidInput):
        await store.hosts.update(other.id, HostDraft(name="two", address=second))


async def test_different_engines_may_look_alike(store: Store) -> None:
    tls = TlsFiles(ca="/a", certificate="/b", key="/c")
    for number, (address, files) in enumerate(
        [("tcp://farm", None), ("tcp://farm", tls), ("ssh://ada@farm", None), ("ssh://bob@farm", None)]
    ):
        await store.hosts.create(HostDraft(name=f"host-{number}", address=address, tls=files))
    assert len(await store.hosts.all()) == 4


@pytest.mark.parametrize(
    "change", [{"builder": BuilderChoice.CLASSIC}, {"tls": TlsFiles(ca="/a", certificate="/b", key="/c")}]
)
async def test_other_certificates_or_another_builder_are_another_engine(store: Store, change: dict[str, Any]) -> None:
    host = await store.hosts.create(HostDraft(name="farm", address="tcp://farm:2376"))
    await store.hosts.save_capabilities(host.id, CAPABILITIES)
    renamed = await store.hosts.update(host.id, host.draft().model_copy(update={"name": "attic"}))
    assert renamed.capabilities == CAPABILITIES
    changed = await store.hosts.update(host.id, renamed.draft().model_copy(update=change))
    assert changed.capabilities is None


async def test_only_a_disabled_host_that_nothing_uses_goes(store: Store, host: Host) -> None:
    records = [
        await store.images.create(generated(f"tool {number}", host.id), creator="ada", status=ImageStatus.ERROR)
        for number in range(7)
    ]
    with pytest.raises(NotApplicable, match=r"7 images are built on local: tool 0 \(ada\), .* and 2 more"):
        await store.hosts.delete(host.id)
    for record in records:
        await store.images.delete(record.id)
    with pytest.raises(NotApplicable, match="local is enabled"):
        await store.hosts.delete(host.id)
    assert (await store.hosts.set_enabled(host.id, False)).state is HostState.DISABLED
    await store.hosts.delete(host.id)
    assert await store.hosts.all() == []
    with pytest.raises(NotFound):
        await store.hosts.get(host.id)
    assert await store.images.order(ImageQuery()) == (b"", 0)


async def test_capabilities_of_a_host_that_is_gone_are_dropped(store: Store, host: Host) -> None:
    await store.hosts.set_enabled(host.id, False)
    await store.hosts.delete(host.id)
    await store.hosts.save_capabilities(host.id, CAPABILITIES)
    assert await store.hosts.all() == []


async def test_the_newest_image_of_a_record_is_told_from_older_ones(store: Store, host: Host) -> None:
    record = await store.images.create(generated("tool", host.id), creator="ada", status=ImageStatus.ERROR)
    for image_id in ("sha256:first", "sha256:second", None):
        build, _ = await store.builds.queue(record.id, requested_by="ada")
        await store.builds.start(build.id, dockerfile=None)
        await store.builds.finish(build.id, state=BuildState.FINISHED, docker_image_id=image_id)
    built = await store.hosts.built_images(host.id)
    assert (set(built.made), set(built.last)) == ({"sha256:first", "sha256:second"}, {"sha256:second"})
    other = await store.hosts.create(HostDraft(name="other", address="tcp://other:1"))
    assert not (await store.hosts.built_images(other.id)).made


async def test_a_setting_keeps_its_last_value(store: Store) -> None:
    assert await store.settings.get("greeting") is None
    await store.settings.set("greeting", "hello")
    await store.settings.set("greeting", "grüß dich")
    assert await store.settings.get("greeting") == "grüß dich"


async def test_an_edit_that_began_before_another_replaces_nothing(store: Store, host: Host) -> None:
    draft = host.draft()
    changed = await store.hosts.update(host.id, draft.model_copy(update={"pull_minutes": 7}), revision=host.revision)
    with pytest.raises(EditConflict) as caught:
        await store.hosts.update(host.id, draft.model_copy(update={"push_minutes": 8}), revision=host.revision)
    assert caught.value.current is not None
    assert Host.model_validate(caught.value.current) == changed
    assert await store.hosts.get(host.id) == changed


async def test_enabling_counts_as_an_edit(store: Store, host: Host) -> None:
    disabled = await store.hosts.set_enabled(host.id, False)
    with pytest.raises(EditConflict):
        await store.hosts.update(host.id, host.draft(), revision=host.revision)
    stored = await store.hosts.update(host.id, disabled.draft(), revision=disabled.revision)
    assert not stored.enabled
