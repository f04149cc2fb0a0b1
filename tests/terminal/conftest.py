"""The installed command in a pseudo-terminal, with a server of its own and a real engine."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from tests.support.terminal import Terminal

TRAILER = [sys.executable, "-m", "trailer_tui"]

OpenApp = Callable[..., Terminal]
Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def trailer(docker_host: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Command]:
    """Runs one `trailer` command on a server whose host `local` is the tests' engine; the server ends with the test."""
    monkeypatch.setenv("DOCKER_HOST", docker_host)

    def run(*arguments: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*TRAILER, *arguments], input=given, capture_output=True, text=True, check=False, timeout=120
        )

    yield run
    run("stop", "--now")


@pytest.fixture
def open_app(trailer: Command) -> Iterator[OpenApp]:
    """Opens the app in a pseudo-terminal; every one still open is closed at the end."""
    opened: list[Terminal] = []

    def start(columns: int = 80, rows: int = 24) -> Terminal:
        terminal = Terminal(TRAILER, columns=columns, rows=rows)
        opened.append(terminal)
        terminal.wait_for(lambda screen: re.search(r"[1-9]/\d+ host", screen) is not None and " of " in screen)
        return terminal

    yield start
    for terminal in opened:
        terminal.close()
