"""`trailer files`: what goes in comes out, and what images use stays."""

from __future__ import annotations

import asyncio
import gzip
import io
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Trailer
from tests.service.test_content_type import TAR
from tests.support.terminal import Terminal
from trailer_tui import locations
from trailer_tui.client.client import TrailerClient
from trailer_tui.model.image import ImageDraft, WriteConfiguration
from trailer_tui.model.image_file import ArchiveFile

pytestmark = pytest.mark.usefixtures("server")


def use(image: str, file: str) -> None:
    """An image that adds the file."""

    async def make() -> None:
        async with TrailerClient(locations.socket_path()) as client:
            entry = ArchiveFile(file=file, destination="/opt/")
            configuration = WriteConfiguration(image_name="x:1", dockerfile="FROM scratch\n", files=[entry])
            await client.create_image(ImageDraft(name=image, host_id=1, configuration=configuration), build=False)

    asyncio.run(make())


def test_a_file_comes_back_byte_for_byte(trailer: Trailer, tmp_path: Path) -> None:
    content = gzip.compress(TAR)
    (tmp_path / "tool.tgz").write_bytes(content)
    made = trailer("files", "add", str(tmp_path / "tool.tgz"), "--description", "a tool")
    assert made.code == 0
    assert made.out == f"tool.tgz: stored, {len(content)} B, application/x-compressed-tar, unpacked by builds\n"
    got = trailer("files", "get", "tool.tgz", "--output", str(tmp_path / "copy"))
    assert got.code == 0
    assert (tmp_path / "copy").read_bytes() == content
    shown = trailer("files", "show", "tool.tgz").out
    assert "a tool" in shown
    assert "no image" in shown


def test_standard_input_is_a_file_with_a_name(trailer: Trailer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xff\x00")))
    assert "give one with --name" in trailer("files", "add", "-").err
    assert trailer("files", "add", "-", "--name", "data", "--json").json["size"] == 2


def test_the_list_and_its_names(trailer: Trailer, tmp_path: Path) -> None:
    assert "no files" in trailer("files").err
    (tmp_path / "settings.json").write_text("{}")
    trailer("files", "add", str(tmp_path / "settings.json"))
    assert trailer("files", "add-url", "https://host.lan/a/page.html?raw=1").out.startswith(
        "page.html: stored, https://"
    )
    use("tools", "settings.json")
    table = [line.split() for line in trailer("files").out.splitlines()]
    assert table[0] == ["NAME", "TYPE", "SIZE", "UPDATED", "USED", "BY", "URL", "OWNER"]
    assert [row[0] for row in table[1:]] == ["page.html", "settings.json"]
    assert {file["name"]: file["used_by"] for file in trailer("files", "--json").json} == {
        "page.html": [],
        "settings.json": ["tools"],
    }
    assert trailer("_complete", "files", "rm", "se").out == "settings.json\n"
    assert trailer("_complete", "files", "show", "").out.split() == ["page.html", "settings.json"]


def test_a_file_in_use_stays(trailer: Trailer, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    (tmp_path / "b").write_text("y")
    for name in ("a", "b"):
        trailer("files", "add", str(tmp_path / name))
    use("tools", "a")
    refused = trailer("files", "rm", "b", "a")
    assert refused.code == 1
    assert refused.out == "b: deleted\n"
    assert "used by tools" in refused.err
    assert "cannot be renamed: it is used by tools" in trailer("files", "edit", "a", "--name", "c").err
    assert trailer("files", "edit", "a", "--description", "of a").code == 0
    assert trailer("files", "show", "a", "--json").json["description"] == "of a"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["show", "nothing"], "no file is named nothing"),
        (["add", "/no/such"], "/no/such cannot be read: No such file"),
        (["add", "/etc"], "cannot be read: Is a directory"),
        (["add-url", "https://ada:pw-7@host.lan/x"], "has a login in it"),
        (["add-url", "https://host.lan/"], "ends in no name"),
        (["add-url", "ftp://host.lan/x"], "is no URL"),
    ],
)
def test_what_cannot_be_done_is_told(trailer: Trailer, words: list[str], told: str) -> None:
    refused = trailer("files", *words)
    assert refused.code == 1
    assert told in refused.err
    assert "pw-7" not in refused.err


def test_a_large_file_is_refused_with_its_size(trailer: Trailer, tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(bytes(5_000_001))
    refused = trailer("files", "add", str(tmp_path / "big"))
    assert refused.code == 1
    assert "has 5,000,001 bytes, and at most 5,000,000 (5 MB)" in refused.err


@pytest.mark.terminal
def test_a_terminal_shows_text_and_nothing_else(trailer: Trailer, tmp_path: Path) -> None:
    (tmp_path / "text").write_bytes(b"a \x1b]0;title\x07 b\n")
    (tmp_path / "binary").write_bytes(b"\xff")
    for name in ("text", "binary"):
        trailer("files", "add", str(tmp_path / name))
    for name, shown in (("text", "a \N{SYMBOL FOR ESCAPE}]0;title"), ("binary", "which a terminal cannot show")):
        with Terminal([sys.executable, "-m", "trailer_tui", "files", "get", name]) as terminal:
            terminal.wait_for(shown)
