"""Image records: made, read, edited without losing a concurrent edit, deleted."""

from __future__ import annotations

import pytest

from tests.store.conftest import Clock
from tests.store.drafts import generated, pulled, written
from trailer_tui.model.build import BuildSummary
from trailer_tui.model.errors import EditConflict, InvalidInput, NotApplicable, NotFound
from trailer_tui.model.host import Host
from trailer_tui.model.image import ImageRecord
from trailer_tui.model.status import BuildState, ImageStatus
from trailer_tui.store.store import Store

NEW = ImageStatus.BUILD_CANCELLED


async def test_a_stored_image_reads_back_as_it_was_written(store: Store, host: Host, clock: Clock) -> None:
    draft = written("Straße [red] 日本", host.id, "FROM debian:12\nRUN <<EOF\necho ü\nEOF\n", description="Für\nalle")
    record = await store.images.create(draft, creator="ada", status=NEW)
    assert (await store.images.get(record.id)).draft() == draft
    assert (record.creator, record.status, record.host_name, record.revision) == ("ada", NEW, "local", 1)
    assert record.created_at == record.updated_at == clock.now


async def test_the_row_shows_the_familiar_reference_of_what_is_pulled(store: Store, host: Host) -> None:
    record = await store.images.create(
        pulled("base", host.id, "docker.io/library/debian"), creator="ada", status=ImageStatus.BUILD_FINISHED
    )
    row = await store.images.row(record.id)
    assert (row.image_name, row.pulled, row.last_build_id) == ("debian:latest", True, None)


async def test_a_name_is_taken_whatever_its_case_and_unicode_form(store: Store, host: Host) -> None:
    await store.images.create(generated("Größe", host.id), creator="ada", status=NEW)
    with pytest.raises(InvalidInput) as caught:
        await store.images.create(generated("GRO\u0308SSE", host.id), creator="ada", status=NEW)
    assert [problem.field for problem in caught.value.fields] == ["name"]
    assert caught.value.fields[0].remedy


async def test_a_name_is_free_for_another_creator_and_for_a_template(store: Store, host: Host) -> None:
    draft = generated("tool", host.id)
    first = await store.images.create(draft, creator="ada", status=NEW)
    second = await store.images.create(draft, creator="bob", status=NEW)
    template = await store.images.create(draft.model_copy(update={"is_template": True}), creator="ada", status=NEW)
    assert len({first.id, second.id, template.id}) == 3
    assert [row.id for row in await store.images.find("TOOL")] == [first.id, second.id]


async def test_an_image_needs_a_host_that_exists(store: Store, host: Host) -> None:
    with pytest.raises(InvalidInput) as caught:
        await store.images.create(generated("tool", host.id + 1), creator="ada", status=NEW)
    assert [problem.field for problem in caught.value.fields] == ["host_id"]


async def test_rows_come_in_the_order_asked_without_those_that_are_gone(store: Store, host: Host) -> None:
    ids = [
        (await store.images.create(generated(name, host.id), creator="ada", status=NEW)).id for name in ("a", "b", "c")
    ]
    await store.images.delete(ids[1])
    rows = await store.images.rows([ids[2], ids[1], 999, ids[0]])
    assert [row.name for row in rows] == ["c", "a"]


async def test_an_image_is_found_by_its_number(store: Store, host: Host) -> None:
    record = await store.images.create(generated("tool", host.id), creator="ada", status=NEW)
    assert [row.name for row in await store.images.find(str(record.id))] == ["tool"]
    assert await store.images.find("too") == []
    assert await store.images.find("9" * 400) == []


async def test_the_second_writer_is_told_and_sees_what_is_stored(store: Store, host: Host) -> None:
    opened = await store.images.create(generated("tool", host.id), creator="ada", status=NEW)
    await store.images.update(opened.id, generated("first", host.id), revision=opened.revision)
    with pytest.raises(EditConflict) as caught:
        await store.images.update(opened.id, generated("second", host.id), revision=opened.revision)
    assert ImageRecord.model_validate(caught.value.current).name == "first"
    assert (await store.images.get(opened.id)).name == "first"


async def test_a_build_is_no_conflict_for_an_open_form(store: Store, host: Host) -> None:
    opened = await store.images.create(generated("tool", host.id), creator="ada", status=NEW)
    build, _ = await store.builds.queue(opened.id, requested_by="bob")
    await store.builds.start(build.id, dockerfile="FROM debian:12")
    await store.builds.finish(build.id, state=BuildState.FINISHED)
    edited = await store.images.update(opened.id, generated("new", host.id), revision=opened.revision)
    assert (edited.name, edited.status) == ("new", ImageStatus.BUILD_FINISHED)


async def test_enabling_is_an_edit_and_every_change_gives_a_new_row_revision(store: Store, host: Host) -> None:
    record = await store.images.create(generated("tool", host.id), creator="ada", status=NEW)
    before = await store.images.row(record.id)
    row = await store.images.set_enabled(record.id, enabled=False)
    assert not row.enabled
    assert row.revision > before.revision
    with pytest.raises(EditConflict):
        await store.images.update(record.id, record.draft(), revision=record.revision)
    _, queued = await store.builds.queue(record.id, requested_by="ada")
    assert queued.revision > row.revision


async def test_changed_since_build_is_about_the_configuration(store: Store, host: Host) -> None:
    record = await store.images.create(generated("tool", host.id), creator="ada", status=NEW)
    edited = await store.images.update(record.id, generated("a", host.id, base_image="x"), revision=1)
    assert not edited.changed_since_build, "there is no build yet"
    await _build(store, record.id)
    renamed = await store.images.update(record.id, generated("b", host.id, base_image="x"), revision=edited.revision)
    assert not renamed.changed_since_build
    changed = await store.images.update(record.id, generated("b", host.id, base_image="y"), revision=renamed.revision)
    assert changed.changed_since_build
    await _build(store, record.id)
    assert not (await store.images.row(record.id)).changed_since_build


async def test_deleting_takes_builds_along_and_names_their_logs(store: Store, host: Host) -> None:
    record = await store.images.create(generated("tool", host.id), creator="ada", status=NEW)
    builds = [await _build(store, record.id), await _build(store, record.id)]
    assert await store.images.delete(record.id) == [build.id for build in builds]
    with pytest.raises(NotFound):
        await store.images.get(record.id)
    with pytest.raises(NotFound):
        await store.builds.get(builds[0].id)
    assert await store.builds.for_image(record.id, limit=9) == []


async def test_an_image_is_not_deleted_while_its_build_is_active(store: Store, host: Host) -> None:
    record = await store.images.create(generated("tool", host.id), creator="ada", status=NEW)
    await store.builds.queue(record.id, requested_by="ada")
    with pytest.raises(NotApplicable):
        await store.images.delete(record.id)
    assert (await store.images.row(record.id)).name == "tool"


@pytest.mark.parametrize("call", ["get", "row", "delete"])
async def test_an_image_that_is_not_there_is_not_found(store: Store, call: str) -> None:
    with pytest.raises(NotFound):
        await getattr(store.images, call)(7)


async def test_an_id_is_never_given_twice(store: Store, host: Host) -> None:
    first = await store.images.create(generated("a", host.id), creator="ada", status=NEW)
    await store.images.delete(first.id)
    second = await store.images.create(generated("a", host.id), creator="ada", status=NEW)
    assert second.id > first.id


async def _build(store: Store, image_id: int) -> BuildSummary:
    build, _ = await store.builds.queue(image_id, requested_by="ada")
    await store.builds.start(build.id, dockerfile="FROM debian:12")
    ended, _ = await store.builds.finish(build.id, state=BuildState.FINISHED)
    return ended
