"""Build secrets at rest: nothing in clear text, and a lost key costs the secrets alone."""

from __future__ import annotations

import base64
import os
import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from tests.store.conftest import Clock
from tests.store.drafts import written
from trailer_tui.model.errors import NotApplicable, NotFound, SecretUnreadable
from trailer_tui.model.host import Host
from trailer_tui.model.image import ImageDraft
from trailer_tui.model.status import ImageStatus
from trailer_tui.store.store import Store

VALUE = b"hunter22-of-ada"


async def opened(store: Store, owner: str, name: str) -> bytes:
    return store.secrets.open((await store.secrets.sealed(owner, [name]))[name])


def naming(name: str, host: Host, *secrets: str) -> ImageDraft:
    draft = written(name, host.id, "FROM scratch\n")
    return draft.model_copy(update={"configuration": draft.configuration.model_copy(update={"secrets": list(secrets)})})


async def test_a_value_comes_back_to_who_may_open_it(store: Store, clock: Clock) -> None:
    made = await store.secrets.put("ada", "token", VALUE)
    assert (made.owner, made.name, made.size, made.created_at) == ("ada", "token", len(VALUE), clock.now)
    assert await opened(store, "ada", "token") == VALUE
    clock.advance(60)
    again = await store.secrets.put("ada", "token", b"\x00\xff")
    assert (again.size, again.created_at, again.updated_at) == (2, made.created_at, clock.now)
    assert await opened(store, "ada", "token") == b"\x00\xff"
    assert await store.secrets.sealed("bob", ["token"]) == {}


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_the_data_folder_holds_no_value(store: Store, folder: Path) -> None:
    await store.secrets.put("ada", "token", VALUE)
    await store.secrets.put("ada", "token", VALUE + b"2")
    forms = [VALUE, base64.b64encode(VALUE)[:16], VALUE.hex().encode()]
    files = files_below(folder)
    assert {path.name for path in files} >= {"trailer.db", "trailer.db-wal", "secrets.key"}
    for path in files:
        assert not [form for form in forms if form in path.read_bytes()], path


async def test_the_key_is_readable_by_its_owner_alone(folder: Path, clock: Clock) -> None:
    old = os.umask(0)
    try:
        store = await Store.open(folder, clock=clock)
        await store.secrets.put("ada", "token", VALUE)
    finally:
        os.umask(old)
    key = folder / "secrets.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    await store.close()
    key.chmod(0o644)
    store = await Store.open(folder, clock=clock)
    try:
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
        assert await opened(store, "ada", "token") == VALUE
    finally:
        await store.close()


async def test_without_secrets_there_is_no_key(store: Store, folder: Path) -> None:
    assert await store.secrets.all() == []
    assert not (folder / "secrets.key").exists()
    assert not [finding for finding in await store.check() if finding.subject == "build secrets"]


async def spoil(folder: Path, how: str) -> None:
    key = folder / "secrets.key"
    match how:
        case "missing":
            key.unlink()
        case "another":
            key.write_bytes(Fernet.generate_key())
        case "no key":
            key.write_bytes(b"nonsense")
        case "open":
            key.chmod(0o640)
        case "folder":
            key.unlink()
            key.mkdir(mode=0o700)


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ("missing", "is missing"),
        ("another", "another key"),
        ("no key", "holds no key"),
        ("open", "open to others"),
        ("folder", "is no file"),
    ],
)
async def test_a_key_that_cannot_be_used_is_named(store: Store, folder: Path, how: str, told: str) -> None:
    await store.secrets.put("ada", "token", VALUE)
    await spoil(folder, how)
    with pytest.raises(SecretUnreadable, match=told) as raised:
        await opened(store, "ada", "token")
    assert str(folder / "secrets.key") in raised.value.cause
    assert raised.value.hint
    assert [secret.name for secret in await store.secrets.all("ada")] == ["token"]


@pytest.mark.parametrize("how", ["missing", "another"])
async def test_after_a_lost_key_secrets_can_be_stored_again(store: Store, folder: Path, how: str) -> None:
    for name in ("first", "second"):
        await store.secrets.put("ada", name, VALUE)
    await spoil(folder, how)
    await store.secrets.put("ada", "first", VALUE)
    assert await opened(store, "ada", "first") == VALUE
    with pytest.raises(SecretUnreadable, match="second of ada"):
        await opened(store, "ada", "second")


async def test_a_server_starts_with_a_lost_key_and_says_so(store: Store, folder: Path, clock: Clock) -> None:
    await store.secrets.put("ada", "token", VALUE)
    assert [found.state for found in await store.check() if found.subject == "build secrets"] == ["ok"]
    await spoil(folder, "missing")
    again = await Store.open(folder, clock=clock)
    try:
        [found] = [found for found in await again.check() if found.subject == "build secrets"]
    finally:
        await again.close()
    assert found.state == "error"
    assert "is missing" in found.detail


async def test_a_row_given_to_somebody_else_does_not_open(store: Store) -> None:
    await store.secrets.put("ada", "token", VALUE)

    await store._database.write(lambda connection: connection.execute("UPDATE secrets SET owner = 'bob'"))
    with pytest.raises(SecretUnreadable):
        await opened(store, "bob", "token")


async def test_users_are_the_owners_images_as_they_are_now(store: Store, host: Host) -> None:
    for owner in ("ada", "bob"):
        await store.secrets.put(owner, "token", VALUE)
    made = await store.images.create(
        naming("tools", host, "token", "other"), creator="ada", status=ImageStatus.BUILD_CANCELLED
    )
    await store.images.create(naming("bobs", host), creator="bob", status=ImageStatus.BUILD_CANCELLED)
    assert {(found.owner, tuple(found.used_by)) for found in await store.secrets.all()} == {
        ("ada", ("tools",)),
        ("bob", ()),
    }
    with pytest.raises(NotApplicable, match="used by tools"):
        await store.secrets.delete("ada", "token")
    await store.images.update(made.id, naming("tools", host, "other"), revision=made.revision)
    await store.secrets.delete("ada", "token")
    with pytest.raises(NotFound):
        await store.secrets.delete("ada", "token")
    assert [found.owner for found in await store.secrets.all()] == ["bob"]


async def test_one_in_use_goes_when_forced_and_stays_when_its_images_go(store: Store, host: Host) -> None:
    await store.secrets.put("ada", "token", VALUE)
    made = await store.images.create(naming("tools", host, "token"), creator="ada", status=ImageStatus.BUILD_CANCELLED)
    await store.images.delete(made.id)
    assert [found.used_by for found in await store.secrets.all()] == [[]]
    await store.images.create(naming("again", host, "token"), creator="ada", status=ImageStatus.BUILD_CANCELLED)
    await store.secrets.delete("ada", "token", force=True)
    assert await store.secrets.all() == []
