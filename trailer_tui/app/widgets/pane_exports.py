"""What leaves the build pane: text to the clipboard, the whole log to a file."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from trailer_tui.app.builds.wording import failure_report
from trailer_tui.app.clipboard import CopyFailed, copy
from trailer_tui.app.dialogs.save_log import SaveLogDialog
from trailer_tui.app.log.export import write_text
from trailer_tui.humanize import size
from trailer_tui.printable import printable

if TYPE_CHECKING:
    from textual.app import App

    from trailer_tui.app.builds.live_build import LiveBuild
    from trailer_tui.app.widgets.pane_keys import PaneKeys


async def copy_from_pane(pane: PaneKeys, build: LiveBuild) -> None:
    """Copy what is selected with the mouse, else the failure, else the lines on the screen."""
    selected = pane.screen.get_selected_text()
    report = failure_report(build.summary, build.failed_step)
    text, what = (
        (selected, "the selection")
        if selected
        else (report, "the error")
        if report
        else (pane.log_panel.view.shown_text(), "the lines shown")
    )
    await copy_and_tell(pane.app, text, what)


async def copy_and_tell(app: App[object], text: str, what: str) -> None:
    """Copy `text` and say what was copied and how, or why not."""
    if not text:
        app.notify("There is nothing to copy.", severity="warning", markup=False)
        return
    driver = app._driver  # Textual has no public way to write beside the screen

    def write(sequence: str) -> None:
        if driver is not None:
            driver.write(sequence)

    try:
        way = await copy(text, write)
    except CopyFailed as error:
        app.notify(f"{error.cause}\n{error.hint}", title=error.title, severity="warning", markup=False)
        return
    app.notify(f"Copied {what} ({text.count(chr(10)) + 1:,} lines) {way}.", timeout=4, markup=False)


def proposed_path(name: str, number: int) -> str:
    """`./<name>-build-<n>.log`, with nothing in it that a shell or a file system takes amiss."""
    safe = re.sub(r"[^\w.-]+", "-", name).strip("-.") or "image"
    return f"./{safe[:80]}-build-{number}.log"


def save_log(pane: PaneKeys, build: LiveBuild) -> None:
    """Ask for a path, then write the log there in the background."""
    summary = build.summary
    reader = pane.log_panel.reader
    if reader is None:
        return
    amount = size(max(summary.log_size, reader.spool.size))

    def answered(path: Path | None) -> None:
        if path is not None:
            work: Callable[[], Awaitable[None]] = partial(_save, pane, build, path)
            pane.run_worker(work, group="save-log", exit_on_error=False)

    pane.app.push_screen(SaveLogDialog(proposed_path(summary.image_name, summary.number), amount), answered)


async def _save(pane: PaneKeys, build: LiveBuild, path: Path) -> None:
    reader = pane.log_panel.reader
    if reader is None:
        return
    spool = await reader.whole_log()
    headings = {
        step.ordinal: f"{step.number}/{step.total} {printable(step.instruction)}"
        if step.number is not None
        else printable(step.instruction)
        for step in build.steps
    }
    stop = Event()
    try:
        work = asyncio.to_thread(write_text, spool.file, spool.size, path, headings, stop)
        lines = await work
    except asyncio.CancelledError:
        stop.set()
        raise
    except OSError as error:
        pane.app.notify(f"{path}: {error.strerror}", title="Not saved", severity="error", markup=False)
        return
    so_far = "" if spool.complete else " so far"
    pane.app.notify(f"Saved {lines:,} lines{so_far} to {path}", timeout=6, markup=False)
