"""`trailer password`: a password goes in from standard input or a file, and nothing ever prints one."""

from __future__ import annotations

import asyncio
import io
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Trailer
from tests.cli.records import at, make, whole, windows
from tests.support.live_server import LiveServer
from tests.support.terminal import Terminal
from trailer_tui import locations
from trailer_tui.store.store import Store

PASSWORD = "hunter2 ÿ$(x)"


def pipe(monkeypatch: pytest.MonkeyPatch, value: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(value)))


def stored(server: LiveServer, image_id: int) -> str | None:
    """The password as a container would get it, past all interfaces; the server ends."""
    server.stop()

    async def look() -> str | None:
        from datetime import UTC, datetime

        store = await Store.open(locations.data_folder(), clock=lambda: datetime.now(UTC))
        try:
            return await store.windows_passwords.of(image_id)
        finally:
            await store.close()

    return asyncio.run(look())


@pytest.fixture
def image_id(server: LiveServer) -> int:
    """A Windows image named desk."""
    found: int = at(server, lambda client: client.create_image(windows(), build=False)).id
    return found


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_pipe_is_kept_without_its_line_end(
    server: LiveServer, image_id: int, trailer: Trailer, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    pipe(monkeypatch, f"{PASSWORD}{end}".encode())
    outcome = trailer("password", "desk")
    assert (outcome.code, outcome.out) == (0, "desk: its Windows password is stored\n")
    assert trailer("show", "desk", "--json").json["windows_password_set"]
    assert "Password     set\n" in trailer("show", "desk").out
    assert PASSWORD not in trailer("show", "desk", "--json").out + trailer("show", "desk").out
    assert stored(server, image_id) == PASSWORD


def test_a_file_replaces_an_earlier_one(server: LiveServer, image_id: int, trailer: Trailer, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("first\n")
    trailer("password", "desk", "--file", str(tmp_path / "password"))
    (tmp_path / "password").write_text("second")
    outcome = trailer("password", "desk", "--file", str(tmp_path / "password"))
    assert outcome.out == "desk: its Windows password is stored, in place of the earlier one\n"
    assert stored(server, image_id) == "second"


@pytest.mark.terminal
@pytest.mark.parametrize(
    ("again", "told", "kept"),
    [
        ("geheim ü", "desk: its Windows password is stored", "geheim ü"),
        ("geheim u", "the two are not the same", None),
    ],
)
def test_a_person_types_twice_without_echo(
    server: LiveServer, image_id: int, again: str, told: str, kept: str | None
) -> None:
    with Terminal([sys.executable, "-m", "trailer_tui", "password", "desk"]) as terminal:
        terminal.wait_for("Windows password of desk (not shown):")
        terminal.press("geheim ü", "enter")
        terminal.wait_for("The same again:")
        terminal.press(again, "enter")
        terminal.wait_for(told)
        assert "geheim" not in terminal.text()
    assert stored(server, image_id) == kept


@pytest.mark.parametrize(
    ("value", "told"),
    [(b"", "too short"), (b"x" * 128, "too long"), (b"hun\tter2", "control character"), (b"hunter\xff", "no UTF-8")],
)
def test_what_cannot_be_one_is_refused_and_not_repeated(
    image_id: int, trailer: Trailer, monkeypatch: pytest.MonkeyPatch, value: bytes, told: str
) -> None:
    pipe(monkeypatch, value)
    refused = trailer("password", "desk")
    assert refused.code == 1
    assert told in refused.err
    assert not any(part in refused.err for part in ("hun", "ter2", "xxx"))


def test_an_argument_is_no_place_for_one(image_id: int, trailer: Trailer) -> None:
    refused = trailer("password", "desk", "hunter2")
    assert refused.code == 1
    assert "never an argument" in refused.err
    assert "hunter2" not in refused.err


def test_only_windows_images_have_one(server: LiveServer, trailer: Trailer) -> None:
    make(server, whole())
    refused = trailer("password", "whole")
    assert refused.code == 1
    assert "whole is no Windows image" in refused.err
