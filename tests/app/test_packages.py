"""The packages of an image in the app, at 80x24, against a real server with a Docker host in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from tests.app.driving import app_over_a_socket
from tests.support.fake_environments import environment, made, prepare, wanted
from tests.support.live_server import LiveServer, live_server
from trailer_tui.client.client import TrailerClient
from trailer_tui.model.image import GenerateConfiguration, ImageDraft, ImageRecord


@pytest.fixture
def server() -> Iterator[LiveServer]:
    with live_server() as running:
        prepare(running.engine)
        running.engine.files = made("ml") | made("web")
        yield running


async def built(client: TrailerClient) -> ImageRecord:
    """An image with two environments that was built once."""
    configuration = wanted(environment("ml"), environment("web"))
    record = await client.create_image(ImageDraft(name="tool", host_id=1, configuration=configuration))
    for _ in range(1000):
        record = await client.image(record.id)
        if not record.status.is_active:
            break
        await asyncio.sleep(0.01)
    assert not record.status.is_active
    return record


async def test_packages_are_shown_and_resolved_again_by_keys(server: LiveServer) -> None:
    async with server.client() as client:
        record = await built(client)
        async with app_over_a_socket(server) as driven:
            await driven.expect_shown("✔ Build finished")
            await driven.press("P")
            await driven.expect_shown("The first build whose packages are known")
            assert driven.lines[0] == " tool · build 1 · 2 conda and 2 PyPI packages"
            assert " Environment web, resolved by this build" in driven.lines
            assert "   numpy  1.0  py311_0" in driven.lines
            # A build that ends elsewhere shows what it changed.
            server.engine.files = made("ml", "2.0") | made("web", pypi=b"")
            await driven.press("R")
            await driven.expect_shown("Queued a build of tool that resolves its packages again")
            await driven.expect_shown(" Changed since build 1")
            assert " ~ ml   numpy  1.0 → 2.0" in driven.lines
            assert " - web  rich   gone: 13.0" in driven.lines
            await driven.press("escape", "enter")
            await driven.expect_shown("P lists them and what changed")
            assert "resolved again" in driven.text
            # The build that is selected among all is the one whose packages are shown.
            await driven.press("2", "j", "P")
            await driven.expect_shown("tool · build 1 · 2 conda")
            await driven.press("escape", "b")
            await driven.expect_shown("✔ Build finished")
            await driven.press("P")
            await driven.expect_shown("tool · build 1 ·")
        builds = await client.builds(record.id)
        assert [build.resolve_again for build in builds][-2:] == [True, False]


async def test_the_list_resolves_again_too(server: LiveServer) -> None:
    async with server.client() as client:
        record = await built(client)
        async with app_over_a_socket(server) as driven:
            await driven.expect_shown("✔ Build finished")
            await driven.press("R")
            await driven.expect_shown("Queued a build of tool that resolves its packages again")
        assert (await client.builds(record.id))[0].resolve_again


async def test_what_has_no_environments_offers_nothing_of_packages(server: LiveServer) -> None:
    async with server.client() as client:
        plain = GenerateConfiguration(image_name="plain:1")
        await client.create_image(ImageDraft(name="plain", host_id=1, configuration=plain), build=False)
    async with app_over_a_socket(server) as driven:
        await driven.expect_shown("plain")
        await driven.press("R", "P")
        assert "packages" not in driven.text
        assert "Build cancelled" in driven.text
