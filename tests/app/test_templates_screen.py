"""The Templates area over the real server: what comes with Trailer, what users made, and what can be done with both."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.app.driving import Driven, app_over_a_socket
from tests.support.live_server import LiveServer, live_server
from trailer_tui.app.form.fields import NAME
from trailer_tui.app.records.columns import MARK_WIDTH, TEMPLATES, lay_out
from trailer_tui.app.screens.details import DetailsScreen
from trailer_tui.app.screens.image_form import ImageForm
from trailer_tui.app.screens.images import ImagesScreen
from trailer_tui.app.screens.templates import TemplatesScreen
from trailer_tui.catalog.templates import builtin_templates
from trailer_tui.model.actions import ImageAction
from trailer_tui.model.image import GenerateConfiguration, ImageDraft
from trailer_tui.model.rows import ImageSort

COUNT = len(builtin_templates())


@pytest.fixture
def server() -> Iterator[LiveServer]:
    with live_server() as running:
        yield running


def draft(name: str, *, template: bool = True, **changes: Any) -> ImageDraft:
    configuration = GenerateConfiguration(image_name="some-image:1", base_image="debian:12")
    return ImageDraft(name=name, host_id=1, is_template=template, configuration=configuration).model_copy(
        update=changes
    )


@asynccontextmanager
async def templates_on(server: LiveServer, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Driven]:
    """The app with its Templates area open and read."""
    async with app_over_a_socket(server, size) as driven:
        await driven.press("2")
        await driven.expect_shown("Minimal workspace")
        yield driven


async def choose(driven: Driven, name: str) -> None:
    """Put the cursor on a template by searching for it."""
    await driven.press("slash")
    await driven.type(name)
    await driven.press("enter")
    await driven.expect(lambda: name in driven.cursor_line)


@given(st.integers(0, 400))
def test_columns_fill_the_width_exactly(width: int) -> None:
    columns = lay_out(width, TEMPLATES)
    used = MARK_WIDTH + sum(column.width for column in columns) + len(columns) - 1
    assert columns[0].sort is ImageSort.NAME
    assert used == max(width, MARK_WIDTH)
    assert ImageSort.STATUS not in {column.sort for column in columns}


def test_a_wide_table_has_all_columns_of_the_original() -> None:
    assert [column.sort for column in lay_out(120, TEMPLATES)] == [
        ImageSort.NAME,
        ImageSort.HOST,
        ImageSort.IMAGE_NAME,
        ImageSort.ENABLED,
        ImageSort.PULLED,
        ImageSort.UPDATED,
    ]


async def test_what_comes_with_trailer_is_marked_and_stands_first_in_every_order(server: LiveServer) -> None:
    async with server.client() as client:
        await client.create_image(draft("aaa"))
        async with templates_on(server) as driven:
            await driven.expect_shown(f"{COUNT + 1} of {COUNT + 1}")
            header = driven.lines[2]
            assert "Host" in header
            assert "Status" not in header
            for key in ("g", "O"):
                await driven.press(key)
                await driven.expect(lambda: "Minimal workspace" in driven.lines[3])
                assert "any" in driven.lines[3]
                assert "built-in" in driven.lines[4]
            own = next(line for line in driven.lines if "aaa" in line)
            assert "local" in own


async def test_search_finds_what_is_in_a_template_and_escape_brings_all_back(server: LiveServer) -> None:
    async with templates_on(server) as driven:
        await driven.press("slash")
        await driven.type("SCIKIT")
        await driven.expect_shown(f"1 of {COUNT}")
        assert "Python data science" in driven.cursor_line
        await driven.type("xyz")
        await driven.expect_shown("Nothing matches “SCIKITxyz”")
        await driven.press("escape")
        await driven.expect_shown(f"{COUNT} of {COUNT}")


async def test_only_what_applies_is_offered(server: LiveServer) -> None:
    async with server.client() as client:
        await client.create_image(draft("zebra"))
        async with templates_on(server, (120, 24)) as driven:
            await driven.expect(lambda: "Use" in driven.lines[-1])
            for label in ("Build", "Cancel", "Clone", "Push", "Log", "Edit", "Delete", "able"):
                assert f" {label}" not in driven.lines[-1]
            await choose(driven, "zebra")
            await driven.expect(lambda: "E Edit" in driven.lines[-1])
            for label in ("e Disable", "d Delete", "v View", "n New"):
                assert label in driven.lines[-1]
            await driven.press("b", "c", "p", "l", "y")
            assert isinstance(driven.app.screen, TemplatesScreen)


async def test_the_pane_says_what_is_in_the_template_and_its_dockerfile(server: LiveServer) -> None:
    async with templates_on(server, (120, 40)) as driven:
        await choose(driven, "Web service")
        await driven.expect_shown("built-in, read-only")
        await driven.expect_shown("FROM debian:12-slim")
        for words in ("Applications nginx", "Startup      nginx -g", "it serves the files"):
            assert words in driven.text
        await driven.resize(80, 24)
        await driven.expect(lambda: "FROM debian" not in driven.text)


async def test_an_image_is_made_from_a_template_that_comes_with_trailer(server: LiveServer) -> None:
    async with server.client() as client, templates_on(server) as driven:
        await choose(driven, "Web service")
        await driven.press("enter")
        await driven.expect(lambda: isinstance(driven.app.screen, ImageForm))
        form = driven.app.screen
        assert isinstance(form, ImageForm)
        assert form.state.record is None
        await driven.expect(lambda: form.state.host_id == 1)
        assert form.state.text(NAME) == "Web service with nginx"
        await driven.press("ctrl+a", "ctrl+k")
        await driven.type("my site")
        await driven.press("ctrl+o")
        await driven.expect(lambda: isinstance(driven.app.screen, TemplatesScreen))
        await driven.expect_shown("my site is among the images: press 1")
        [made] = await client.find_images("my site")
        record = await client.image(made.id)
        assert (record.is_template, record.host_name) == (False, "local")
        assert record.configuration.image_name == "my-site:latest"
        template = await client.image((await client.find_images("Web service with nginx", templates=True))[0].id)
        assert record.configuration.model_copy(update={"image_name": ""}) == template.configuration.model_copy(
            update={"image_name": ""}
        )


async def test_a_second_image_from_a_template_is_proposed_a_free_name(server: LiveServer) -> None:
    async with server.client() as client:
        await client.create_image(draft("Minimal WORKSPACE", template=False), build=False)
        async with templates_on(server) as driven:
            await driven.press("enter")
            await driven.expect_shown("Minimal workspace copy")


async def test_a_disabled_template_says_why_it_cannot_be_used(server: LiveServer) -> None:
    async with server.client() as client:
        await client.create_image(draft("zebra"))
        async with templates_on(server, (120, 40)) as driven:
            await choose(driven, "zebra")
            await driven.press("e")
            await driven.expect_shown("Use (disabled)")
            await driven.expect_shown("Disabled: press e to enable it before use")
            await driven.press("enter", "u")
            assert isinstance(driven.app.screen, TemplatesScreen)
            await driven.press("e")
            await driven.expect(lambda: "Use (disabled)" not in driven.text)
            await driven.press("u")
            await driven.expect(lambda: isinstance(driven.app.screen, ImageForm))


async def test_a_new_template_is_made_and_edited(server: LiveServer) -> None:
    async with server.client() as client, templates_on(server) as driven:
        await driven.press("n")
        await driven.expect(lambda: isinstance(driven.app.screen, ImageForm))
        await driven.type("zebra")
        await driven.press("ctrl+o")
        await driven.expect(lambda: "zebra" in driven.cursor_line)
        assert isinstance(driven.app.screen, TemplatesScreen)
        await driven.press("E")
        await driven.expect_shown("Edit the template zebra")
        await driven.press("end")
        await driven.type(" base")
        await driven.press("ctrl+o")
        await driven.expect(lambda: "zebra base" in driven.cursor_line)
        [row] = await client.find_images("zebra base", templates=True)
        assert (row.is_template, row.last_build_id) == (True, None)


async def test_an_image_is_saved_as_a_template(server: LiveServer) -> None:
    async with server.client() as client:
        await client.create_image(draft("torch", template=False), build=False)
        async with templates_on(server) as driven:
            await driven.press("1")
            await driven.expect(lambda: "torch" in driven.cursor_line)
            await driven.press("T")
            await driven.expect(lambda: isinstance(driven.app.screen, ImageForm))
            await driven.press("ctrl+a", "ctrl+k")
            await driven.type("torch base")
            await driven.press("ctrl+o")
            await driven.expect_shown("torch base is among the templates: press 2")
            assert "1 of 1" in driven.text
            [row] = await client.find_images("torch base", templates=True)
            assert row.is_template


async def test_a_batch_leaves_out_what_comes_with_trailer(server: LiveServer) -> None:
    async with server.client() as client:
        for name in ("one", "two"):
            await client.create_image(draft(name))
        async with templates_on(server) as driven:
            await driven.press("asterisk")
            await driven.expect_shown(f"{COUNT + 2} marked")
            await driven.press("d")
            await driven.expect_shown("Delete 2 templates?")
            assert f"Skipped: {COUNT}" in driven.text
            assert "Minimal workspace: it comes with Trailer and cannot be changed" in driven.text
            assert "Docker image" not in driven.text
            await driven.press("y")
            await driven.expect_shown(f"{COUNT} of {COUNT}")
            assert "marked" not in driven.lines[1]


async def test_a_single_template_is_deleted_after_asking(server: LiveServer) -> None:
    async with server.client() as client:
        await client.create_image(draft("zebra"))
        async with templates_on(server) as driven:
            await choose(driven, "zebra")
            await driven.press("d")
            await driven.expect_shown("images that were made from it stay")
            await driven.press("y")
            await driven.expect(lambda: "zebra" not in driven.cursor_line)
            assert await client.find_images("zebra", templates=True) == []


async def test_details_of_what_comes_with_trailer_offer_no_change(server: LiveServer) -> None:
    async with templates_on(server, (120, 30)) as driven:
        await driven.press("v")
        await driven.expect(lambda: isinstance(driven.app.screen, DetailsScreen))
        await driven.expect_shown("built-in, read-only")
        await driven.expect(lambda: "y Use" in driven.lines[-1])
        for label in ("Edit", "able", "d Delete", "As template", "Build"):
            assert f"{label}" not in driven.lines[-1]
        await driven.press("y")
        await driven.expect(lambda: isinstance(driven.app.screen, ImageForm))


async def test_lists_of_images_and_templates_follow_their_own_events_alone(server: LiveServer) -> None:
    async with server.client() as client:
        image = await client.create_image(draft("an image", template=False), build=False)
        async with templates_on(server) as driven:
            await driven.press("1")
            await driven.expect_shown("1 of 1")
            template = await client.create_image(draft("made elsewhere"))
            await client.act(image.id, ImageAction.DISABLE)
            await driven.expect(lambda: " no " in driven.cursor_line)
            assert "made elsewhere" not in driven.text
            assert "1 of 1" in driven.text
            await driven.press("2")
            await driven.expect_shown("made elsewhere")
            await driven.expect_shown(f"{COUNT + 1} of {COUNT + 1}")
            await client.delete_image(image.id)
            await client.delete_image(template.id)
            await driven.expect_shown(f"{COUNT} of {COUNT}")
            assert "made elsewhere" not in driven.text
            await driven.press("1")
            await driven.expect_shown("No images yet")
            assert isinstance(driven.app.screen, ImagesScreen)


@pytest.mark.parametrize("size", [(10, 4), (40, 8), (100, 20), (250, 70)])
async def test_any_size_works(server: LiveServer, size: tuple[int, int]) -> None:
    async with templates_on(server) as driven:
        await driven.resize(*size)
        await driven.press("down", "G", "g", "slash", "x", "escape")
        await driven.resize(80, 24)
        await driven.expect_shown(f"{COUNT} of {COUNT}")
