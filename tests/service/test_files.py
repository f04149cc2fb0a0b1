"""Whose files an account sees and a build gets."""

from __future__ import annotations

import gzip
import lzma
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from tests.service.test_content_type import TAR
from tests.service.world import ADA, BOB, World
from trailer_tui.config import ServerConfig
from trailer_tui.model.actions import ImageAction
from trailer_tui.model.errors import InvalidInput, NotApplicable, NotFound
from trailer_tui.model.identity import Actor
from trailer_tui.model.image_file import ArchiveFile
from trailer_tui.model.status import BuildState
from trailer_tui.model.stored_file import MAX_FILE_BYTES, FileDraft, UrlFileDraft

CLARA = Actor(1002, "clara")


async def test_others_do_not_learn_that_a_file_exists(world: World) -> None:
    files = world.service.files
    made = await files.upload(BOB, FileDraft(name="notes"), b"of bob")
    assert await files.all(CLARA) == []
    unseen = []
    for call in (
        files.get(CLARA, made.id),
        files.update(CLARA, made.id, FileDraft(name="mine")),
        files.delete(CLARA, made.id),
        files.content(CLARA, made.id),
        files.get(BOB, 99),
    ):
        with pytest.raises(NotFound) as raised:
            await call
        unseen.append(raised.value.cause.replace("99", str(made.id)))
    assert len(set(unseen)) == 1
    assert await files.all(BOB) == await files.all(ADA) == [made]
    await files.delete(ADA, made.id)


async def test_a_build_gets_the_files_of_its_images_creator(world: World) -> None:
    files = world.service.files
    await files.upload(ADA, FileDraft(name="tool"), gzip.compress(TAR))
    await files.upload(BOB, FileDraft(name="tool"), b"#!/bin/sh\n")
    await files.add_url(BOB, UrlFileDraft(name="page", url="https://host.lan/page"))
    found = await files.stored("bob", ["tool", "page", "missing"])
    assert set(found) == {"tool", "page"}
    assert (found["page"].url, found["page"].open) == ("https://host.lan/page", None)
    tool = found["tool"]
    assert tool.open is not None
    with tool.open() as content:
        assert content.read() == b"#!/bin/sh\n"
    assert (tool.size, tool.is_tar, tool.is_executable) == (10, False, True)
    [packed] = (await files.stored("ada", ["tool"])).values()
    assert (packed.is_tar, packed.is_executable) == (True, False)


async def test_a_tar_of_xz_is_sent_without_xz(world: World) -> None:
    files = world.service.files
    made = await files.upload(ADA, FileDraft(name="tool"), lzma.compress(TAR))
    await files.upload(ADA, FileDraft(name="damaged"), lzma.compress(TAR)[:-20])
    await files.upload(ADA, FileDraft(name="plain"), lzma.compress(b"no tar"))
    found = await files.stored("ada", ["tool", "damaged", "plain"])
    for name, expected in (("tool", TAR), ("plain", lzma.compress(b"no tar"))):
        opening = found[name].open
        assert opening is not None
        with opening() as content:
            assert content.read() == expected
        assert found[name].size == len(expected)
    assert found["damaged"].size == len(lzma.compress(TAR)) - 20
    record, content = await files.content(ADA, made.id)
    with content:
        assert content.read() == lzma.compress(TAR)
    assert record.size == len(lzma.compress(TAR))


async def test_a_content_that_somebody_removed_is_named(world: World, tmp_path: Path) -> None:
    files = world.service.files
    made = await files.upload(ADA, FileDraft(name="tool"), b"x")
    (tmp_path / "data" / "files" / made.sha256).unlink()
    with pytest.raises(NotApplicable, match="content of tool cannot be read: No such file"):
        await files.stored("ada", ["tool"])
    with pytest.raises(NotApplicable, match="content of tool"):
        await files.content(ADA, made.id)


async def test_the_size_has_a_limit(world: World) -> None:
    files = world.service.files
    with pytest.raises(InvalidInput, match="has 5,000,001 bytes, and at most 5,000,000") as raised:
        await files.upload(ADA, FileDraft(name="big"), bytes(MAX_FILE_BYTES + 1))
    assert raised.value.fields[0].field == "content"
    assert (await files.upload(ADA, FileDraft(name="big"), bytes(MAX_FILE_BYTES))).size == MAX_FILE_BYTES


async def test_an_address_has_no_content_here(world: World) -> None:
    made = await world.service.files.add_url(ADA, UrlFileDraft(name="page", url="https://host.lan/page"))
    with pytest.raises(NotApplicable, match="builds fetch it"):
        await world.service.files.content(ADA, made.id)


async def test_those_who_may_see_a_file_hear_of_changes(world: World) -> None:
    files = world.service.files
    async with world.recorded_events(ADA) as of_ada, world.recorded_events(CLARA) as of_clara:
        made = await files.upload(BOB, FileDraft(name="notes"), b"x")
        await files.update(BOB, made.id, FileDraft(name="other"))
        await files.delete(BOB, made.id)
        await files.upload(CLARA, FileDraft(name="hers"), b"x")
        await world.until(lambda: len([event for event in of_ada if event.event == "files"]) == 4)
        assert len([event for event in of_clara if event.event == "files"]) == 1


async def test_a_build_takes_the_creators_file_and_fails_when_its_content_is_gone(world: World, tmp_path: Path) -> None:
    made = await world.service.files.upload(BOB, FileDraft(name="tool"), b"of bob")
    await world.service.files.upload(ADA, FileDraft(name="tool"), b"of ada")
    record = await world.create(actor=BOB, files=[ArchiveFile(file="tool", destination="/opt/")])
    build = await world.built(record.id)
    assert build.state is BuildState.FINISHED, build.failure
    assert 'COPY [".trailer/files/1/tool", "/opt/"]' in (build.dockerfile or "")
    [sent] = world.engine.requests[-1].context.entries
    with sent.open() as content:
        assert content.read() == b"of bob"
    (tmp_path / "data" / "files" / made.sha256).unlink()
    await world.service.images.act(BOB, record.id, ImageAction.BUILD)
    failed = await world.built(record.id)
    assert failed.state is BuildState.FAILED
    assert failed.failure is not None
    assert "the content of tool cannot be read" in failed.failure.message


async def test_the_uploads_of_an_account_have_a_limit(tmp_path: Path, clock: Callable[[], datetime]) -> None:
    world = World(tmp_path / "data", clock, ServerConfig(files_mb_per_account=0.001))
    await world.start()
    files = world.service.files
    try:
        first = await files.upload(BOB, FileDraft(name="first"), bytes(600))
        with pytest.raises(NotApplicable, match=r"take 600 B of the 1\.0 kB") as raised:
            await files.upload(BOB, FileDraft(name="second"), bytes(401))
        assert "files_mb_per_account" in raised.value.hint
        await files.upload(ADA, FileDraft(name="second"), bytes(401))
        await files.delete(BOB, first.id)
        await files.upload(BOB, FileDraft(name="second"), bytes(401))
    finally:
        await world.close()
