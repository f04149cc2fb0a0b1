"""The details of one image against a real server with a Docker host in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.signal import Signal

from tests.app.log_stand_in import expect, screen_text
from tests.support.live_server import LiveServer, live_server
from trailer_tui.app.screens.details import DetailsScreen
from trailer_tui.app.session import Session
from trailer_tui.app.stylesheets import stylesheets
from trailer_tui.app.themes import THEMES
from trailer_tui.client.client import TrailerClient
from trailer_tui.model.actions import ImageAction
from trailer_tui.model.events import Event
from trailer_tui.model.image import ImageDraft, ImageRecord, WriteConfiguration

DOCKERFILE = "FROM debian:bookworm\nRUN echo hello\n"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LiveServer]:
    with live_server() as running:
        running.engine.add_image("debian:bookworm")
        yield running


class DetailsApp(App[None]):
    """The details screen over one client."""

    CSS_PATH = [str(path) for path in stylesheets()]

    def __init__(self, client: TrailerClient, image_id: int, tab: str) -> None:
        super().__init__()
        self.client = client
        self._image_id, self._tab = image_id, tab
        self.session = Session(client, Signal(self, "events"), 0.01)
        self.toasts: list[str] = []

    def on_mount(self) -> None:
        """Open the screen and follow the server."""
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = "trailer-dark"
        self.push_screen(DetailsScreen(self.session, self._image_id, self._tab))
        self.run_worker(self._follow(), exit_on_error=False)

    async def _follow(self) -> None:
        async for event in self.client.events():
            self.publish(event)

    def publish(self, event: Event) -> None:
        """Hand on what the server said."""
        self.session.events.publish(event)

    def notify(self, message: str, **options: Any) -> None:
        """Note what the user is told."""
        self.toasts.append(message)


def draft(name: str = "torch-dev", dockerfile: str = DOCKERFILE, **changes: Any) -> ImageDraft:
    configuration = WriteConfiguration(image_name=f"{name}:latest", dockerfile=dockerfile)
    return ImageDraft(name=name, host_id=1, configuration=configuration, **changes)


async def built(client: TrailerClient, *, times: int = 1) -> ImageRecord:
    record = await client.create_image(draft())
    for number in range(1, times + 1):
        for _ in range(1000):
            record = await client.image(record.id)
            if not record.status.is_active:
                break
            await asyncio.sleep(0.01)
        assert not record.status.is_active
        if number < times:
            await client.act(record.id, ImageAction.BUILD)
    return record


@asynccontextmanager
async def details_of(
    client: TrailerClient, image_id: int, tab: str = "overview", size: tuple[int, int] = (120, 40)
) -> AsyncIterator[tuple[Pilot[Any], DetailsApp]]:
    app = DetailsApp(client, image_id, tab)
    async with app.run_test(size=size) as pilot:
        yield pilot, app


def is_shown(app: DetailsApp, text: str) -> bool:
    return text in screen_text(app)


async def test_every_tab_shows_its_part(server: LiveServer) -> None:
    async with server.client() as client:
        record = await built(client)
        async with details_of(client, record.id) as (pilot, app):
            for keys, expected in (
                ([], "torch-dev · ✔ Build finished"),
                ([], "torch-dev:latest"),
                (["2"], "✔ Finished"),
                (["3"], "build 1 ─ ✔ Build finished"),
                (["4"], "As built in build 1; unchanged since"),
                (["right_square_bracket"], "Own Dockerfile"),
                (["6"], "you will be asked to type the name"),
                (["left_square_bracket", "left_square_bracket"], "RUN echo hello"),
            ):
                await pilot.press(*keys)
                await expect(pilot, partial(is_shown, app, expected), expected)


async def test_history_opens_the_log_of_a_build(server: LiveServer) -> None:
    async with server.client() as client:
        record = await built(client, times=3)
        async with details_of(client, record.id, "builds", (80, 24)) as (pilot, app):
            await expect(pilot, lambda: "▌      3  ✔ Finished" in screen_text(app))
            await pilot.press("j", "j")
            await expect(pilot, lambda: "▌      1  ✔ Finished" in screen_text(app))
            await pilot.press("enter")
            await expect(pilot, lambda: "build 1 ─ ✔ Build finished" in screen_text(app))
            await expect(pilot, lambda: "lines 1-" in screen_text(app))
            await pilot.press("escape")
            await expect(pilot, lambda: "Requested by" in screen_text(app))


async def test_the_difference_to_what_a_build_would_use_now(server: LiveServer) -> None:
    async with server.client() as client:
        record = await built(client)
        changed = draft(dockerfile="FROM debian:bookworm\nRUN echo [red]changed[/]\n")
        await client.update_image(record.id, changed, revision=record.revision)
        async with details_of(client, record.id, "dockerfile") as (pilot, app):
            await expect(pilot, lambda: "v shows what changed since" in screen_text(app))
            assert "changed since build 1" in screen_text(app)
            await pilot.press("v")
            await expect(pilot, lambda: "+RUN echo [red]changed[/]" in screen_text(app))
            assert "-RUN echo hello" in screen_text(app)
            await pilot.press("v")
            await expect(pilot, lambda: "What a build would use now" in screen_text(app))


async def test_it_is_live(server: LiveServer) -> None:
    async with server.client() as client, server.client() as other:
        record = await built(client)
        async with details_of(client, record.id, "builds") as (pilot, app):
            await expect(pilot, lambda: "✔ Finished" in screen_text(app))
            await other.act(record.id, ImageAction.DISABLE)
            await expect(pilot, lambda: "disabled" in screen_text(app))
            await pilot.press("b")
            await expect(pilot, lambda: "2  ✔ Finished" in screen_text(app))
            await expect(pilot, lambda: "build 2 finished" in screen_text(app))


async def test_deleting_wants_the_name(server: LiveServer) -> None:
    async with server.client() as client:
        record = await built(client)
        async with details_of(client, record.id) as (pilot, app):
            await expect(pilot, lambda: "Build finished" in screen_text(app))
            await pilot.press("d", "d")
            await expect(pilot, lambda: "Type torch-dev to go on" in screen_text(app))
            await pilot.press("escape")
            assert (await client.image(record.id)).name == "torch-dev"
            await pilot.press("d")
            await expect(pilot, lambda: "Type torch-dev to go on" in screen_text(app))
            app.screen.query_one("#confirm-name").focus()
            await pilot.press(*"torch-dev", "enter")
            await expect(pilot, lambda: app.toasts, "a toast")
            assert app.toasts == ["Deleted torch-dev"]
            assert await client.find_images("torch-dev") == []
            await expect(pilot, lambda: not isinstance(app.screen, DetailsScreen))


async def test_deletion_elsewhere_is_told_and_goes_back(server: LiveServer) -> None:
    async with server.client() as client, server.client() as other:
        record = await built(client)
        async with details_of(client, record.id) as (pilot, app):
            await expect(pilot, lambda: "Build finished" in screen_text(app))
            await other.delete_image(record.id)
            await expect(pilot, lambda: not isinstance(app.screen, DetailsScreen))
            assert app.toasts == ["torch-dev was deleted."]


async def test_an_image_that_never_was_goes_back(server: LiveServer) -> None:
    async with server.client() as client, details_of(client, 999) as (pilot, app):
        await expect(pilot, lambda: app.toasts == ["The image was deleted."])
        assert not isinstance(app.screen, DetailsScreen)
