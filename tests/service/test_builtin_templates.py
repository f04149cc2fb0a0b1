"""Templates that come with Trailer, beside those of users: first for everybody, found, used, changed by nobody."""

from __future__ import annotations

import pytest

from tests.service.world import ADA, BOB, World
from trailer_tui.catalog.templates import builtin_templates
from trailer_tui.model.actions import ImageAction
from trailer_tui.model.builtin import CREATOR, READ_ONLY, builtin_id
from trailer_tui.model.errors import InvalidInput, NotAllowed, NotApplicable, NotFound
from trailer_tui.model.events import ImageChanged, ImageDeleted
from trailer_tui.model.identity import Actor
from trailer_tui.model.image import GenerateConfiguration, ImageDraft, ImageRecord, PullConfiguration
from trailer_tui.model.rows import ImageQuery, ImageSort
from trailer_tui.model.stored_file import UrlFileDraft

BUILT_IN = [builtin_id(template.number) for template in builtin_templates()]
MINIMAL = BUILT_IN[0]


async def make_template(world: World, name: str, actor: Actor = ADA, **changes: object) -> ImageRecord:
    configuration = GenerateConfiguration(image_name="own:1")
    draft = ImageDraft(name=name, host_id=1, is_template=True, configuration=configuration).model_copy(update=changes)
    return await world.service.images.create(actor, draft, build=True)


async def listed(world: World, actor: Actor = ADA, **query: object) -> tuple[list[int], int]:
    ids, total = await world.service.images.order(actor, ImageQuery(templates=True, **query))  # type: ignore[arg-type]
    return memoryview(ids).cast("I").tolist(), total


@pytest.mark.parametrize("sort", ImageSort)
@pytest.mark.parametrize("descending", [False, True])
async def test_they_stand_first_whatever_the_order(world: World, sort: ImageSort, descending: bool) -> None:
    own = [(await make_template(world, name)).id for name in ("aaa", "zzz")]
    ids, total = await listed(world, sort=sort, descending=descending)
    assert ids[: len(BUILT_IN)] == BUILT_IN
    assert sorted(ids[len(BUILT_IN) :]) == own
    assert total == len(BUILT_IN) + 2


async def test_everybody_sees_them_and_only_own_templates_beside_them(world: World) -> None:
    await make_template(world, "of ada")
    of_bob = await make_template(world, "of bob", BOB)
    assert await listed(world, BOB) == ([*BUILT_IN, of_bob.id], len(BUILT_IN) + 1)
    ids, total = await world.service.images.order(BOB, ImageQuery())
    assert (ids, total) == (b"", 0)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("  SCIKIT-learn ", ["Python data science"]),
        ("NGINX", ["Web service with nginx"]),
        ("xfce", ["Linux desktop"]),
        ("windows-desktop:lat", ["Windows desktop"]),
        ("nothing has this", []),
    ],
)
async def test_search_finds_them_by_name_description_and_content(world: World, text: str, found: list[str]) -> None:
    ids, total = await listed(world, text=text)
    rows = await world.service.images.rows(ADA, ids)
    assert [row.name for row in rows] == found
    assert total == len(BUILT_IN)


async def test_search_folds_as_it_does_for_stored_templates(world: World) -> None:
    await make_template(world, "Größe nginx")
    for text in ("nginx", "NGINX", "n", "ng", "ngi"):
        ids, _ = await listed(world, text=text)
        names = {row.name for row in await world.service.images.rows(ADA, ids)}
        assert {"Größe nginx", "Web service with nginx"} <= names


async def test_rows_come_in_the_order_asked_and_name_no_host(world: World) -> None:
    own = await make_template(world, "own")
    rows = await world.service.images.rows(BOB, [BUILT_IN[1], own.id, 2**32 - 999, MINIMAL])
    assert [row.id for row in rows] == [BUILT_IN[1], MINIMAL]
    assert {(row.creator, row.host_name, row.host_id, row.is_builtin, row.is_template) for row in rows} == {
        (CREATOR, "any", 0, True, True)
    }


async def test_a_template_is_found_by_name_and_an_image_of_that_name_is_not(world: World) -> None:
    images = world.service.images
    image = await world.create(build=False, name="minimal workspace", configuration=PullConfiguration(image="a:1"))
    own = await make_template(world, "Minimal Workspace")
    assert [row.id for row in await images.find(ADA, "MINIMAL workspace", templates=True)] == [own.id, MINIMAL]
    assert [row.id for row in await images.find(ADA, "minimal workspace")] == [image.id]
    assert [row.id for row in await images.find(BOB, str(MINIMAL), templates=True)] == [MINIMAL]
    assert await images.find(ADA, str(MINIMAL)) == []


async def test_the_whole_record_and_its_dockerfile_are_read(world: World) -> None:
    record = await world.service.images.get(BOB, MINIMAL)
    assert (record.name, record.creator, record.is_template, record.is_builtin) == (
        "Minimal workspace", CREATOR, True, True,
    )  # fmt: skip
    generated = await world.service.images.dockerfile(BOB, MINIMAL)
    assert "FROM debian:" in generated.text
    with pytest.raises(NotFound):
        await world.service.images.get(ADA, 2**32 - 999)


@pytest.mark.parametrize("action", [action for action in ImageAction if action is not ImageAction.DELETE])
async def test_no_action_changes_them(world: World, action: ImageAction) -> None:
    with pytest.raises(NotAllowed, match="comes with Trailer") as caught:
        await world.service.images.act(ADA, MINIMAL, action)
    assert "use it for a new image" in caught.value.hint


async def test_nobody_edits_or_deletes_them(world: World) -> None:
    draft = ImageDraft(name="mine", host_id=1, is_template=True, configuration=GenerateConfiguration(image_name="a:1"))
    with pytest.raises(NotAllowed, match="Minimal workspace"):
        await world.service.images.update(ADA, MINIMAL, draft, revision=1, build=False)
    with pytest.raises(NotAllowed, match="Minimal workspace"):
        await world.service.images.delete(ADA, MINIMAL, remove_docker_image=True)
    with pytest.raises(NotFound):
        await world.service.images.delete(ADA, 2**32 - 999, remove_docker_image=False)
    assert (await listed(world))[0] == BUILT_IN


@pytest.mark.parametrize("action", [ImageAction.DELETE, ImageAction.DISABLE])
async def test_a_batch_skips_them_and_says_why(world: World, action: ImageAction) -> None:
    own = await make_template(world, "own")
    ids = [MINIMAL, own.id]
    plan = await world.service.images.batch(ADA, action, ids, plan=True, remove_docker_image=False)
    assert plan.names == ["own"]
    assert [(skip.name, skip.reason) for skip in plan.skipped] == [("Minimal workspace", READ_ONLY)]
    assert await world.service.images.batch(ADA, action, ids, plan=False, remove_docker_image=False) == plan


async def test_a_stored_template_is_enabled_and_deleted_but_never_built(world: World) -> None:
    images = world.service.images
    own = await make_template(world, "own")
    for action in (ImageAction.BUILD, ImageAction.PUSH, ImageAction.CANCEL):
        with pytest.raises(NotApplicable, match="templates are not built"):
            await images.act(ADA, own.id, action)
    assert (await images.act(ADA, own.id, ImageAction.DISABLE)).enabled is False
    await images.delete(ADA, own.id, remove_docker_image=False)
    assert (await listed(world))[0] == BUILT_IN


async def test_an_image_made_from_one_is_an_image_of_its_own(world: World) -> None:
    template = await world.service.images.get(BOB, MINIMAL)
    draft = ImageDraft(name="mine", host_id=1, configuration=template.configuration)
    made = await world.service.images.create(BOB, draft, build=False)
    assert (made.creator, made.is_template, made.configuration) == ("bob", False, template.configuration)


async def test_events_say_whether_they_are_about_a_template(world: World) -> None:
    async with world.recorded_events() as events:
        own = await make_template(world, "own")
        await world.service.images.delete(ADA, own.id, remove_docker_image=False)
        await world.until(lambda: any(isinstance(event, ImageDeleted) for event in events))
    [changed] = [event for event in events if isinstance(event, ImageChanged)]
    [deleted] = [event for event in events if isinstance(event, ImageDeleted)]
    assert (changed.row["is_template"], deleted.is_template) == (True, True)


async def test_a_look_at_one_shows_no_files_of_an_account_of_its_creators_name(world: World) -> None:
    namesake = Actor(1999, CREATOR)
    await world.service.files.add_url(namesake, UrlFileDraft(name="tool", url="https://host.lan/private/tool"))
    files = [{"source": "archive", "file": "tool", "destination": "/opt/tool"}]
    configuration = GenerateConfiguration.model_validate({"image_name": "own:1", "files": files})
    assert "private" in (await world.service.images.preview(namesake, configuration, None)).text
    with pytest.raises(InvalidInput, match="no file in the archive"):
        await world.service.images.preview(BOB, configuration, None, MINIMAL)
