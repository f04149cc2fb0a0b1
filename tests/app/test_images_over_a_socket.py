"""The Images area over the real server: real HTTP, store and service, a Docker host in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from tests.app.driving import app_over_a_socket
from tests.support.live_server import LiveServer, live_server
from trailer_tui.model.image import GenerateConfiguration, ImageDraft


@pytest.fixture
def server() -> Iterator[LiveServer]:
    with live_server() as running:
        yield running


def draft(name: str, description: str = "") -> ImageDraft:
    configuration = GenerateConfiguration(image_name=f"image-{len(name)}:1")
    return ImageDraft(name=name, description=description, host_id=1, configuration=configuration)


async def test_search_finds_partly_and_without_case_in_every_script(server: LiveServer) -> None:
    async with server.client() as client:
        await client.create_image(draft("torch", "ein Bild für Übungen"), build=False)
        await client.create_image(draft("日本語"), build=False)
    async with app_over_a_socket(server) as driven:
        await driven.expect_shown("2 of 2")
        await driven.press("slash")
        await driven.type("üBUNG")
        await driven.expect_shown("1 of 2")
        assert "torch" in driven.cursor_line
        await driven.press("escape", "slash")
        await driven.type("本")
        await driven.expect(lambda: "日本語" in driven.cursor_line and "1 of 2" in driven.text)


async def test_b_builds_and_the_row_follows_to_the_end(server: LiveServer) -> None:
    async with server.client() as client:
        await client.create_image(draft("torch"), build=False)
    async with app_over_a_socket(server) as driven:
        await driven.expect_shown("⊘ Build cancelled")
        await driven.press("b")
        await driven.expect_shown("✔ Build finished")
        assert "b Build" in driven.lines[-1]


async def test_a_change_in_one_app_appears_in_the_other(server: LiveServer) -> None:
    async with server.client() as client:
        await client.create_image(draft("torch"), build=False)
        await client.create_image(draft("tools"), build=False)
        async with app_over_a_socket(server) as driven:
            await driven.expect_shown("2 of 2")
            await client.create_image(draft("elsewhere"), build=False)
            await driven.expect_shown("elsewhere")
            await driven.press("d")
            await driven.expect_shown("will be gone")
            await driven.press("y")
            await driven.expect_shown("2 of 2")
            names = [row.name for name in ("torch", "tools", "elsewhere") for row in await client.find_images(name)]
            assert len(names) == 2


async def test_a_server_that_is_stopped_is_noticed(server: LiveServer) -> None:
    async with app_over_a_socket(server) as driven:
        await driven.expect_shown("No images yet")
        await asyncio.to_thread(server.stop)
        await driven.expect_shown("no server")


async def test_an_image_is_edited_from_the_list(server: LiveServer) -> None:
    async with server.client() as client:
        image = await client.create_image(draft("torch"), build=False)
        async with app_over_a_socket(server) as driven:
            await driven.expect_shown("torch")
            await driven.press("E")
            await driven.expect_shown("Edit torch")
            await driven.press("end")
            await driven.type("-dev")
            await driven.press("ctrl+o")
            await driven.expect(lambda: "torch-dev" in driven.cursor_line)
            assert (await client.image(image.id)).name == "torch-dev"
