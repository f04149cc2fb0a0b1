"""The log view: opening, jumping and searching a log of millions of lines, and keeping up with one (T7, T8)."""

from __future__ import annotations

import sqlite3
import statistics
import subprocess
import time
from pathlib import Path

from benchmarks.records import seed_records
from benchmarks.report import Figure, show
from benchmarks.scene import Scene, baseline
from tests.support.terminal import Terminal

NEEDLE = "the needle in the hay"
STOCK_LINES = 20_000
"""Lines for the stock log widget, which takes minutes for millions."""


def run(count: int = 5_000_000) -> None:
    """Measure with a log of `count` lines and print every figure."""
    with Scene() as scene:
        seed_records(scene.data, 1)
        log = scene.data / "logs" / "1.log"
        _write_log(log, count)
        _declare_log(scene.data / "trailer.db", log, count)
        scene.run("ls")
        with scene.app(columns=120, rows=40) as app:
            app.wait_for(" of ")
            _open(app, count)
            _move(app)
            _search(app, log)
            show(Figure("T7 memory with the log open", app.memory() / 1e6, "MB"))


def _write_log(log: Path, count: int) -> None:
    log.parent.mkdir(mode=0o700, exist_ok=True)
    with log.open("wb") as file:
        for start in range(0, count, 50_000):
            numbers = range(start, start + 50_000)
            file.write("".join(f"1 {n // 100} o {n} compiling unit {n % 977} of it\n" for n in numbers).encode())
        file.write(f"1 {count // 100} o {NEEDLE}\n".encode())


def _declare_log(database: Path, log: Path, count: int) -> None:
    connection = sqlite3.connect(database)
    with connection:
        connection.execute(
            "UPDATE builds SET log_kept = 1, log_size = ?, log_lines = ?", (log.stat().st_size, count + 1)
        )
    connection.close()


def _open(app: Terminal, count: int) -> None:
    """T8: from the key to the end of the log on the screen; T7: lines that were taken in a second."""
    with baseline("minimal_app") as plain:
        minimal = plain.wait_for("ready") * 1000
    began = time.perf_counter()
    app.send("l")
    app.wait_for(NEEDLE, 120)
    seconds = time.perf_counter() - began
    name = f"T8 end of a log of {count:,} lines"
    show(Figure(name, seconds * 1000, "ms", minimal, "a minimal app's start", "<= 1.3x"))
    app.wait_for(f"of {count + 1:,}", 120)
    seconds = time.perf_counter() - began
    with baseline("rich_log_app", str(STOCK_LINES)) as stock:
        stock.wait_for("done", 120)
        rate = STOCK_LINES / (time.perf_counter() - stock.started)
    show(Figure("T7 lines taken", count / seconds / 1000, "k/s", rate / 1000, "the stock log widget", ">= 2000 k/s"))


def _move(app: Terminal) -> None:
    """T8: jumps to both ends and pages."""
    app.send("tab")
    time.sleep(1)
    jumps = [app.key(key, quiet=0.3).last_ms for key in ("g", "G") * 5]
    pages = [app.key("pageup", quiet=0.3).last_ms for _ in range(9)]
    show(Figure("T8 jump to an end", statistics.median(jumps), "ms", aim="<= 10 ms"))
    show(Figure("T8 page", statistics.median(pages), "ms"))


def _search(app: Terminal, log: Path) -> None:
    """T8: find the last line from the first, beside grep over the same file."""
    app.key("g", quiet=0.5)
    app.key("/", quiet=0.5)
    app.send(NEEDLE)
    began = time.perf_counter()
    app.send("enter")
    app.wait_for("match 1 of 1", 60)
    ours = (time.perf_counter() - began) * 1000
    began = time.perf_counter()
    subprocess.run(["grep", "-aiFc", NEEDLE, str(log)], check=True, capture_output=True, env={"LC_ALL": "C"})
    grep = (time.perf_counter() - began) * 1000
    show(Figure("T8 search through all of it", ours, "ms", grep, "grep", "<= 600 ms"))
