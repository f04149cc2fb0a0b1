"""The images table with many records: start, keys, sort, search, live changes, idle, quit (T1, T3-T6, T11, T12)."""

from __future__ import annotations

import asyncio
import statistics
import time
from pathlib import Path

from benchmarks.records import seed_records
from benchmarks.report import Figure, show
from benchmarks.scene import Scene, baseline
from tests.support.terminal import Terminal
from trailer_tui.client.client import TrailerClient
from trailer_tui.model.actions import ImageAction
from trailer_tui.model.rows import ImageQuery

RUNS = 7
WORDS = ("a", "zq", "lib", "debian:12", "überprüf", "日本")
"""Searches of every length and several scripts, typed one character at a time."""


def run(count: int = 100_000) -> None:
    """Measure with `count` records and print every figure."""
    with Scene() as scene, Scene() as small:
        seed_records(scene.data, count)
        seed_records(small.data, 1000)
        scene.run("ls", "--limit", "1")
        small.run("ls", "--limit", "1")
        _start(scene, count)
        with scene.app() as app, small.app() as few, baseline("data_table_app", str(count)) as table:
            for terminal in (app, few):
                terminal.wait_for(" of ")
            table.wait_for("image-", 120)
            time.sleep(1)
            _keys(app, few, table)
            _sort(app, table)
            _search(app, table)
            _live(scene, app)
            _idle(app)
        _quit(scene)


def _start(scene: Scene, count: int) -> None:
    """T1: from exec to the first row, and to the first frame."""
    frames, rows, minimal = [], [], []
    for _ in range(RUNS):
        with scene.app() as app:
            frames.append(app.wait_for("Trailer") * 1000)
            rows.append(app.wait_for(f"of {count:,}") * 1000)
        with baseline("minimal_app") as plain:
            minimal.append(plain.wait_for("ready") * 1000)
    base = statistics.median(minimal)
    show(Figure("T1 first frame", statistics.median(frames), "ms", base, "a minimal Textual app", "<= 1.3x"))
    show(Figure(f"T1 live rows of {count:,} records", statistics.median(rows), "ms", base, "a minimal Textual app"))


def _median_key(terminal: Terminal, *keys: str, rounds: int = RUNS) -> float:
    reactions = [terminal.key(key, quiet=0.25) for _ in range(rounds) for key in keys]
    return statistics.median(reaction.first_ms for reaction in reactions)


def _keys(app: Terminal, few: Terminal, table: Terminal) -> None:
    """T3: a key to the bytes it causes."""
    name = "the stock table"
    show(Figure("T3 down, in view", _median_key(app, "down"), "ms", _median_key(table, "down"), name, "<= 2.5 ms"))
    app.key("end")
    few.key("end")
    table.key("end")
    scrolling = _median_key(app, "pageup", "pagedown")
    show(Figure("T3 page, scrolling", scrolling, "ms", _median_key(table, "pageup", "pagedown"), name, "<= 6 ms"))
    show(Figure("T3 page, 100 times the records", scrolling, "ms", _median_key(few, "pageup", "pagedown"), "1,000"))
    app.key("home")


def _sort(app: Terminal, table: Terminal) -> None:
    """T4: reverse the order of all records."""
    # An even number of turns, so that the newest record is on top again.
    ours = statistics.median(app.key("O", quiet=0.3).last_ms for _ in range(RUNS + 1))
    stock = table.key("s", quiet=1.0).last_ms
    show(Figure("T4 sort all records", ours, "ms", stock, "the stock table", "<= 0.08x"))


def _search(app: Terminal, table: Terminal) -> None:
    """T5: one keystroke in the search bar, to its echo and to the last byte of its results."""
    echoes, results = [], []
    app.key("/")
    for word in WORDS:
        for character in word:
            reaction = app.key(character, quiet=0.3)
            echoes.append(reaction.first_ms)
            results.append(reaction.last_ms)
        for _ in word:
            app.key("backspace", quiet=0.3)
    app.key("escape")
    stock = table.key("/", "image-007919", timeout=60).expected_ms
    show(Figure("T5 search, echo of a character", statistics.median(echoes), "ms", stock, "the stock table", "<= 8 ms"))
    show(Figure("T5 search, results (median)", statistics.median(results), "ms", stock, "the stock table", "<= 35 ms"))
    show(Figure("T5 search, results (slowest)", max(results), "ms", stock, "the stock table"))


def _live(scene: Scene, app: Terminal) -> None:
    """T6: a change by another client, from its request to the other screen."""
    app.key("home", quiet=0.5)
    answered, seen = asyncio.run(_toggle_first(scene, app))
    show(Figure("T6 change by another client, on screen", seen, "ms", answered, "the request itself", "<= 500 ms"))


async def _toggle_first(scene: Scene, app: Terminal) -> tuple[float, float]:
    """Median milliseconds until the request of another client was answered, and until the screen changed."""
    answers, changes = [], []
    async with TrailerClient(Path(scene.environment["TRAILER_SOCKET"])) as client:
        order = await client.image_order(ImageQuery())
        [row] = await client.image_rows([order.ids[0]])
        for action in (ImageAction.DISABLE, ImageAction.ENABLE) * 4 if row.enabled else (ImageAction.ENABLE,):
            await asyncio.sleep(0.5)
            written, began = app.written(), time.perf_counter()
            await client.act(row.id, action)
            answers.append((time.perf_counter() - began) * 1000)
            await asyncio.to_thread(_wait_for_output, app, written)
            changes.append((time.perf_counter() - began) * 1000)
    return statistics.median(answers), statistics.median(changes)


def _wait_for_output(app: Terminal, written: int) -> None:
    deadline = time.perf_counter() + 5
    while app.written() == written and time.perf_counter() < deadline:
        time.sleep(0.0005)


def _idle(app: Terminal, seconds: float = 10) -> None:
    """T11: what an idle screen costs."""
    time.sleep(2)
    cpu, written = app.cpu_seconds(), app.written()
    time.sleep(seconds)
    show(Figure("T11 idle CPU", (app.cpu_seconds() - cpu) / seconds * 100, "%", aim="<= 0.01 %"))
    show(Figure("T11 idle output", (app.written() - written) / seconds, "B/s", aim="0"))


def _quit(scene: Scene) -> None:
    """T12: from the key to the end of the process."""
    ours, stock = [], []
    for _ in range(RUNS):
        with scene.app() as app:
            app.wait_for(" of ")
            time.sleep(0.5)
            ours.append(_time_to_exit(app))
        with baseline("minimal_app") as plain:
            plain.wait_for("ready")
            stock.append(_time_to_exit(plain))
    figure = Figure("T12 quit", statistics.median(ours), "ms", statistics.median(stock), "a minimal app", "<= 35 ms")
    show(figure)


def _time_to_exit(terminal: Terminal) -> float:
    began = time.perf_counter()
    terminal.send("q")
    terminal.wait_exit()
    return (time.perf_counter() - began) * 1000
