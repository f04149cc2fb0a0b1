"""The build pane in every state of a build."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.app.log_stand_in import LogClient, WidgetApp, build, expect, failure, screen_text, steps
from tests.app.server_stand_in import image_row
from trailer_tui.app.widgets.build_pane import BuildPane
from trailer_tui.app.widgets.step_list import StepList
from trailer_tui.model.build import LayerProgress
from trailer_tui.model.events import BuildChanged, ImageDeleted, StepsChanged
from trailer_tui.model.status import BuildState


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRAILER_CACHE", str(tmp_path / "cache"))


@asynccontextmanager
async def pane_of(
    client: LogClient, size: tuple[int, int] = (120, 30)
) -> AsyncIterator[tuple[BuildPane, Pilot[Any], WidgetApp]]:
    app = WidgetApp(client, BuildPane)
    async with app.run_test(size=size) as pilot:
        yield app.query_one(BuildPane), pilot, app


def running_client() -> LogClient:
    client = LogClient()
    client.builds[1] = build(build_steps=steps("cached", "done", "running", "pending"))
    client.write("from step two", step=2)
    client.write("working", step=3)
    return client


async def test_a_running_build_shows_its_steps_and_the_running_ones_log() -> None:
    async with pane_of(running_client()) as (pane, pilot, app):
        pane.show_build(1)
        await expect(pilot, lambda: "working" in screen_text(app))
        text = screen_text(app)
        assert "── torch-dev ─ build 14 ─ ◐ Building 01:32 ─ step 3 of 4 ─" in text
        assert "✔ 1/4 FROM debian:bookworm" in text
        assert "cached" in text
        assert "▌◐ 3/4 RUN echo one" in text
        assert "from step two" not in text
        await pilot.press("tab", "tab", "a")
        await expect(pilot, lambda: "from step two" in screen_text(app))


async def test_steps_and_lines_arrive_live_and_the_selection_goes_along() -> None:
    client = running_client()
    async with pane_of(client) as (pane, pilot, app):
        pane.show_build(1)
        await expect(pilot, lambda: "working" in screen_text(app))
        client.write("next step speaks", step=4)
        changed = steps("cached", "done", "done", "running")[2:]
        app.tell(StepsChanged(build_id=1, image_id=5, steps=changed, log_size=0, log_lines=0))
        await expect(pilot, lambda: "next step speaks" in screen_text(app))
        assert "▌◐ 4/4 RUN nonsense" in screen_text(app)


async def test_the_selection_stays_where_the_user_put_it() -> None:
    client = running_client()
    async with pane_of(client) as (pane, pilot, app):
        pane.show_build(1)
        await expect(pilot, lambda: "working" in screen_text(app))
        app.query_one(StepList).focus()
        await pilot.press("k")
        await expect(pilot, lambda: "from step two" in screen_text(app))
        changed = steps("cached", "done", "done", "running")[2:]
        app.tell(StepsChanged(build_id=1, image_id=5, steps=changed, log_size=0, log_lines=0))
        await expect(pilot, lambda: "◐ 4/4" in screen_text(app))
        assert "▌✔ 2/4" in screen_text(app)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_failure_is_pinned_with_line_output_and_hint(size: tuple[int, int]) -> None:
    client = running_client()
    client.write("/bin/sh: 1: [red]nonsense[/]: not found", step=4, stream="e")
    async with pane_of(client, size) as (pane, pilot, app):
        pane.show_build(1)
        await expect(pilot, lambda: "working" in screen_text(app))
        client.end()
        ended = build(BuildState.FAILED, build_steps=steps("cached", "done", "done", "failed"), failure=failure())
        client.builds[1] = ended
        app.tell(BuildChanged(build=ended))
        await expect(pilot, lambda: "exit code 127" in screen_text(app))
        text = screen_text(app)
        assert "✖ Error after 02:05" in text
        assert "✖ Step 4/4 · exit code 127 · the command returned 127" in text
        assert "Dockerfile line 4: RUN nonsense --now" in text
        assert "│ /bin/sh: 1: [red]nonsense[/]: not found" in text
        assert "→ install the package that has it" in text
        assert "▌✖ 4/4 RUN nonsense --now" in text
        await expect(pilot, lambda: "! /bin/sh: 1: [red]nonsense[/]: not found" in screen_text(app))


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (build(BuildState.PENDING, waiting_reason="2 builds run on build-01 already"), "Waiting: 2 builds run on"),
        (build(BuildState.FINISHED, size=1_200_000_000, layers=1, digest="sha256:" + "ab" * 32), "1.2 GB · 1 layer"),
        (build(BuildState.FINISHED), "✔ Build finished in 02:05"),
        (build(BuildState.CANCELLED), "⊘ Build cancelled after 02:05"),
        (build(BuildState.INTERRUPTED), "the build was queued again"),
        (build(BuildState.FINISHED, log_kept=False), "The log of this build was removed"),
    ],
)
async def test_other_states_say_what_they_are(record: Any, expected: str) -> None:
    client = LogClient(ended=True)
    client.builds[1] = record
    async with pane_of(client) as (pane, pilot, app):
        pane.show_build(1)
        await expect(pilot, lambda: expected in screen_text(app), expected)


async def test_an_image_without_a_build_and_no_image_say_so() -> None:
    async with pane_of(LogClient()) as (pane, pilot, app):
        pane.show_image(image_row(5, last_build_id=None))
        await expect(pilot, lambda: "Never built" in screen_text(app))
        pane.show_image(None)
        await expect(pilot, lambda: "No image is selected" in screen_text(app))


async def test_a_newer_build_of_the_image_takes_its_place() -> None:
    client = running_client()
    client.builds[2] = build(id=2, number=15, build_steps=steps("running"))
    async with pane_of(client) as (pane, pilot, app):
        pane.show_image(image_row(5, last_build_id=1))
        await expect(pilot, lambda: "build 14" in screen_text(app))
        app.tell(BuildChanged(build=client.builds[2]))
        await expect(pilot, lambda: "build 15" in screen_text(app))


async def test_an_image_that_was_deleted_is_not_shown_on() -> None:
    async with pane_of(running_client()) as (pane, pilot, app):
        pane.show_build(1)
        await expect(pilot, lambda: "build 14" in screen_text(app))
        app.tell(ImageDeleted(id=5))
        await expect(pilot, lambda: "The image was deleted" in screen_text(app))


async def test_a_server_that_is_away_is_told() -> None:
    client = running_client()
    client.away = True
    async with pane_of(client) as (pane, pilot, app):
        pane.show_build(1)
        await expect(pilot, lambda: "The server is away" in screen_text(app))


async def test_a_hidden_pane_asks_the_server_nothing() -> None:
    client = running_client()
    async with pane_of(client) as (pane, pilot, app):
        pane.display = False
        await pilot.pause()
        pane.show_build(1)
        await pilot.pause(0.1)
        assert client.requests == []
        pane.display = True
        await expect(pilot, lambda: "working" in screen_text(app))


async def test_layers_have_bars_and_a_total() -> None:
    client = LogClient()
    pulling = steps("running")[0].model_copy(
        update={
            "layers": [
                LayerProgress(layer="aaaaaaaaaaaa", action="Downloading", current=5_000_000, total=10_000_000),
                LayerProgress(layer="bbbbbbbbbbbb", action="Pull complete", current=30_000_000, total=30_000_000),
            ]
        }
    )
    client.builds[1] = build(build_steps=[pulling])
    async with pane_of(client) as (pane, pilot, app):
        pane.show_build(1)
        await expect(pilot, lambda: "1/2 layers" in screen_text(app))
        text = screen_text(app)
        assert "███████░ 1/2 layers" in text
        assert "35.0 / 40.0 MB" in text
        assert "████░░░░ aaaaaaaa Downloading" in text
        assert "bbbbbbbb" not in text


async def test_the_whole_log_is_saved_as_text_and_nothing_is_replaced_unasked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    client = running_client()
    client.end()
    client.builds[1] = build(BuildState.FINISHED, build_steps=steps("cached", "done", "done", "done"), log_size=10)
    taken = tmp_path / "torch-dev-build-14.log"
    taken.write_text("precious")
    async with pane_of(client) as (pane, pilot, app):
        pane.show_build(1)
        await expect(pilot, lambda: "working" in screen_text(app))
        pane.focus_log()
        await pilot.pause()
        await pilot.press("s")
        await expect(pilot, lambda: "torch-dev-build-14.log" in screen_text(app))
        await pilot.press("ctrl+u", *"~nobody-of-this-name/x", "enter")
        await expect(pilot, lambda: "home directory" in screen_text(app))
        await pilot.press("ctrl+u", *taken.name, "enter")
        await expect(pilot, lambda: "exists: enter again replaces it" in screen_text(app))
        assert taken.read_text() == "precious"
        await pilot.press("enter")
        await expect(pilot, lambda: any("Saved 2 lines" in toast for toast in app.toasts))
        assert taken.read_text() == "── 2/4 ENV A=b\nfrom step two\n── 3/4 RUN echo one\nworking\n"


async def test_copying_without_a_selection_copies_the_error(monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []

    async def fake_copy(text: str, write: object) -> str:
        copied.append(text)
        return "with a test"

    monkeypatch.setattr("trailer_tui.app.widgets.pane_exports.copy", fake_copy)
    client = running_client()
    client.end()
    states = steps("cached", "done", "done", "failed")
    client.builds[1] = build(BuildState.FAILED, build_steps=states, failure=failure())
    async with pane_of(client) as (pane, pilot, app):
        pane.show_build(1)
        await expect(pilot, lambda: "exit code 127" in screen_text(app))
        pane.focus_log()
        await pilot.pause()
        await pilot.press("Y")
        await expect(pilot, lambda: copied)
        assert copied[0].startswith("torch-dev, build 14 on build-01\n✖ Step 4/4 · exit code 127")
        assert "Copied the error" in app.toasts[-1]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_a_failed_build_looks_like_this(snap_compare: Any, size: tuple[int, int]) -> None:
    async def show(pilot: Pilot[Any]) -> None:
        pane = pilot.app.query_one(BuildPane)
        pane.show_build(1)
        await expect(
            pilot, lambda: "not found" in screen_text(pilot.app) and "lines 1-3 of 3" in screen_text(pilot.app)
        )

    client = LogClient(ended=True)
    states = steps("cached", "done", "done", "failed")
    client.builds[1] = build(BuildState.FAILED, build_steps=states, failure=failure())
    client.write("\x1b[32mfound\x1b[0m the command", "a line that is long " * 12, step=4)
    client.write("/bin/sh: 1: [red]nonsense[/]: not found", step=4, stream="e")
    assert snap_compare(WidgetApp(client, BuildPane), terminal_size=size, run_before=show)
