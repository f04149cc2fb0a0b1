"""The archive of files at rest: contents once, closed to others, gone with their last record; nothing used goes."""

from __future__ import annotations

import asyncio
import errno
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from tests.store.conftest import Clock
from tests.store.drafts import written
from trailer_tui.model.errors import InvalidInput, NotApplicable, NotFound, StorageFull
from trailer_tui.model.host import Host
from trailer_tui.model.image import ImageDraft
from trailer_tui.model.image_file import ArchiveFile
from trailer_tui.model.status import BuildState, ImageStatus
from trailer_tui.model.stored_file import FileDraft, FileRecord, UrlFileDraft
from trailer_tui.store.store import Store

CONTENT = b"#!/bin/sh\necho hello\n"


async def upload(store: Store, name: str, content: bytes = CONTENT, *, owner: str = "ada") -> FileRecord:
    return await store.files.add_upload(owner, FileDraft(name=name), content, "text/plain")


def naming(name: str, host: Host, *files: str) -> ImageDraft:
    draft = written(name, host.id, "FROM scratch\n")
    entries = [ArchiveFile(file=file, destination="/opt/") for file in files]
    return draft.model_copy(update={"configuration": draft.configuration.model_copy(update={"files": entries})})


def contents(folder: Path) -> list[Path]:
    return sorted((folder / "files").iterdir())


async def test_a_content_comes_back(store: Store, clock: Clock) -> None:
    made = await store.files.add_upload("ada", FileDraft(name="run.sh", description="runs"), CONTENT, "text/x-sh")
    assert (made.owner, made.name, made.description, made.kind) == ("ada", "run.sh", "runs", "upload")
    assert (made.size, made.content_type, made.created_at) == (len(CONTENT), "text/x-sh", clock.now)
    assert await store.files.get(made.id) == made
    with store.files.open(made) as content:
        assert content.read() == CONTENT


async def test_the_same_content_lies_once_until_its_last_record_goes(store: Store, folder: Path) -> None:
    first = await upload(store, "one")
    second = await upload(store, "two", owner="bob")
    assert len(contents(folder)) == 1
    await store.files.delete(first.id)
    with store.files.open(second) as content:
        assert content.read() == CONTENT
    await store.files.delete(second.id)
    assert contents(folder) == []


async def test_contents_are_readable_by_the_servers_account_alone(folder: Path, clock: Clock) -> None:
    old = os.umask(0)
    try:
        store = await Store.open(folder, clock=clock)
        await upload(store, "one")
        await store.close()
    finally:
        os.umask(old)
    assert stat.S_IMODE((folder / "files").stat().st_mode) == 0o700
    assert [stat.S_IMODE(path.stat().st_mode) for path in contents(folder)] == [0o600]


async def test_leftovers_go_at_the_next_start_and_foreign_files_stay(store: Store, folder: Path, clock: Clock) -> None:
    kept = await upload(store, "one")
    (folder / "files" / ("0" * 64)).write_bytes(b"of a record that was never stored")
    (folder / "files" / f"{kept.sha256}.12345678.part").write_bytes(b"half")
    (folder / "files" / "notes").write_bytes(b"somebody's")
    again = await Store.open(folder, clock=clock)
    await again.close()
    assert [path.name for path in contents(folder)] == sorted([kept.sha256, "notes"])


async def test_a_name_is_taken_once_for_each_owner(store: Store, folder: Path) -> None:
    await upload(store, "one")
    await upload(store, "one", b"other", owner="bob")
    with pytest.raises(InvalidInput) as raised:
        await upload(store, "one", b"refused")
    assert [(field.field, field.value) for field in raised.value.fields] == [("name", "one")]
    with pytest.raises(InvalidInput):
        await store.files.add_url("ada", UrlFileDraft(name="one", url="https://host.lan/x"))
    assert len(contents(folder)) == 2
    assert [(file.owner, file.size) for file in await store.files.all()] == [("ada", len(CONTENT)), ("bob", 5)]
    assert [file.owner for file in await store.files.all("bob")] == ["bob"]


async def test_an_address_has_no_content(store: Store, folder: Path) -> None:
    made = await store.files.add_url("ada", UrlFileDraft(name="page", url="https://host.lan/x"))
    assert (made.kind, made.url, made.size, made.sha256) == ("url", "https://host.lan/x", None, "")
    await store.files.delete(made.id)
    assert contents(folder) == []
    with pytest.raises(NotFound):
        await store.files.delete(made.id)


async def test_what_images_use_keeps_name_and_place(store: Store, host: Host, clock: Clock) -> None:
    file = await upload(store, "run.sh")
    made = await store.images.create(naming("tools", host, "run.sh"), creator="ada", status=ImageStatus.BUILD_CANCELLED)
    await upload(store, "run.sh", owner="bob")
    assert {(found.owner, tuple(found.used_by)) for found in await store.files.all()} == {
        ("ada", ("tools",)),
        ("bob", ()),
    }
    template = naming("Tools", host, "run.sh").model_copy(update={"is_template": True})
    kept = await store.images.create(template, creator="ada", status=ImageStatus.BUILD_CANCELLED)
    assert (await store.files.get(file.id)).used_by == ["tools", "Tools (template)"]
    await store.images.delete(kept.id)
    with pytest.raises(NotApplicable, match="used by tools"):
        await store.files.delete(file.id)
    with pytest.raises(NotApplicable, match="renamed: it is used by tools"):
        await store.files.update(file.id, FileDraft(name="other"))
    clock.advance(5)
    described = await store.files.update(file.id, FileDraft(name="run.sh", description="new"))
    assert (described.description, described.updated_at) == ("new", clock.now)
    await store.images.update(made.id, naming("tools", host), revision=made.revision)
    assert (await store.files.update(file.id, FileDraft(name="other"))).name == "other"
    await store.files.delete(file.id)


async def test_a_build_that_waits_keeps_what_its_image_no_longer_names(store: Store, host: Host) -> None:
    file = await upload(store, "run.sh")
    made = await store.images.create(
        naming("tools", host, "run.sh"), creator="ada", status=ImageStatus.BUILD_CANCELLED, build_for="ada"
    )
    await store.images.update(made.id, naming("tools", host), revision=made.revision)
    with pytest.raises(NotApplicable, match="a build of tools that waits or runs"):
        await store.files.delete(file.id)
    [pending] = await store.builds.active()
    await store.builds.finish(pending.id, state=BuildState.CANCELLED)
    await store.files.delete(file.id)


async def test_an_image_can_name_only_files_of_its_creator(store: Store, host: Host) -> None:
    await upload(store, "bobs", owner="bob")
    await upload(store, "own")
    for draft in (
        naming("x", host, "own", "bobs"),
        naming("x", host, "own", "bobs").model_copy(update={"is_template": True}),
    ):
        with pytest.raises(InvalidInput, match="is no file of ada") as raised:
            await store.images.create(draft, creator="ada", status=ImageStatus.BUILD_CANCELLED)
        assert [(field.field, field.value) for field in raised.value.fields] == [("configuration.files.1.file", "bobs")]
    made = await store.images.create(naming("x", host, "own"), creator="ada", status=ImageStatus.BUILD_CANCELLED)
    with pytest.raises(InvalidInput, match=r"configuration\.files\.0\.file 'bobs'"):
        await store.images.update(made.id, naming("x", host, "bobs"), revision=made.revision)


async def test_a_full_disk_leaves_nothing_behind(store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(StorageFull, match=str(folder)):
            await upload(store, "one")
    assert contents(folder) == []
    assert await store.files.all() == []
    await upload(store, "one")


async def test_uploads_and_deletions_of_one_content_at_once_leave_it_whole(store: Store) -> None:
    first = await upload(store, "0")

    async def again(number: int) -> None:
        made = await upload(store, f"{number}")
        await store.files.delete(made.id)

    await asyncio.gather(
        *(again(number) for number in range(1, 6)), store.files.delete(first.id), upload(store, "last")
    )
    [last] = await store.files.all()
    with store.files.open(last) as content:
        assert content.read() == CONTENT
