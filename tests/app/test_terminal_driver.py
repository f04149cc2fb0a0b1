"""The app in a real pseudo-terminal: leaving, hanging up, resting."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.terminal

PROGRAM = """
import asyncio
from trailer_tui.app.app import TrailerApp
from trailer_tui.app.driver import TerminalDriver

async def never(**_):
    await asyncio.Event().wait()

app = TrailerApp(connector=never, driver_class=TerminalDriver)
app.run()
raise SystemExit(app.return_code)
"""

SHOWN = b"Connecting"
BOUND = 20.0


class Terminal:
    """A pseudo-terminal with the app in it, in a session without a controlling terminal (so without SIGHUP)."""

    def __init__(self, folder: Path, errors: int | None = None) -> None:
        self.master, slave = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM],
            stdin=slave,
            stdout=slave,
            stderr=slave if errors is None else errors,
            start_new_session=True,
            cwd=Path(__file__).parents[2],
            env=os.environ | {"TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24", "HOME": str(folder)},
        )
        os.close(slave)
        os.set_blocking(self.master, False)

    def read(self) -> bytes:
        """What the app wrote since the last call."""
        found = b""
        while True:
            try:
                found += os.read(self.master, 1 << 16)
            except OSError:
                return found

    def wait_for(self, text: bytes) -> None:
        """Read until the app has written `text`."""
        found = b""
        end = time.monotonic() + BOUND
        while text not in found:
            assert time.monotonic() < end, found[-2000:]
            found += self.read()
            time.sleep(0.01)

    def settle(self) -> None:
        """Read until the app has been silent for a while."""
        quiet_since = time.monotonic()
        while time.monotonic() - quiet_since < 0.5:
            if self.read():
                quiet_since = time.monotonic()
            time.sleep(0.02)

    def press(self, keys: bytes) -> None:
        """Type."""
        os.write(self.master, keys)

    def close(self) -> None:
        """Hang up."""
        if self.master >= 0:
            os.close(self.master)
            self.master = -1


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    started = Terminal(tmp_path)
    try:
        started.wait_for(SHOWN)
        started.settle()
        yield started
    finally:
        started.close()
        started.process.kill()
        started.process.wait()


def test_a_terminal_that_hangs_up_ends_the_app(terminal: Terminal) -> None:
    terminal.close()
    assert terminal.process.wait(timeout=5) == 129


def test_q_leaves(terminal: Terminal) -> None:
    terminal.press(b"q")
    assert terminal.process.wait(timeout=5) == 0


def test_being_told_to_end_restores_the_terminal(terminal: Terminal) -> None:
    terminal.process.terminate()
    assert terminal.process.wait(timeout=5) == 143
    assert b"\x1b[?1049l" in terminal.read()


def test_an_idle_app_neither_wakes_nor_writes(terminal: Terminal) -> None:
    def switches() -> int:
        tasks = Path(f"/proc/{terminal.process.pid}/task").glob("*/status")
        lines = [line for task in tasks for line in task.read_text().splitlines()]
        return sum(int(line.split()[1]) for line in lines if line.startswith("voluntary_ctxt_switches"))

    before = switches()
    time.sleep(2)
    assert terminal.read() == b""
    assert switches() - before <= 4


def test_the_screen_is_drawn_when_errors_go_to_a_file(tmp_path: Path) -> None:
    with (tmp_path / "errors").open("wb") as errors:
        terminal = Terminal(tmp_path, errors.fileno())
    terminal.wait_for(SHOWN)
    terminal.press(b"q")
    assert terminal.process.wait(timeout=5) == 0
    assert (tmp_path / "errors").read_bytes() == b""


def test_escape_alone_is_a_key(terminal: Terminal) -> None:
    terminal.press(b"?")
    terminal.wait_for(b"to search")
    terminal.settle()
    terminal.press(b"\x1b")
    terminal.wait_for(SHOWN)
    assert terminal.process.poll() is None


def test_sequences_in_pieces_and_wide_text_are_understood(terminal: Terminal) -> None:
    terminal.press(b"/")
    terminal.settle()
    for piece in (b"\xe6", b"\x97\xa5", b"x\x1b[", b"D", b"y"):
        terminal.press(piece)
    terminal.wait_for("日".encode())
    terminal.settle()
    terminal.press(b"\x1b")
    terminal.settle()
    terminal.press(b"q")
    assert terminal.process.wait(timeout=5) == 0
