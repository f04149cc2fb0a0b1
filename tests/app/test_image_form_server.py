"""The form on a real server: what it sends is stored, and what others do reaches it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.signal import Signal
from textual.widgets import Button, Static, TextArea

from tests.support.live_server import LiveServer, live_server
from trailer_tui.app.dialogs.choice import ChoiceDialog
from trailer_tui.app.form.fields import DESCRIPTION
from trailer_tui.app.screens.image_form import ImageForm
from trailer_tui.app.session import Session
from trailer_tui.app.stylesheets import stylesheets
from trailer_tui.app.widgets.form.conflict_dialog import ConflictDialog
from trailer_tui.client.client import TrailerClient
from trailer_tui.model.actions import ImageAction
from trailer_tui.model.events import Event
from trailer_tui.model.image import GenerateConfiguration, ImageDraft, ImageRecord
from trailer_tui.model.status import ImageStatus


@pytest.fixture
def server() -> Iterator[LiveServer]:
    """A running server with one host in memory."""
    with live_server() as running:
        yield running


class FormApp(App[None]):
    """The form over a client, with the server's events."""

    CSS_PATH = [path for path in stylesheets() if path.stem in ("base", "dialogs", "form", "form_entries")]

    def __init__(self, client: TrailerClient, record: ImageRecord | None = None) -> None:
        super().__init__()
        self.client = client
        self.events: Signal[Event] = Signal(self, "events")
        self.form = ImageForm(Session(client, self.events, 0.1), record=record)
        self.answers: list[ImageRecord | None] = []
        self.is_listening = False

    def on_mount(self) -> None:
        self.push_screen(self.form, self.answers.append)
        self.run_worker(self._listen())

    async def _listen(self) -> None:
        async for event in self.client.events():
            self.is_listening = True
            self.events.publish(event)


async def expect(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    for _ in range(300):
        if condition():
            return
        await pilot.pause(0.02)
    pytest.fail("the screen never came to what was waited for")


@asynccontextmanager
async def form(server: LiveServer, record: ImageRecord | None = None) -> AsyncIterator[tuple[FormApp, Pilot[None]]]:
    async with server.client() as client:
        app = FormApp(client, record)
        async with app.run_test(size=(160, 50)) as pilot:
            await expect(pilot, lambda: app.is_listening and app.form.state.host_id is not None)
            yield app, pilot


async def stored(server: LiveServer, name: str = "torch") -> ImageRecord:
    async with server.client() as client:
        host = (await client.hosts())[0]
        configuration = GenerateConfiguration(image_name=f"{name}:latest")
        draft = ImageDraft(name=name, host_id=host.id, configuration=configuration)
        return await client.create_image(draft, build=False)


async def resave(server: LiveServer, record: ImageRecord, **changes: object) -> ImageRecord:
    async with server.client() as client:
        draft = record.draft().model_copy(update=changes)
        return await client.update_image(record.id, draft, revision=record.revision)


async def test_new_image_is_stored_and_its_build_pends(server: LiveServer) -> None:
    async with form(server) as (app, pilot):
        await pilot.press(*"web")
        side = app.form.query_one("#form-side TextArea", TextArea)
        await expect(pilot, lambda: "FROM ubuntu:24.04" in side.text)
        await pilot.press("ctrl+o")
        await expect(pilot, lambda: bool(app.answers))
        saved = app.answers[0]
        assert saved is not None
        assert saved.name == "web"
        assert saved.status is ImageStatus.BUILD_PENDING


async def test_taken_name_is_shown_at_the_name(server: LiveServer) -> None:
    await stored(server, "web")
    async with form(server) as (app, pilot):
        await pilot.press(*"WEB", "ctrl+o")
        await expect(pilot, lambda: isinstance(app.screen, ChoiceDialog))
        await pilot.press("enter")
        problem = app.form.query_one("#general .form-field-problem", Static)
        await expect(pilot, lambda: problem.display)
        assert "WEB" in str(problem.content) or "name" in str(problem.content)


async def test_other_writer_is_announced_and_nothing_of_either_is_lost(server: LiveServer) -> None:
    record = await stored(server)
    async with form(server, record) as (app, pilot):
        await pilot.press(*" 2")
        await resave(server, record, description="theirs")
        banner = app.form.query_one("#form-banner")
        await expect(pilot, lambda: banner.has_class("-shown"))
        await pilot.press("ctrl+o")
        await expect(pilot, lambda: isinstance(app.screen, ConflictDialog))
        await pilot.press("e")
        await expect(pilot, lambda: app.form.state.text(DESCRIPTION) == "theirs")
        await pilot.press("ctrl+o")
        await expect(pilot, lambda: bool(app.answers))
        saved = app.answers[0]
        assert saved is not None
        assert (saved.name, saved.description) == ("torch 2", "theirs")


async def test_build_of_the_edited_image_is_no_conflict(server: LiveServer) -> None:
    record = await stored(server)
    async with form(server, record) as (app, pilot):
        await pilot.press(*" 2")
        async with server.client() as client:
            await client.act(record.id, ImageAction.BUILD)
            while (await client.image(record.id)).status.is_active:
                await pilot.pause(0.02)
        assert not app.form.query_one("#form-banner").has_class("-shown")
        await pilot.press("ctrl+o")
        await expect(pilot, lambda: bool(app.answers))
        saved = app.answers[0]
        assert saved is not None
        assert saved.name == "torch 2"


async def test_deleted_image_is_announced_and_saved_anew(server: LiveServer) -> None:
    record = await stored(server)
    async with form(server, record) as (app, pilot):
        await pilot.press(*" 2")
        async with server.client() as client:
            await client.delete_image(record.id)
        await expect(pilot, lambda: app.form.state.record is None)
        assert not app.form.query_one("#form-banner Button", Button).display
        await pilot.press("ctrl+o")
        await expect(pilot, lambda: bool(app.answers))
        saved = app.answers[0]
        assert saved is not None
        assert saved.name == "torch 2"
        assert saved.id != record.id
