"""How the form looks, compared with kept pictures at the sizes that are supported first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.app.form_client import START, FormClient
from tests.app.test_image_form import FormApp
from trailer_tui.app.form.fields import SECRETS
from trailer_tui.app.screens.image_form import ImageForm
from trailer_tui.model.secret import SecretInfo

SIZES = [(80, 24), (120, 40), (200, 60)]

Compare = Callable[..., bool]


@pytest.fixture(autouse=True)
def steady_cursor(monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture must not depend on the moment of a blink."""
    monkeypatch.setattr(Input, "_toggle_cursor", lambda _: None)


async def _settle(pilot: Pilot[Any]) -> ImageForm:
    await pilot.pause(0.6)
    form = pilot.app.screen
    assert isinstance(form, ImageForm)
    return form


async def _wrong_reference(pilot: Pilot[Any]) -> None:
    await _settle(pilot)
    await pilot.press(*"Torch dev", "ctrl+n", "ctrl+n", "tab", *"/Desk")
    form = await _settle(pilot)
    assert form.state.problems()


async def _written(pilot: Pilot[Any]) -> None:
    await _settle(pilot)
    await pilot.press(*"tool", "ctrl+n", "ctrl+n", "right", "right", "tab")
    await pilot.press(*"FROM debian:12", "enter", *"RUN echo one", "enter", *"RUNN two")
    form = await _settle(pilot)
    assert not form.state.problems()


@pytest.mark.parametrize("size", SIZES)
def test_a_wrong_reference(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(FormApp(FormClient(), None, clone=False), terminal_size=size, run_before=_wrong_reference)


@pytest.mark.parametrize("size", SIZES)
def test_a_dockerfile_with_a_mistake(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(FormApp(FormClient(), None, clone=False), terminal_size=size, run_before=_written)


def _with_secrets() -> FormClient:
    client = FormClient()
    for name in ("GIT_TOKEN", "PIP_INDEX"):
        client.stored_secrets[name] = SecretInfo(name=name, owner="ada", size=40, created_at=START, updated_at=START)
    return client


async def _naming_secrets(pilot: Pilot[Any]) -> None:
    form = await _settle(pilot)
    await pilot.press(*"tool")
    form.deck.jump_to(SECRETS)
    await _settle(pilot)
    await pilot.press(*"GIT_TOKEN, NPM")
    await _settle(pilot)


async def _storing_a_secret(pilot: Pilot[Any]) -> None:
    await _naming_secrets(pilot)
    await pilot.press("ctrl+y", *"hunter2")
    await pilot.pause(0.6)


@pytest.mark.parametrize("size", SIZES[:2])
def test_secrets(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(FormApp(_with_secrets()), terminal_size=size, run_before=_naming_secrets)


def test_storing_a_secret(snap_compare: Compare) -> None:
    assert snap_compare(FormApp(_with_secrets()), terminal_size=(80, 24), run_before=_storing_a_secret)
