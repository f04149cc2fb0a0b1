"""The whole of a rich image by keys at 80x24 over a real server: saved, stored as typed, and edited again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import TextArea

from tests.app.test_image_form_server import FormApp, expect
from tests.support.live_server import LiveServer, live_server
from trailer_tui.app.dialogs.environment import EnvironmentDialog
from trailer_tui.app.dialogs.file import FileDialog
from trailer_tui.app.dialogs.pick import PickDialog
from trailer_tui.app.dialogs.startup import StartupDialog
from trailer_tui.model.environment import CondaPackage, Environment, PypiPackage
from trailer_tui.model.image import GenerateConfiguration, ImageRecord
from trailer_tui.model.image_file import ArchiveFile, GitRepository, UrlFile
from trailer_tui.model.services import Services
from trailer_tui.model.startup import StartupCommand
from trailer_tui.model.workspace_user import WorkspaceUser

WHOLE = GenerateConfiguration(
    image_name="show-one:latest",
    base_image="debian:12",
    environments=[
        Environment(
            name="torch",
            channels=["http://channel.example/own"],
            conda=[CondaPackage.parse("python==3.12"), CondaPackage.parse("numpy>=1.26")],
            pypi=[PypiPackage.parse("six")],
        ),
        Environment(name="web", conda=[CondaPackage.parse("python")], pypi=[PypiPackage.parse("flask~=3.0")]),
    ],
    services=Services(applications=["nginx", "ffmpeg"]),
    user=WorkspaceUser(uid=2001, name="ada"),
    startup=[
        StartupCommand(command='nginx -g "daemon off;"'),
        StartupCommand(command="python -m http.server 8001", environment="torch"),
        StartupCommand(command="flask run", environment="web"),
    ],
    files=[
        ArchiveFile(file="data.tar.gz", destination="/opt/data"),
        UrlFile(url="http://files.example/tool.zip", destination="/opt/tool.zip"),
        GitRepository(url="https://git.example/r.git#main", destination="/opt/r"),
    ],
)


@pytest.fixture
def server() -> Iterator[LiveServer]:
    """A running server with one host in memory."""
    with live_server() as running:
        running.engine.capabilities = running.engine.capabilities.model_copy(update={"git_sources": True})
        yield running


class User:
    """Presses keys."""

    def __init__(self, app: FormApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    async def keys(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def write(self, text: str) -> None:
        await self.pilot.press(*(" " if key == " " else key for key in text))
        await self.pilot.pause()

    async def until(self, condition: Callable[[], bool]) -> None:
        await expect(self.pilot, condition)

    async def dialog(self, kind: type[object]) -> None:
        await self.until(lambda: isinstance(self.app.screen, kind))
        await self.pilot.pause()

    async def back(self) -> None:
        await self.until(lambda: self.app.screen is self.app.form)
        await self.pilot.pause()

    async def section(self, number: str) -> None:
        await self.keys("escape", number)

    async def environment(self, *fields: str) -> None:
        """Add an environment: name, channels (empty: as they are), conda, PyPI, lines between slashes."""
        name, channels, conda, pypi = fields
        await self.keys("a")
        await self.dialog(EnvironmentDialog)
        await self.write(name)
        await self.keys("tab")
        if channels:
            await self.keys("ctrl+u")
            await self.write(channels)
        for packages in (conda, pypi):
            await self.keys("tab")
            for number, line in enumerate(packages.split(" ")):
                await self.keys(*(["enter"] if number else []))
                await self.write(line)
        await self.keys("ctrl+o")
        await self.back()

    async def command(self, text: str, steps: int) -> None:
        """Add a startup command whose environment is that many steps to the right."""
        await self.keys("a")
        await self.dialog(StartupDialog)
        await self.write(text)
        await self.keys("enter", *["right"] * steps, "ctrl+o")
        await self.back()

    async def file(self, steps: int, *fields: str) -> None:
        """Add a file whose source is that many steps to the right of where the dialog starts."""
        await self.keys("a")
        await self.dialog(FileDialog)
        await self.keys(*["right"] * steps, "tab")
        for number, text in enumerate(fields):
            await self.keys(*(["tab"] if number else []))
            await self.write(text)
        await self.keys("ctrl+o")
        await self.back()


async def _enter_whole(user: User, upload: Path) -> None:
    await user.write("Show one")
    await user.section("3")
    await user.keys("tab", "ctrl+u")
    await user.write("debian:12")
    await user.section("4")
    await user.environment("torch", "http://channel.example/own", "python==3.12 numpy>=1.26", "six")
    await user.environment("web", "", "python", "flask~=3.0")
    await user.until(lambda: user.app.form.state.catalogue is not None)
    await user.section("5")
    await user.keys("tab", "enter")
    await user.dialog(PickDialog)
    for search in ("nginx", "ffmpeg"):
        await user.keys("ctrl+u")
        await user.write(search)
        await user.keys("enter")
    await user.keys("ctrl+o")
    await user.back()
    await user.section("6")
    await user.write("2001")
    await user.keys("enter")
    await user.write("ada")
    await user.section("7")
    await user.command('nginx -g "daemon off;"', 0)
    await user.command("python -m http.server 8001", 1)
    await user.command("flask run", 2)
    await user.section("8")
    await user.until(lambda: user.app.form.state.archive is not None)
    await user.file(0, str(upload), "", "/opt/data")
    await user.file(2, "http://files.example/tool.zip", "/opt/tool.zip")
    await user.file(3, "https://git.example/r.git#main", "/opt/r")


async def _stored(server: LiveServer, image_id: int) -> ImageRecord:
    async with server.client() as client:
        return await client.image(image_id)


async def test_everything_is_entered_by_keys_stored_and_edited_again(server: LiveServer, tmp_path: Path) -> None:
    upload = tmp_path / "data.tar.gz"
    upload.write_bytes(b"content")
    async with server.client() as client:
        app = FormApp(client)
        async with app.run_test(size=(80, 24)) as pilot:
            user = User(app, pilot)
            await user.until(lambda: app.is_listening and app.form.state.host_id is not None)
            await _enter_whole(user, upload)
            assert app.form.state.problems() == {}
            assert app.form.state.configuration() == WHOLE
            await user.section("9")
            text = app.form.query_one("#review-preview TextArea", TextArea)
            await user.until(lambda: "ada" in text.text and "micromamba" in text.text)
            await user.keys("3", "right", "right", "left", "left")
            assert app.form.state.configuration() == WHOLE
            await user.keys("ctrl+o")
            await user.until(lambda: bool(app.answers))
        saved = app.answers[0]
        assert saved is not None
        stored = await _stored(server, saved.id)
        assert stored.configuration == WHOLE
        shown = await client.preview_dockerfile(WHOLE, host_id=stored.host_id)
        assert shown.text == text.text
        again = FormApp(client, stored)
        async with again.run_test(size=(80, 24)) as pilot:
            user = User(again, pilot)
            await user.until(lambda: again.is_listening and again.form.state.archive is not None)
            assert not again.form.state.is_dirty
            assert again.form.state.problems() == {}
            await user.section("7")
            await user.keys("d")
            await user.keys("ctrl+o")
            await user.until(lambda: bool(again.answers))
        stored = await _stored(server, saved.id)
        assert isinstance(stored.configuration, GenerateConfiguration)
        assert stored.configuration == WHOLE.model_copy(update={"startup": WHOLE.startup[1:]})
