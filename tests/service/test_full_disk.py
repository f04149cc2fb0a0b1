"""A disk that fills up while a build runs: the work ends, the cause is told, the end is stored when it can be."""

from __future__ import annotations

from typing import Any

import pytest

from tests.service.world import ADA, World
from trailer_tui.model.errors import StorageFull
from trailer_tui.model.status import BuildState, ImageStatus
from trailer_tui.store.logs import LogWriter


def _full(*_: Any, **__: Any) -> Any:
    raise StorageFull("the disk that holds the data is full", hint="make space")


@pytest.fixture(autouse=True)
def _quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trailer_tui.service.build_end.FIRST_RETRY_SECONDS", 0.02)


async def test_a_full_disk_ends_the_build_with_its_cause(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LogWriter, "write_lines", _full)
    record = await world.create("FROM ubuntu:24.04\nRUN echo x && sleep 300\n")
    build = await world.built(record.id)
    assert build.state is BuildState.FAILED
    assert build.failure is not None
    assert (build.failure.message, build.failure.hint) == ("the disk that holds the data is full", "make space")
    assert world.engine.working == set()


async def test_a_store_that_cannot_take_progress_ends_the_work(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world.store.builds, "progress", _full)
    record = await world.create("FROM ubuntu:24.04\nRUN sleep 300\n")
    build = await world.built(record.id)
    assert build.state is BuildState.FAILED
    assert world.engine.working == set()


async def test_an_end_that_cannot_be_stored_is_told_and_stored_later(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as full:
        full.setattr(world.store.builds, "progress", _full)
        full.setattr(world.store.builds, "finish", _full)
        record = await world.create("FROM ubuntu:24.04\nRUN sleep 300\n")
        build = await world.built(record.id)
        assert build.state is BuildState.FAILED
        assert build.failure is not None
        assert "full" in build.failure.message
        row = (await world.service.images.rows(ADA, [record.id]))[0]
        assert row.status is ImageStatus.ERROR
        assert await world.service.builds.active(ADA) == []
        assert (await world.store.builds.summary(build.id)).state is BuildState.RUNNING
        findings = await world.service.diagnose(ADA)
        assert [found.state for found in findings if found.subject == "builds"] == ["error"]

    async def stored() -> bool:
        return (await world.store.builds.summary(build.id)).state is BuildState.FAILED

    await world.until(stored)
    assert (await world.service.images.get(ADA, record.id)).status is ImageStatus.ERROR


async def test_a_server_that_stops_before_the_end_is_stored_recovers_the_build(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as full:
        full.setattr(world.store.builds, "finish", _full)
        record = await world.create()
        assert (await world.built(record.id)).state is BuildState.FINISHED
        await world.close()
    await world.start()
    retry = await world.built(record.id)
    assert (retry.number, retry.state) == (2, BuildState.FINISHED)


async def test_deleting_a_record_with_its_logs_works_on_a_full_disk(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = await world.create()
    build = await world.built(record.id)
    log, real = world.store.logs.path(build.id), world.store.images.delete

    async def delete(image_id: int) -> list[int]:
        return _full() if log.exists() else await real(image_id)

    monkeypatch.setattr(world.store.images, "delete", delete)
    await world.service.images.delete(ADA, record.id, remove_docker_image=False)
    assert await world.service.images.rows(ADA, [record.id]) == []
