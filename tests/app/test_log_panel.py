"""The log view as its reader uses it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from tests.app.log_stand_in import LogClient, WidgetApp, expect, screen_text
from trailer_tui.app.log.matching import Query
from trailer_tui.app.log.reader import LogExtent
from trailer_tui.app.widgets.log_panel import LogPanel, LogPrompt


@asynccontextmanager
async def panel_of(
    client: LogClient, folder: Path, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[LogPanel, Pilot[Any]]]:
    app = WidgetApp(client, lambda _session: LogPanel(client, folder, 0.01))
    async with app.run_test(size=size) as pilot:
        panel = pilot.app.query_one(LogPanel)
        await panel.open(LogExtent(1, client.ended, len(client.data), 0))
        panel.view.focus()
        await pilot.pause()
        yield panel, pilot
        await panel.close()


def numbered(client: LogClient, count: int, first: int = 1, **options: Any) -> None:
    client.write(*(f"line {number}" for number in range(first, first + count)), **options)


def is_shown(pilot: Pilot[Any], text: str) -> bool:
    return text in screen_text(pilot.app)


async def test_it_follows_until_the_user_moves_up(tmp_path: Path) -> None:
    client = LogClient()
    numbered(client, 100)
    async with panel_of(client, tmp_path) as (panel, pilot):
        await expect(pilot, lambda: "lines 78-100 of 100" in screen_text(pilot.app))
        await pilot.press("k")
        await expect(pilot, lambda: "lines 77-99 of 100" in screen_text(pilot.app))
        numbered(client, 214, 101)
        await expect(pilot, lambda: "+214 lines" in screen_text(pilot.app))
        assert "lines 77-99 of 314" in screen_text(pilot.app)
        await pilot.press("G")
        await expect(pilot, lambda: "lines 292-314 of 314" in screen_text(pilot.app))
        numbered(client, 1, 315)
        await expect(pilot, lambda: "lines 293-315 of 315" in screen_text(pilot.app))
        assert "line 315" in screen_text(pilot.app)
        assert panel.view.follow


async def test_keys_move(tmp_path: Path) -> None:
    client = LogClient(ended=True)
    numbered(client, 100)
    async with panel_of(client, tmp_path) as (_panel, pilot):
        await expect(pilot, lambda: "of 100" in screen_text(pilot.app))
        for key, position in (
            ("g", "lines 1-23 of 100"),
            ("j", "lines 2-24 of 100"),
            ("pagedown", "lines 24-46 of 100"),
            ("ctrl+d", "lines 35-57 of 100"),
            ("ctrl+u", "lines 24-46 of 100"),
            ("pageup", "lines 2-24 of 100"),
            ("end", "lines 78-100 of 100"),
            ("home", "lines 1-23 of 100"),
        ):
            await pilot.press(key)
            await expect(pilot, partial(is_shown, pilot, position), key)


async def test_output_is_shown_literally_and_streams_differ_by_a_symbol(tmp_path: Path) -> None:
    client = LogClient(ended=True)
    client.write("[red]markup[/] \x1b[31mcolour\x1b[0m", "50%\r100%", "\x1b[2J\x1b]0;title\x07safe")
    client.write("bad", stream="e")
    client.write("Trailer speaks", stream="t")
    async with panel_of(client, tmp_path) as (_panel, pilot):
        await expect(pilot, lambda: "lines 1-5 of 5" in screen_text(pilot.app))
        lines = screen_text(pilot.app).splitlines()
        assert [line.rstrip() for line in lines[:5]] == [
            "  [red]markup[/] colour",
            "  100%",
            "  safe",
            "! bad",
            "» Trailer speaks",
        ]


async def test_nothing_is_cut_silently(tmp_path: Path) -> None:
    client = LogClient(ended=True)
    client.write("x" * 56_504)
    client.write("start " + "y" * 80 + " the end")
    async with panel_of(client, tmp_path) as (panel, pilot):
        await expect(pilot, lambda: "lines 1-2 of 2" in screen_text(pilot.app))
        assert screen_text(pilot.app).splitlines()[1].rstrip("▁▂▃▄▅▆▇█ ").endswith("›")
        await pilot.press("right", "right")
        await expect(pilot, lambda: "the end" in screen_text(pilot.app))
        assert "‹" in screen_text(pilot.app).splitlines()[1]
        panel.view.set_wrap(True)
        await expect(pilot, lambda: "characters" in screen_text(pilot.app))
        # The head holds 16 KiB of the line with its prefix.
        assert f"… {56_504 - (16_384 - len('1 1000 o ')):,} more characters" in screen_text(pilot.app).replace("\n", "")


async def test_wrapped_lines_are_all_there_and_the_end_is_the_end(tmp_path: Path) -> None:
    client = LogClient(ended=True)
    client.write(*(f"{number:03} " + "漢" * 60 + " end" for number in range(50)))
    async with panel_of(client, tmp_path) as (panel, pilot):
        await expect(pilot, lambda: "of 50" in screen_text(pilot.app))
        panel.view.set_wrap(True)
        await expect(pilot, lambda: screen_text(pilot.app).count(" end") >= 11)
        lines = screen_text(pilot.app).splitlines()
        assert "end" in lines[22]
        assert "of 50" in lines[23]
        await pilot.press("g")
        await expect(pilot, lambda: screen_text(pilot.app).startswith("  000 漢"))
        await pilot.press("j")
        await expect(pilot, lambda: "001 漢" in screen_text(pilot.app).splitlines()[1])


async def test_search_counts_goes_round_and_marks(tmp_path: Path) -> None:
    client = LogClient(ended=True)
    numbered(client, 1000)
    async with panel_of(client, tmp_path) as (panel, pilot):
        await expect(pilot, lambda: "of 1,000" in screen_text(pilot.app))
        await pilot.press("g")
        panel.ask("/")
        await pilot.press(*"E 77", "enter")
        await expect(pilot, lambda: "0 matches · no match" in screen_text(pilot.app))
        panel.ask("/")
        prompt = panel.query_one(LogPrompt)
        prompt.value = "E 77".lower()
        await pilot.press("enter")
        await expect(pilot, lambda: "match 1 of 11" in screen_text(pilot.app))
        panel.next_match(1)
        await expect(pilot, lambda: "match 2 of 11" in screen_text(pilot.app))
        assert "line 770" in screen_text(pilot.app)
        panel.next_match(-1)
        panel.next_match(-1)
        await expect(pilot, lambda: "match 11 of 11 · from the end" in screen_text(pilot.app))
        panel.next_match(1)
        await expect(pilot, lambda: "match 1 of 11 · from the top" in screen_text(pilot.app))
        assert panel.clear()
        await expect(pilot, lambda: "match" not in screen_text(pilot.app))


async def test_an_expression_that_is_none_says_why_and_is_not_run(tmp_path: Path) -> None:
    client = LogClient(ended=True)
    numbered(client, 10)
    async with panel_of(client, tmp_path, size=(120, 24)) as (panel, pilot):
        panel.ask("/")
        await pilot.press(*"/(/", "enter")
        await expect(pilot, lambda: "no regular expression: missing )" in screen_text(pilot.app))
        assert panel.query_one(LogPrompt).has_focus
        await pilot.press("escape")
        assert panel.view.has_focus
        assert not panel.has_query


async def test_filter_hides_the_rest_and_keeps_the_place(tmp_path: Path) -> None:
    client = LogClient(ended=True)
    numbered(client, 3000)
    async with panel_of(client, tmp_path) as (panel, pilot):
        await expect(pilot, lambda: "of 3,000" in screen_text(pilot.app))
        panel.view.go_to(1499)
        panel.show_matching(Query("0"))
        count = sum("0" in str(number) for number in range(1, 3001))
        await expect(pilot, lambda: f"of {count} · 3,000 in all" in screen_text(pilot.app))
        top = screen_text(pilot.app).splitlines()[0].split()[-1]
        assert 1480 <= int(top) <= 1510
        assert panel.clear()
        await expect(pilot, lambda: "of 3,000" in screen_text(pilot.app))


async def test_steps_are_views_of_the_same_log(tmp_path: Path) -> None:
    client = LogClient(ended=True)
    numbered(client, 5, step=1)
    numbered(client, 3, first=101, step=2)
    async with panel_of(client, tmp_path) as (panel, pilot):
        panel.show_step(2, "step 2/2")
        await expect(pilot, lambda: "lines 1-3 of 3 · step 2/2 · 8 in all" in screen_text(pilot.app))
        assert "line 101" in screen_text(pilot.app)
        assert "line 5\n" not in screen_text(pilot.app)


async def test_selected_text_is_what_was_shown(tmp_path: Path) -> None:
    client = LogClient(ended=True)
    client.write("first \x1b[31mred\x1b[0m line", "second line", "third line")
    async with panel_of(client, tmp_path) as (_panel, pilot):
        await expect(pilot, lambda: "third line" in screen_text(pilot.app))
        await pilot.mouse_down(offset=(8, 0))
        await pilot.hover(offset=(8, 1))
        await pilot.mouse_up(offset=(8, 1))
        selected = pilot.app.screen.get_selected_text()
        assert selected is not None
        assert selected.startswith("red line\nsecon")


async def test_a_server_that_is_away_is_told_in_the_position_line(tmp_path: Path) -> None:
    client = LogClient()
    numbered(client, 3)
    async with panel_of(client, tmp_path) as (_panel, pilot):
        await expect(pilot, lambda: "of 3" in screen_text(pilot.app))
        client.away = True
        numbered(client, 1)
        await expect(pilot, lambda: "server away, trying again" in screen_text(pilot.app))
        client.away = False
        await expect(pilot, lambda: "lines 1-4 of 4" in screen_text(pilot.app))
