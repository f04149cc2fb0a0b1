"""The installed command in a pseudo-terminal, with a server of its own and a real engine."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.support.terminal import Terminal

TRAILER = [sys.executable, "-m", "trailer_tui"]

OpenApp = Callable[..., Terminal]
Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def trailer(docker_host: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Command]:
    """Runs one `trailer` command on a server whose host `local` is the tests' engine; the server ends with the test."""
    with commands(docker_host, monkeypatch) as run:
        yield run


@contextmanager
def commands(address: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Command]:
    """Runs `trailer` commands on a server whose host `local` is the engine at `address`; the server ends at the end."""
    monkeypatch.setenv("DOCKER_HOST", address)

    def run(*arguments: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*TRAILER, *arguments], input=given, capture_output=True, text=True, check=False, timeout=120
        )

    try:
        yield run
    finally:
        run("stop", "--now")


@pytest.fixture
def open_app(trailer: Command) -> Iterator[OpenApp]:
    """Opens the app in a pseudo-terminal; every one still open is closed at the end."""
    with opening() as start:
        yield start


@contextmanager
def opening() -> Iterator[OpenApp]:
    """Opens the app in pseudo-terminals; every one still open is closed at the end."""
    opened: list[Terminal] = []

    def start(columns: int = 80, rows: int = 24) -> Terminal:
        terminal = Terminal(TRAILER, columns=columns, rows=rows)
        opened.append(terminal)
        terminal.wait_for(lambda screen: re.search(r"[1-9]/\d+ host", screen) is not None and " of " in screen)
        return terminal

    try:
        yield start
    finally:
        for terminal in opened:
            terminal.close()
