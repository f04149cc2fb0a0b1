"""Use cases of image records: make, edit, act, batch, delete, and who may."""

from __future__ import annotations

import asyncio
import threading

import pytest

from tests.service.world import ADA, BOB, World
from trailer_tui.model.actions import ImageAction
from trailer_tui.model.errors import (
    EditConflict,
    EngineError,
    HostUnreachable,
    InvalidInput,
    NotApplicable,
    NotFound,
)
from trailer_tui.model.events import ImageChanged, ImageDeleted
from trailer_tui.model.image import GenerateConfiguration, ImageDraft, PullConfiguration, WriteConfiguration
from trailer_tui.model.rows import ImageQuery
from trailer_tui.model.status import ImageStatus
from trailer_tui.service.service import SHORT_CALLS

HEREDOC = "FROM ubuntu:24.04\nRUN <<EOF\ntrue\nEOF\n"


def _ids(order: tuple[bytes, int]) -> list[int]:
    return memoryview(order[0]).cast("I").tolist()


async def test_an_image_that_is_not_built_at_once_is_cancelled(world: World) -> None:
    record = await world.create(build=False)
    assert record.status is ImageStatus.BUILD_CANCELLED
    assert record.last_build_id is None
    assert world.service.load().queued == 0


async def test_a_taken_name_is_an_error_of_the_field(world: World) -> None:
    await world.create(build=False, name="Tool", configuration=PullConfiguration(image="a:1"))
    with pytest.raises(InvalidInput) as caught:
        await world.create(build=False, name="TOOL", configuration=PullConfiguration(image="b:1"))
    assert [field.field for field in caught.value.fields] == ["name"]


async def test_a_template_is_never_built(world: World) -> None:
    draft = ImageDraft(
        name="base", host_id=1, is_template=True, configuration=GenerateConfiguration(image_name="base:1")
    )
    record = await world.service.images.create(ADA, draft, build=True)
    assert record.status is ImageStatus.BUILD_CANCELLED
    assert world.service.load().queued + world.service.load().building == 0


async def test_the_second_writer_is_told_what_is_stored(world: World) -> None:
    record = await world.create(build=False)
    edit = record.draft().model_copy(update={"description": "mine"})
    await world.service.images.update(ADA, record.id, edit, revision=record.revision, build=False)
    with pytest.raises(EditConflict) as caught:
        await world.service.images.update(ADA, record.id, record.draft(), revision=record.revision, build=False)
    assert caught.value.current is not None
    assert caught.value.current["description"] == "mine"


async def test_a_build_does_not_make_an_open_form_conflict(world: World) -> None:
    record = await world.create()
    await world.built(record.id)
    edit = record.draft().model_copy(
        update={"configuration": WriteConfiguration(image_name="tool:latest", dockerfile="FROM ubuntu:24.04\n")}
    )
    saved = await world.service.images.update(ADA, record.id, edit, revision=record.revision, build=False)
    assert saved.changed_since_build is True
    assert saved.status is ImageStatus.BUILD_FINISHED


async def test_save_and_build_is_refused_whole_while_it_builds(world: World) -> None:
    record = await world.create("FROM ubuntu:24.04\nRUN sleep 300\n")
    edit = record.draft().model_copy(update={"description": "new"})
    with pytest.raises(NotApplicable):
        await world.service.images.update(ADA, record.id, edit, revision=record.revision, build=True)
    assert (await world.service.images.get(ADA, record.id)).description == ""
    saved = await world.service.images.update(ADA, record.id, edit, revision=record.revision, build=False)
    assert saved.description == "new"


async def test_enable_and_disable_apply_at_once_and_say_when_they_do_not(world: World) -> None:
    record = await world.create(build=False)
    assert (await world.service.images.act(ADA, record.id, ImageAction.DISABLE)).enabled is False
    with pytest.raises(NotApplicable, match="already disabled"):
        await world.service.images.act(ADA, record.id, ImageAction.DISABLE)
    assert (await world.service.images.act(ADA, record.id, ImageAction.ENABLE)).enabled is True


async def test_a_batch_does_what_it_planned_and_names_what_it_skips(world: World) -> None:
    busy = await world.create("FROM ubuntu:24.04\nRUN sleep 300\n", name="busy")
    idle = await world.create(name="idle", build=False)
    await world.until(lambda: bool(world.engine.working))
    ids = [busy.id, idle.id, 999]
    images = world.service.images
    plan = await images.batch(ADA, ImageAction.BUILD, ids, plan=True, remove_docker_image=False)
    assert (plan.done, plan.names) == ([idle.id], ["idle"])
    assert [skip.id for skip in plan.skipped] == [busy.id, 999]
    assert "already" in plan.skipped[0].reason
    assert (await images.get(ADA, idle.id)).last_build_id is None
    assert await images.batch(ADA, ImageAction.BUILD, ids, plan=False, remove_docker_image=False) == plan
    assert (await world.built(idle.id)).number == 1


async def test_a_batch_goes_on_after_one_that_failed(world: World) -> None:
    records = [await world.create(name=f"tool-{number}") for number in range(2)]
    for record in records:
        await world.built(record.id)
    real = world.engine.remove_image

    def remove(reference: str) -> None:
        if reference == "tool-0:latest":
            raise EngineError("conflict: unable to remove repository reference")
        real(reference)

    world.engine.remove_image = remove  # type: ignore[method-assign]
    outcome = await world.service.images.batch(
        ADA, ImageAction.DELETE, [record.id for record in records], plan=False, remove_docker_image=True
    )
    assert outcome.done == [records[1].id]
    assert [(skip.name, skip.reason) for skip in outcome.skipped] == [
        ("tool-0", "conflict: unable to remove repository reference")
    ]


async def test_a_host_that_hangs_while_images_are_removed_holds_up_nothing_else(world: World) -> None:
    records = [await world.create(name=f"tool-{number}") for number in range(SHORT_CALLS + 1)]
    builds = [await world.built(record.id) for record in records]
    hanging: list[str] = []
    over = threading.Event()

    def hang(reference: str) -> None:
        hanging.append(reference)
        over.wait(30)

    world.engine.remove_image = hang  # type: ignore[method-assign]
    images = world.service.images
    deleting = [asyncio.create_task(images.delete(ADA, record.id, remove_docker_image=True)) for record in records]
    await world.until(lambda: len(hanging) == len(records))
    assert (await world.lines(builds[0].id))[-1].text == "Build finished"
    over.set()
    await asyncio.gather(*deleting)


async def test_delete_is_refused_while_it_builds(world: World) -> None:
    record = await world.create("FROM ubuntu:24.04\nRUN sleep 300\n")
    with pytest.raises(NotApplicable, match="cancel it first"):
        await world.service.images.delete(ADA, record.id, remove_docker_image=False)


@pytest.mark.parametrize("remove", [False, True])
async def test_delete_takes_the_docker_image_only_when_asked(world: World, remove: bool) -> None:
    record = await world.create()
    build = await world.built(record.id)
    async with world.recorded_events() as events:
        await world.service.images.delete(ADA, record.id, remove_docker_image=remove)
        await world.until(lambda: bool(events))
    assert ("tool:latest" in world.engine.images) is not remove
    assert not world.store.logs.path(build.id).exists()
    assert [event.id for event in events if isinstance(event, ImageDeleted)] == [record.id]
    with pytest.raises(NotFound):
        await world.service.images.get(ADA, record.id)


async def test_a_name_that_was_never_built_is_not_removed_from_the_host(world: World) -> None:
    world.engine.add_image("postgres:16")
    mine = WriteConfiguration(image_name="postgres:16", dockerfile="FROM ubuntu:24.04\nRUN exit 3\n")
    never = await world.create(name="never", configuration=mine, build=False)
    failed = await world.create(name="failed", configuration=mine)
    await world.built(failed.id)
    for record in (never, failed):
        await world.service.images.delete(ADA, record.id, remove_docker_image=True)
    assert "postgres:16" in world.engine.images


async def test_an_image_is_removed_under_the_name_that_it_was_built_with(
    world: World,
) -> None:
    record = await world.create()
    await world.built(record.id)
    edit = record.draft().model_copy(update={"configuration": PullConfiguration(image="other:1")})
    await world.service.images.update(ADA, record.id, edit, revision=record.revision, build=False)
    await world.service.images.delete(ADA, record.id, remove_docker_image=True)
    assert "tool:latest" not in world.engine.images


async def test_a_name_that_is_another_images_by_now_is_not_removed(world: World) -> None:
    record = await world.create()
    await world.built(record.id)
    theirs = world.engine.add_image("tool:latest", size=1)
    await world.service.images.delete(ADA, record.id, remove_docker_image=True)
    assert world.engine.facts("tool:latest") == theirs


async def test_a_record_stays_when_its_host_cannot_remove_the_image(world: World) -> None:
    record = await world.create()
    await world.built(record.id)
    world.engine.unreachable = "no route to host"
    with pytest.raises(HostUnreachable, match="local: no route to host"):
        await world.service.images.delete(ADA, record.id, remove_docker_image=True)
    assert (await world.service.images.get(ADA, record.id)).id == record.id
    await world.service.images.delete(ADA, record.id, remove_docker_image=False)


async def test_others_do_not_even_see_a_record(world: World) -> None:
    record = await world.create()
    build = await world.built(record.id)
    images, builds = world.service.images, world.service.builds
    for call in (
        images.get(BOB, record.id),
        images.act(BOB, record.id, ImageAction.BUILD),
        images.delete(BOB, record.id, remove_docker_image=False),
        images.dockerfile(BOB, record.id),
        images.update(BOB, record.id, record.draft(), revision=record.revision, build=False),
        builds.get(BOB, build.id),
        builds.steps(BOB, build.id),
        builds.log(BOB, build.id),
        builds.for_image(BOB, record.id),
    ):
        with pytest.raises(NotFound) as caught:
            await call
        # Word for word what is said of a record that is not there: what exists is nobody's business.
        absent = await _of_absent(world, caught.value.cause)
        assert (caught.value.cause, caught.value.hint) == (absent.cause, absent.hint)
    assert await images.find(BOB, "tool") == []
    assert await images.rows(BOB, [record.id]) == []
    outcome = await images.batch(BOB, ImageAction.DELETE, [record.id], plan=False, remove_docker_image=False)
    assert (outcome.done, outcome.skipped[0].name) == ([], f"image {record.id}")


async def _of_absent(world: World, cause: str) -> NotFound:
    """The error for an image or build that does not exist, with the id in `cause`."""
    number = int(cause.rsplit(" ", 1)[1])
    look = world.service.images.get if "image" in cause else world.service.builds.get
    with pytest.raises(NotFound) as caught:
        await look(ADA, number + 4000)
    return NotFound(caught.value.cause.replace(str(number + 4000), str(number)), hint=caught.value.hint)


async def test_events_of_a_record_reach_only_those_who_may_see_it(world: World) -> None:
    async with world.recorded_events() as adas, world.recorded_events(BOB) as bobs:
        secret = await world.create("FROM ubuntu:24.04\nRUN echo classified\nRUN sleep 0.4\n", name="classified")
        await world.built(secret.id)
        await world.service.images.delete(ADA, secret.id, remove_docker_image=False)
        own = await world.create("FROM ubuntu:24.04\nRUN sleep 0.4\n", name="own", actor=BOB)
        await world.built(own.id)
        await world.service.images.delete(BOB, own.id, remove_docker_image=False)
        last = ImageDeleted(id=own.id)
        await world.until(lambda: last in adas and last in bobs)
    about = {type(event).__name__ for event in adas if "classified" in event.model_dump_json()}
    assert about >= {"ImageChanged", "BuildChanged", "StepsChanged"}
    assert ImageDeleted(id=secret.id) in adas
    assert not [event for event in bobs if "classified" in event.model_dump_json()]
    assert ImageDeleted(id=secret.id) not in bobs
    about = {type(event).__name__ for event in bobs}
    assert about >= {"ImageChanged", "BuildChanged", "StepsChanged", "ImageDeleted"}


async def test_a_creator_sees_and_builds_only_what_is_theirs(world: World) -> None:
    await world.create(name="adas", build=False)
    own = await world.create(name="bobs", actor=BOB)
    assert (await world.built(own.id)).requested_by == "bob"
    order = await world.service.images.order(BOB, ImageQuery())
    assert (_ids(order), order[1]) == ([own.id], 1)
    assert len(_ids(await world.service.images.order(ADA, ImageQuery()))) == 2


async def test_find_gives_the_callers_own_first(world: World) -> None:
    theirs = await world.create(name="same", actor=BOB, build=False)
    own = await world.create(name="same", build=False)
    assert [row.id for row in await world.service.images.find(ADA, "SAME")] == [own.id, theirs.id]


async def test_a_look_at_the_dockerfile_knows_the_hosts_builder(world: World) -> None:
    record = await world.create(HEREDOC, build=False)
    shown = await world.service.images.dockerfile(ADA, record.id)
    assert shown.text == HEREDOC
    assert [(problem.line, problem.severity) for problem in shown.problems] == [(2, "error")]
    assert [(file.path, file.size) for file in shown.context_files] == [("Dockerfile", len(HEREDOC))]
    configuration = WriteConfiguration(image_name="x:1", dockerfile=HEREDOC)
    assert (await world.service.images.preview(ADA, configuration, None)).problems == []
    pulled = await world.service.images.preview(ADA, PullConfiguration(image="x:1"), 1)
    assert (pulled.text, pulled.context_files) == ("", [])


async def test_a_new_record_is_announced_as_created(world: World) -> None:
    async with world.recorded_events() as events:
        record = await world.create(build=False)
        await world.until(lambda: bool(events))
    event = events[0]
    assert isinstance(event, ImageChanged)
    assert (event.created, event.row["id"], event.row["name"]) == (True, record.id, "tool")
