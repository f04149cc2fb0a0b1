"""Passwords of Windows images at rest: encrypted, bound to their image, gone with it."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from pydantic import ValidationError

from tests.store.drafts import generated
from trailer_tui.model.errors import EditConflict, NotFound, SecretUnreadable
from trailer_tui.model.host import Host
from trailer_tui.model.image import GenerateConfiguration, ImageDraft, ImageRecord
from trailer_tui.model.services import Services, WindowsDesktop
from trailer_tui.model.status import ImageStatus
from trailer_tui.model.validation import invalid_input
from trailer_tui.service.runtime_environment import runtime_environment
from trailer_tui.store.store import Store

PASSWORD = "hunter2-of-ada ÿ$(x)"


def windows(password: str | None = None, *, name: str = "desk", host_id: int = 1, template: bool = False) -> ImageDraft:
    configuration = GenerateConfiguration(
        image_name="desk:1", base_image="dockurr/windows:5.07", services=Services(desktop=WindowsDesktop())
    )
    return ImageDraft(
        name=name, host_id=host_id, is_template=template, configuration=configuration, windows_password=password
    )


async def make(store: Store, draft: ImageDraft) -> ImageRecord:
    return await store.images.create(draft, creator="ada", status=ImageStatus.BUILD_CANCELLED)


async def edit(store: Store, record: ImageRecord, draft: ImageDraft) -> ImageRecord:
    return await store.images.update(record.id, draft, revision=record.revision)


async def count(store: Store) -> int:
    rows = await store._database.read(
        lambda connection: connection.execute("SELECT count(*) FROM windows_passwords").fetchall()
    )
    return int(rows[0][0])


async def test_a_password_reaches_the_environment_of_a_container_alone(store: Store, host: Host) -> None:
    record = await make(store, windows(PASSWORD))
    assert record.windows_password_set
    assert record.windows_password is None
    assert PASSWORD not in record.model_dump_json() + repr(record) + repr(windows(PASSWORD))
    assert await runtime_environment(record, store.windows_passwords) == {"PASSWORD": PASSWORD}


async def test_an_image_of_linux_has_no_such_environment(store: Store, host: Host) -> None:
    record = await make(store, generated("tools", host.id))
    assert not record.windows_password_set
    assert await runtime_environment(record, store.windows_passwords) == {}


async def test_an_edit_keeps_the_password_or_replaces_it(store: Store, host: Host) -> None:
    record = await make(store, windows(PASSWORD))
    kept = await edit(store, record, windows().model_copy(update={"description": "of Ada"}))
    assert kept.windows_password_set
    assert await store.windows_passwords.of(record.id) == PASSWORD
    replaced = await edit(store, kept, windows("another"))
    assert await store.windows_passwords.of(record.id) == "another"
    assert not replaced.changed_since_build


async def test_an_image_without_a_password_gets_one_later(store: Store, host: Host) -> None:
    record = await make(store, windows())
    assert not record.windows_password_set
    assert await runtime_environment(record, store.windows_passwords) == {}
    assert (await edit(store, record, windows(PASSWORD))).windows_password_set


async def test_a_conflicting_edit_leaves_the_password_and_does_not_tell_it(store: Store, host: Host) -> None:
    record = await make(store, windows(PASSWORD))
    await edit(store, record, windows())
    with pytest.raises(EditConflict) as conflict:
        await edit(store, record, windows("another"))
    assert await store.windows_passwords.of(record.id) == PASSWORD
    assert "another" not in str(conflict.value.to_problem())
    assert PASSWORD not in str(conflict.value.to_problem())


async def test_a_refused_image_leaves_no_password(store: Store, host: Host) -> None:
    await make(store, windows(PASSWORD))
    with pytest.raises(Exception, match="is the name of an image of ada already"):
        await make(store, windows("another"))
    assert await count(store) == 1


async def test_an_image_that_is_no_windows_any_more_has_no_password(store: Store, host: Host) -> None:
    record = await make(store, windows(PASSWORD))
    changed = await edit(store, record, generated("desk", host.id))
    assert not changed.windows_password_set
    back = await edit(store, changed, windows())
    assert not back.windows_password_set
    assert await count(store) == 0


async def test_a_template_has_no_password(store: Store, host: Host) -> None:
    template = await make(store, windows(PASSWORD, template=True))
    assert not template.windows_password_set
    assert await count(store) == 0


async def test_a_deleted_image_takes_its_password_along(store: Store, host: Host) -> None:
    record = await make(store, windows(PASSWORD))
    await store.images.delete(record.id)
    assert await count(store) == 0
    with pytest.raises(NotFound):
        await store.images.get(record.id)


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_the_data_folder_holds_no_password(store: Store, host: Host, folder: Path) -> None:
    record = await make(store, windows(PASSWORD))
    await edit(store, record, windows(f"{PASSWORD}2"))
    text = PASSWORD.encode()
    needles = [text, text[:12], base64.b64encode(text)[:16]]
    files = files_below(folder)
    assert {path.name for path in files} >= {"trailer.db", "trailer.db-wal", "secrets.key"}
    assert [path for path in files if any(needle in path.read_bytes() for needle in needles)] == []
    assert (folder / "secrets.key").stat().st_mode & 0o777 == 0o600


async def test_a_row_given_to_another_image_does_not_open(store: Store, host: Host) -> None:
    first = await make(store, windows(PASSWORD))
    second = await make(store, windows("of another", name="second"))
    await store._database.write(
        lambda connection: connection.execute(
            "UPDATE windows_passwords SET ciphertext = (SELECT ciphertext FROM windows_passwords WHERE image_id = ?)"
            " WHERE image_id = ?",
            (first.id, second.id),
        )
    )
    with pytest.raises(SecretUnreadable):
        await store.windows_passwords.of(second.id)
    assert await store.windows_passwords.of(first.id) == PASSWORD


async def test_a_row_given_to_a_build_secret_does_not_open(store: Store, host: Host) -> None:
    record = await make(store, windows(PASSWORD))
    await store.secrets.put("ada", "token", b"value")
    await store._database.write(
        lambda connection: connection.execute(
            "UPDATE secrets SET ciphertext = (SELECT ciphertext FROM windows_passwords WHERE image_id = ?)",
            (record.id,),
        )
    )
    with pytest.raises(SecretUnreadable):
        store.secrets.open((await store.secrets.sealed("ada", ["token"]))["token"])


async def test_a_lost_key_is_told_and_mended_by_a_new_password(store: Store, host: Host, folder: Path) -> None:
    record = await make(store, windows(PASSWORD))
    assert [found.state for found in await store.check() if found.subject == "Windows passwords"] == ["ok"]
    (folder / "secrets.key").unlink()
    with pytest.raises(SecretUnreadable, match="is missing") as raised:
        await store.windows_passwords.of(record.id)
    assert "trailer password" in raised.value.hint
    assert [found.state for found in await store.check() if found.subject == "Windows passwords"] == ["error"]
    await edit(store, record, windows("another"))
    assert await store.windows_passwords.of(record.id) == "another"


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("", "is too short"),
        ("x" * 128, "is too long"),
        ("pass\nword", "has a control character"),
        ("pass\u202eword", "has a control character"),
        (["password"], "valid string"),
    ],
)
def test_a_password_that_cannot_be_one_is_refused_and_not_repeated(password: object, told: str) -> None:
    values = windows().model_dump() | {"windows_password": password}
    with pytest.raises(ValidationError) as refused:
        ImageDraft.model_validate(values)
    error = invalid_input(refused.value.errors())
    assert [field.field for field in error.fields] == ["windows_password"]
    assert told in error.cause
    assert error.fields[0].value == ""
    assert "xx" not in error.cause + str(refused.value)
    assert "word" not in (error.cause + str(refused.value)).replace("windows_password", "")


def test_the_longest_password_is_taken() -> None:
    assert windows("x" * 127).windows_password == "x" * 127


def test_a_password_of_what_is_no_windows_is_refused() -> None:
    with pytest.raises(ValidationError) as refused:
        ImageDraft.model_validate(generated("tools", 1).model_dump() | {"windows_password": PASSWORD})
    error = invalid_input(refused.value.errors())
    assert [field.field for field in error.fields] == ["windows_password"]
    assert "hunter2" not in error.cause + str(refused.value)


@pytest.mark.parametrize("name", ["windows_pasword", "passwd", "pw"])
def test_a_password_under_a_misspelt_name_is_not_repeated(name: str) -> None:
    with pytest.raises(ValidationError) as refused:
        ImageDraft.model_validate(windows().model_dump() | {name: PASSWORD})
    assert "hunter2" not in invalid_input(refused.value.errors()).cause + str(refused.value)
