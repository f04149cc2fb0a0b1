"""How the sections with lists and choices look, compared with kept pictures at the sizes that are supported first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from tests.app.form_client import FormClient
from tests.app.test_image_form import FormApp
from trailer_tui.app.screens.image_form import ImageForm
from trailer_tui.catalog.catalogue import builtin
from trailer_tui.model.environment import CondaPackage, Environment, PypiPackage
from trailer_tui.model.image import GenerateConfiguration, ImageDraft, ImageRecord
from trailer_tui.model.image_file import ArchiveFile, GitRepository, UrlFile
from trailer_tui.model.services import LinuxDesktop, Services, WindowsDesktop
from trailer_tui.model.startup import StartupCommand
from trailer_tui.model.workspace_user import WorkspaceUser

SIZES = [(80, 24), (120, 40)]

Compare = Callable[..., bool]
Steps = Callable[[Pilot[Any]], Any]


@pytest.fixture(autouse=True)
def steady_cursor(monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture must not depend on the moment of a blink."""
    monkeypatch.setattr(Input, "_toggle_cursor", lambda _: None)
    monkeypatch.setattr(TextArea, "_toggle_cursor_blink_visible", lambda _: None)


def _rich() -> tuple[FormClient, ImageRecord]:
    """A record with something in every section, and two mistakes."""
    client = FormClient()
    client.keep_file("data.tar.gz", size=48_000, content_type="application/x-compressed-tar")
    configuration = GenerateConfiguration(
        image_name="torch-dev:latest",
        base_image="debian:12",
        environments=[
            Environment(
                name="torch",
                conda=[CondaPackage.parse(name) for name in ("python==3.12", "pytorch>=2.3", "numpy", "scipy", "pip")],
                pypi=[PypiPackage.parse("six")],
            ),
            Environment(name="web", channels=["main"], pypi=[PypiPackage.parse("flask[async]~=3.0")]),
        ],
        services=Services(applications=["nginx", "ffmpeg"]),
        user=WorkspaceUser(uid=2001, name="ada"),
        startup=[
            StartupCommand(command='nginx -g "daemon off;"'),
            StartupCommand(command="python -m http.server 8001", environment="torch"),
            StartupCommand(command="flask run --host 0.0.0.0 --port 8002 --debug --with-threads", environment="web"),
        ],
        files=[
            ArchiveFile(file="data.tar.gz", destination="/opt/data"),
            UrlFile(url="https://files.example/tool.zip", destination="/opt/tool.zip"),
            GitRepository(url="https://git.example/team/repository.git#main", destination="/opt/repository"),
            ArchiveFile(file="gone.txt", destination="/etc/gone.txt"),
        ],
    )
    return client, client.store(ImageDraft(name="torch-dev", host_id=1, configuration=configuration))


def _desktop(*, windows: bool) -> tuple[FormClient, ImageRecord]:
    client = FormClient()
    linux = LinuxDesktop(operating_system="debian", environment="kde", keyboard="de", language="de_DE")
    catalogue = builtin()
    image = catalogue.desktop_image("debian", "kde")
    assert image is not None
    services = (
        Services(desktop=WindowsDesktop(edition="2022", username="ada"))
        if windows
        else Services(desktop=linux, applications=["nginx"], desktop_applications=["firefox", "gimp"])
    )
    base = catalogue.windows.reference if windows else image.reference
    configuration = GenerateConfiguration(image_name="desk:latest", base_image=base, services=services)
    record = client.store(ImageDraft(name="desk", host_id=1, configuration=configuration))
    client.records[record.id] = record.model_copy(update={"windows_password_set": windows})
    return client, client.records[record.id]


def _pressing(*keys: str) -> Steps:
    """Presses the keys once the form has what it needs; a pause after each that opens something."""

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.pause(0.1)
        form = pilot.app.screen
        assert isinstance(form, ImageForm)
        for _ in range(100):
            if form.state.catalogue is not None and form.state.archive is not None:
                break
            await pilot.pause(0.05)
        for key in keys:
            await pilot.press(key)
            await pilot.pause(0.1)
        await pilot.pause(0.6)

    return steps


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("section", ["4", "6", "7", "8", "9"])
def test_sections(snap_compare: Compare, section: str, size: tuple[int, int]) -> None:
    app = FormApp(*_rich())
    assert snap_compare(app, terminal_size=size, run_before=_pressing("escape", section))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("windows", [False, True], ids=["linux", "windows"])
def test_services(snap_compare: Compare, windows: bool, size: tuple[int, int]) -> None:
    app = FormApp(*_desktop(windows=windows))
    assert snap_compare(app, terminal_size=size, run_before=_pressing("escape", "5"))


@pytest.mark.parametrize(
    ("section", "keys"),
    [
        ("4", ("enter", "tab", "tab", "ctrl+end", "enter", "a", "space", "b")),
        ("5", ("tab", "enter", "c", "o")),
        ("7", ("j", "enter")),
        ("8", ("enter",)),
    ],
    ids=["environment", "applications", "command", "file"],
)
def test_dialogs(snap_compare: Compare, section: str, keys: tuple[str, ...]) -> None:
    app = FormApp(*_rich())
    assert snap_compare(app, terminal_size=SIZES[0], run_before=_pressing("escape", section, *keys))
