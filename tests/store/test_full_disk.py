"""A full disk loses nothing that was stored, and the end of a running build is still recorded."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.conftest import Clock
from tests.store.drafts import found, generated, written
from trailer_tui.model.build import BuildFailure
from trailer_tui.model.errors import StorageFull
from trailer_tui.model.host import HostDraft
from trailer_tui.model.log import STREAM_OUT
from trailer_tui.model.status import BuildState, ImageStatus, Phase
from trailer_tui.store.logs import LogWriter
from trailer_tui.store.store import Store

FAILURE = BuildFailure(phase=Phase.BUILD, message="the disk is full", last_output=["x" * 200] * 20)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a file system of 3 MiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)], capture_output=True, text=True
    )
    if mounted.returncode:
        pytest.skip(f"no small file system can be mounted: {mounted.stderr.strip()}")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def _fill(disk: Path) -> Path:
    path = disk / "filler"
    with contextlib.suppress(OSError), path.open("ab", buffering=0) as file:
        while file.write(bytes(4096)):
            pass
    return path


async def test_a_full_disk_is_named_and_everything_stored_stays(small_disk: Path, clock: Clock) -> None:
    folder = small_disk / "data"
    store = await Store.open(folder, clock=clock)
    try:
        host = await store.hosts.create(HostDraft(name="local", address="unix:///run/docker.sock"))
        running = await store.images.create(generated("running", host.id), creator="ada", status=ImageStatus.ERROR)
        build, _ = await store.builds.queue(running.id, requested_by="ada")
        await store.builds.start(build.id, dockerfile="FROM debian:12")
        _fill(small_disk)
        stored = await _create_until_full(store, host.id)
        assert (await store.images.row(running.id)).status is ImageStatus.BUILDING
        ended, row = await store.builds.finish(build.id, state=BuildState.FAILED, failure=FAILURE)
        assert (ended.failure, row.status) == (FAILURE, ImageStatus.ERROR)
    finally:
        await store.close()
    again = await Store.open(folder, clock=clock)
    try:
        assert (await again.builds.summary(build.id)).failure == FAILURE
        assert len(await again.images.rows(stored)) == len(stored)
        assert await found(again, "filler image") == stored
        assert (await again.check())[0].state == "ok"
    finally:
        await again.close()


async def _create_until_full(store: Store, host_id: int) -> list[int]:
    stored = []
    for number in range(300):
        # Several thousand bytes that do not repeat: more than the space left in pages that are there already.
        draft = written(f"filler image {number:03}", host_id, os.urandom(4000).hex())
        try:
            stored.append((await store.images.create(draft, creator="ada", status=ImageStatus.ERROR)).id)
        except StorageFull as error:
            if str(store.folder) not in error.cause or not error.hint:
                pytest.fail(f"says too little: {error.cause} {error.hint}")
            return stored
    pytest.fail("the disk never became full")


async def test_the_reserve_is_taken_back_when_there_is_space_again(small_disk: Path, clock: Clock) -> None:
    store = await Store.open(small_disk / "data", clock=clock)
    try:
        host = await store.hosts.create(HostDraft(name="local", address="unix:///run/docker.sock"))
        record = await store.images.create(generated("tool", host.id), creator="ada", status=ImageStatus.ERROR)
        filler = _fill(small_disk)
        await _create_until_full(store, host.id)
        await store.images.delete(record.id)
        assert not (small_disk / "data" / "reserve").exists()
        filler.unlink()
        await store.settings.set("a", "b")
        assert (small_disk / "data" / "reserve").stat().st_size > 0
    finally:
        await store.close()


async def test_a_log_on_a_full_disk_keeps_its_whole_lines(small_disk: Path, clock: Clock) -> None:
    store = await Store.open(small_disk / "data", clock=clock)
    try:
        writer = store.logs.writer(1)
        with pytest.raises(StorageFull, match="data"):
            _write_lines(writer, 100_000)
        writer.close()
        content = store.logs.path(1).read_bytes()
        assert content.endswith(b"x\n")
        assert content.count(b"\n") == writer.lines
        assert len(content) == writer.size
    finally:
        await store.close()


def _write_lines(writer: LogWriter, count: int) -> None:
    for number in range(count):
        writer.write(1, number, STREAM_OUT, "x" * 100)


async def test_a_folder_on_a_full_disk_cannot_be_opened(small_disk: Path, clock: Clock) -> None:
    _fill(small_disk)
    with pytest.raises(StorageFull, match="data"):
        await Store.open(small_disk / "data", clock=clock)
