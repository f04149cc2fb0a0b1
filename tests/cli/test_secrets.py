"""`trailer secrets`: a value goes in from standard input or a file, and nothing ever prints one."""

from __future__ import annotations

import asyncio
import io
import sqlite3
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Trailer
from tests.support.terminal import Terminal
from trailer_tui import locations
from trailer_tui.client.client import TrailerClient
from trailer_tui.model.image import ImageDraft, WriteConfiguration
from trailer_tui.store.secret_key import SecretKey

pytestmark = pytest.mark.usefixtures("server")

VALUE = b"hunter22-\xff\x00\n"


def pipe(monkeypatch: pytest.MonkeyPatch, value: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(value)))


def stored(name: str) -> bytes:
    """The value as a build would get it, past all interfaces."""
    with sqlite3.connect(locations.data_folder() / "trailer.db") as connection:
        owner, ciphertext = connection.execute(
            "SELECT owner, ciphertext FROM secrets WHERE name = ?", (name,)
        ).fetchone()
    return SecretKey(locations.data_folder()).decrypt(owner, name, ciphertext)


def test_a_pipe_is_kept_byte_for_byte(trailer: Trailer, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe(monkeypatch, VALUE)
    made = trailer("secrets", "set", "pip-token")
    assert made.code == 0
    assert made.out == "pip-token: stored, 12 B\n"
    assert stored("pip-token") == VALUE
    pipe(monkeypatch, b"other")
    assert "in place of the earlier value" in trailer("secrets", "set", "pip-token").out
    assert stored("pip-token") == b"other"


def test_a_file_is_kept_byte_for_byte(trailer: Trailer, tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(VALUE)
    assert trailer("secrets", "set", "key", "--file", str(tmp_path / "key")).code == 0
    assert stored("key") == VALUE
    missing = trailer("secrets", "set", "key", "--file", str(tmp_path / "nothing"))
    assert missing.code == 1
    assert "nothing cannot be read: No such file" in missing.err


@pytest.mark.terminal
def test_a_person_types_without_echo() -> None:
    with Terminal([sys.executable, "-m", "trailer_tui", "secrets", "set", "typed"]) as terminal:
        terminal.wait_for("Value of typed (not shown):")
        terminal.press("geheim ü", "enter")
        terminal.wait_for("typed: stored, 9 B")
        assert "geheim" not in terminal.text()
    assert stored("typed") == "geheim ü".encode()


def test_the_list_tells_names_sizes_and_users(trailer: Trailer, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "no build secrets" in trailer("secrets").err
    pipe(monkeypatch, VALUE)
    trailer("secrets", "set", "pip-token")
    use("tools", "pip-token")
    table = trailer("secrets").out.splitlines()
    assert table[0].split() == ["NAME", "SIZE", "UPDATED", "USED", "BY", "OWNER"]
    assert table[1].split()[:3] == ["pip-token", "12", "B"]
    [entry] = trailer("secrets", "--json").json
    assert (entry["name"], entry["size"], entry["used_by"]) == ("pip-token", 12, ["tools"])
    assert set(entry) == {"name", "owner", "size", "created_at", "updated_at", "used_by"}


def use(image: str, secret: str) -> None:
    """An image whose configuration names the secret."""

    async def make() -> None:
        async with TrailerClient(locations.socket_path()) as client:
            configuration = WriteConfiguration(image_name="x:1", dockerfile="FROM scratch\n", secrets=[secret])
            draft = ImageDraft(name=image, host_id=1, configuration=configuration)
            await client.create_image(draft, build=False)

    asyncio.run(make())


def test_one_in_use_is_kept_unless_forced(trailer: Trailer, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe(monkeypatch, VALUE)
    trailer("secrets", "set", "pip-token")
    use("tools", "pip-token")
    refused = trailer("secrets", "rm", "pip-token")
    assert refused.code == 1
    assert "used by tools" in refused.err
    assert trailer("secrets", "rm", "pip-token", "--force").out == "pip-token: deleted\n"
    assert "has no build secret pip-token" in trailer("secrets", "rm", "pip-token").err


def test_a_value_among_the_arguments_is_refused_without_its_words(trailer: Trailer) -> None:
    refused = trailer("secrets", "set", "pip-token", "hunter22")
    assert refused.code == 1
    assert "never an argument" in refused.err
    assert "hunter22" not in refused.err
    assert trailer("secrets", "--json").json == []


@pytest.mark.parametrize("name", ["..", "a/b", "", "ü", "x" * 129, "-x", ":x"])
def test_what_can_be_no_name(trailer: Trailer, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe(monkeypatch, VALUE)
    refused = trailer("secrets", "set", "--", name)
    assert refused.code == 1
    assert "is no name for a build secret" in refused.err


def test_a_name_may_hold_a_host_and_its_port(trailer: Trailer, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe(monkeypatch, VALUE)
    assert trailer("secrets", "set", "GIT_AUTH_TOKEN.git.lan:3000").code == 0
    assert [secret["name"] for secret in trailer("secrets", "--json").json] == ["GIT_AUTH_TOKEN.git.lan:3000"]
    assert trailer("secrets", "rm", "GIT_AUTH_TOKEN.git.lan:3000").code == 0


@pytest.mark.parametrize(("value", "told"), [(b"", "is empty"), (b"x" * (500 * 1024 + 1), "at most 500 KiB")])
def test_the_size_has_limits(trailer: Trailer, monkeypatch: pytest.MonkeyPatch, value: bytes, told: str) -> None:
    pipe(monkeypatch, value)
    refused = trailer("secrets", "set", "big")
    assert refused.code == 1
    assert told in refused.err


def test_the_largest_value_is_taken(trailer: Trailer, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe(monkeypatch, b"x" * 500 * 1024)
    assert trailer("secrets", "set", "big").code == 0
    assert len(stored("big")) == 500 * 1024


def test_names_are_completed(trailer: Trailer, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe(monkeypatch, VALUE)
    trailer("secrets", "set", "pip-token")
    assert trailer("_complete", "secrets", "rm", "pi").out == "pip-token\n"
    assert trailer("_complete", "new", "x", "--secret", "").out == "pip-token\n"
