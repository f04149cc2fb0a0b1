"""What all screens share: areas, footer, help, palette, themes, settings, start."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.screen import Screen
from textual.widgets import Input

from tests.app.driving import running_app
from tests.app.server_stand_in import ServerStandIn, image_row, local_host
from trailer_tui.app.actions import ACTIONS
from trailer_tui.app.app import EXIT_NO_TERMINAL, run
from trailer_tui.app.reporting import report
from trailer_tui.app.settings import AppSettings, read_settings
from trailer_tui.app.themes import THEMES
from trailer_tui.model.errors import NotApplicable
from trailer_tui.model.events import HostChanged
from trailer_tui.model.status import HostState, ImageStatus

HEAVY = ("httpx", "pydantic", "yaml", "docker", "aiosqlite", "fastapi", "uvicorn", "jinja2")


def some_images() -> ServerStandIn:
    return ServerStandIn(image_row(number) for number in range(1, 4))


def test_the_first_frame_needs_no_heavy_module() -> None:
    code = f"import sys, trailer_tui.app.app; print([name for name in {HEAVY!r} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_every_action_has_one_id_and_says_what_it_does() -> None:
    ids = [action.id for action in ACTIONS]
    assert len(ids) == len(set(ids))
    assert all(action.label and action.tooltip for action in ACTIONS)


def test_without_a_terminal_it_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == EXIT_NO_TERMINAL
    assert "trailer ls" in capsys.readouterr().err


@pytest.mark.parametrize("width", [30, 80, 100, 120, 200])
async def test_the_footer_is_one_line_and_always_offers_help(width: int) -> None:
    async with running_app(some_images(), size=(width, 24)) as driven:
        assert driven.lines[-1].endswith("Help") or "Help" in driven.lines[-1]
        assert len(driven.lines[-1]) <= width


async def test_areas_by_number_and_back() -> None:
    async with running_app(some_images()) as driven:
        await driven.press("down", "5")
        await driven.expect_shown("20.10.24 (1.41)")
        await driven.press("1")
        await driven.expect(lambda: "image-002" in driven.cursor_line)


async def test_a_host_that_is_offline_says_why_and_what_to_do() -> None:
    server = some_images()
    async with running_app(server, size=(120, 30)) as driven:
        await driven.press("5")
        await driven.expect_shown("✔ online")
        host = local_host(
            state=HostState.OFFLINE, capabilities=None, error="dial unix [x]: no such file", hint="start the engine"
        )
        server.hosts_known = [host]
        server.emit(HostChanged(host=host))
        await driven.expect_shown("✖ offline")
        assert "dial unix [x]: no such file" in driven.text
        assert "→ start the engine" in driven.text
        await driven.expect(lambda: "0/1 host" in driven.lines[0])
        await driven.press("r")
        await driven.expect(lambda: ("check", 1) in server.calls)


async def test_help_lists_what_works_here_and_is_searched() -> None:
    async with running_app(some_images(), size=(120, 40)) as driven:
        await driven.press("question_mark")
        await driven.expect_shown("Queue a build")
        assert "Cancel the queued" not in driven.text
        assert "images.build" in driven.text
        await driven.press("slash")
        await driven.type("clone")
        await driven.expect(lambda: "Queue a build" not in driven.text)
        assert "A new image that starts as a copy" in driven.text
        await driven.press("escape")
        await driven.expect_shown("3 of 3")


async def test_help_explains_below_its_own_column_where_a_line_is_too_short() -> None:
    async with running_app(some_images()) as driven:
        await driven.press("question_mark")
        await driven.expect_shown("Queue a build of this image")
        first = next(number for number, line in enumerate(driven.lines) if "Queue a build" in line)
        more = driven.lines[first + 1].strip("│▌ ▅▇")
        assert more
        assert driven.lines[first].index("Queue") == driven.lines[first + 1].index(more)


@pytest.mark.parametrize("keys", [("slash",), ("question_mark", "slash"), ("ctrl+p",), ("n",)])
async def test_a_text_cursor_does_not_blink(keys: tuple[str, ...]) -> None:
    async with running_app(some_images()) as driven:
        await driven.press(*keys)
        await driven.expect(lambda: isinstance(driven.app.focused, Input))
        assert isinstance(driven.app.focused, Input)
        assert not driven.app.focused.cursor_blink


async def test_what_happens_below_a_full_screen_paints_nothing_and_is_there_afterwards(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = some_images()
    async with running_app(server) as driven:
        images = driven.images
        await driven.app.push_screen(Screen())
        await driven.press("f9")
        painted: list[object] = []
        paint = driven.app._display

        def count(screen: Screen[Any], renderable: Any) -> None:
            painted.append(renderable)
            paint(screen, renderable)

        monkeypatch.setattr(driven.app, "_display", count)
        server.change(replace(server.rows[1], status=ImageStatus.ERROR), reordered=False)
        await driven.expect(lambda: (row := images.table.list.rows.get(1)) and row.status is ImageStatus.ERROR)
        await driven.press("f9")
        assert painted == []
        driven.app.pop_screen()
        await driven.expect_shown("✖ Error")


async def test_an_error_of_several_lines_keeps_them_in_a_toast() -> None:
    async with running_app(some_images()) as driven:
        report(driven.app, NotApplicable("Nothing to do:\n• image-001: already enabled"))
        await driven.expect_shown("• image-001: already enabled")
        assert "␊" not in driven.text


async def test_the_palette_runs_what_applies() -> None:
    async with running_app(some_images()) as driven:
        await driven.press("colon")
        await driven.type("theme")
        await driven.expect_shown("Theme: trailer-light")
        await driven.press(*["backspace"] * 5)
        await driven.type("disable")
        await driven.expect(lambda: "Theme:" not in driven.text)
        await driven.press("enter")
        await driven.expect(lambda: "e Enable" in driven.lines[-1])


async def test_ctrl_c_does_not_leave_but_says_how() -> None:
    async with running_app(some_images()) as driven:
        await driven.press("ctrl+c")
        await driven.expect_shown("q leaves; builds go on")
        await driven.press("q")
        await driven.expect(lambda: not driven.app.is_running or driven.app._exit)


@pytest.mark.parametrize("theme", [theme.name for theme in THEMES])
async def test_every_theme_paints_every_area(theme: str) -> None:
    async with running_app(some_images(), settings=AppSettings(theme=theme)) as driven:
        assert driven.app.theme == theme
        await driven.press("5")
        await driven.expect_shown("online")
        await driven.press("question_mark")
        await driven.expect_shown("Keys")


async def test_the_keys_of_a_text_field_leave_room_to_explain_the_others() -> None:
    async with running_app(some_images()) as driven:
        await driven.press("n")
        await driven.expect_shown("what people call this image")
        await driven.press("f1")
        await driven.expect_shown("Store it; a new image is queued for its")


async def test_the_users_keys_replace_the_defaults() -> None:
    async with running_app(some_images(), settings=AppSettings(keys={"images.build": "B"})) as driven:
        assert "B Build" in driven.lines[-1]
        await driven.press("B")
        await driven.expect_shown("Build pending")


async def test_two_actions_on_one_key_are_told() -> None:
    async with running_app(some_images(), settings=AppSettings(keys={"images.build": "d"})) as driven:
        await driven.expect_shown("Two actions on one key")
        assert "d: images.build and images.delete" in driven.text


def test_settings_that_cannot_be_used_name_the_nearest_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "config.yaml"
    monkeypatch.setenv("TRAILER_CONFIG", str(path))
    assert read_settings() == AppSettings()
    path.write_text("app:\n  theme: trailer-drak\n  keys:\n    images.bild: B\n    images.sort: S\n")
    settings = read_settings()
    assert settings.theme == "trailer-dark"
    assert settings.keys == {"images.sort": "S"}
    assert settings.problem is not None
    assert "images.build" in settings.problem.cause
    assert "trailer-dark" in settings.problem.cause
    path.write_text("app: [")
    problem = read_settings().problem
    assert problem is not None
    assert str(path) in problem.cause


async def test_a_broken_configuration_is_shown_once_the_app_is_up() -> None:
    from trailer_tui.model.errors import BadConfiguration

    settings = AppSettings(problem=BadConfiguration("config.yaml: unknown key [thme]"))
    async with running_app(some_images(), settings=settings) as driven:
        await driven.expect_shown("unknown key [thme]")
        assert isinstance(driven.app, App)
