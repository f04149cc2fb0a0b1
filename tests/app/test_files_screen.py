"""The Files area over the real server: what is stored, found, changed and deleted by keys alone."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.app.driving import Driven, app_over_a_socket
from tests.service.test_content_type import TAR
from tests.support.live_server import LiveServer, live_server
from trailer_tui.app.files.columns import PADDING, lay_out
from trailer_tui.app.files.local_file import PathSuggester, read_file
from trailer_tui.app.files.order import FileOrder, FileSort, matching
from trailer_tui.model.errors import InvalidInput
from trailer_tui.model.image import ImageDraft, WriteConfiguration
from trailer_tui.model.image_file import ArchiveFile
from trailer_tui.model.stored_file import FileRecord


@pytest.fixture
def server() -> Iterator[LiveServer]:
    with live_server() as running:
        yield running


@asynccontextmanager
async def files_of(server: LiveServer, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Driven]:
    """The Files area, read."""
    async with app_over_a_socket(server, size) as driven:
        await driven.press("4")
        await driven.expect(lambda: "No files yet" in driven.text or "Used by" in driven.text.split("───")[-1])
        yield driven


def row(driven: Driven, name: str) -> str:
    """The table's line of a file."""
    return next(line for line in driven.lines if line.strip().startswith(name))


async def use(server: LiveServer, image: str, file: str) -> int:
    """An image that adds the file."""
    configuration = WriteConfiguration(
        image_name="x:1", dockerfile="FROM scratch\n", files=[ArchiveFile(file=file, destination="/opt/")]
    )
    async with server.client() as client:
        made = await client.create_image(ImageDraft(name=image, host_id=1, configuration=configuration), build=False)
    return made.id


async def test_a_file_is_uploaded_and_its_name_follows_the_path(
    server: LiveServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tool.tar.gz").write_bytes(gzip.compress(TAR))
    async with files_of(server) as driven:
        await driven.press("n")
        await driven.type("too")
        await driven.expect_shown("tool.tar.gz")
        await driven.press("right", "enter", "enter")
        await driven.type("for [red]all")
        await driven.press("enter")
        await driven.expect_shown("Stored tool.tar.gz")
        assert "tar.gz" in row(driven, "tool.tar.gz")
        assert "unpacked into its destination" in driven.text
        assert "for [red]all" in driven.text
    async with server.client() as client:
        [stored] = await client.files()
        assert (stored.name, stored.is_tar) == ("tool.tar.gz", True)


async def test_an_address_is_stored_and_a_login_in_it_is_not(server: LiveServer) -> None:
    async with files_of(server) as driven:
        await driven.press("n")
        await driven.type("http://a:pw-7@h/page")
        await driven.press("enter", "enter", "enter")
        await driven.expect_shown("✖ has a login in it")
        await driven.press(
            "shift+tab", "shift+tab", *["home"], *["right"] * len("http://"), *["delete"] * len("a:pw-7@")
        )
        await driven.expect(lambda: "http://h/page " in driven.text)
        await driven.press("enter", "enter", "enter")
        await driven.expect_shown("Stored page")
        assert "URL" in row(driven, "page")
        assert "fetched by every build" in driven.text


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "nothing to store yet"),
        ("/no/such/file", "is not there"),
        ("/tmp", "is a folder"),
        ("https://host.lan/", "the name is empty"),
    ],
)
async def test_what_cannot_be_stored_is_told_and_stays(server: LiveServer, typed: str, told: str) -> None:
    async with files_of(server) as driven:
        await driven.press("n")
        await driven.type(typed)
        await driven.press("enter", "enter", "enter")
        await driven.expect_shown(told)
        assert typed in driven.text
        await driven.press("escape")
        if typed:
            await driven.expect_shown("Drop what you typed?")
            await driven.press("escape")
            await driven.expect(lambda: "Drop what you typed?" not in driven.text and typed in driven.text)
            await driven.press("escape")
            await driven.expect_shown("Drop what you typed?")
            await driven.press("tab", "enter")
        await driven.expect_shown("No files yet")


async def test_a_large_file_is_refused_with_its_size(
    server: LiveServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "big").write_bytes(bytes(5_000_001))
    async with files_of(server, (120, 40)) as driven:
        await driven.press("n")
        await driven.type("big")
        await driven.press("ctrl+o")
        await driven.expect_shown("has 5,000,001 bytes")


async def test_name_and_description_change_and_a_used_name_stays(server: LiveServer) -> None:
    async with server.client() as client:
        await client.upload_file("notes", b"x", description="old")
    async with files_of(server) as driven:
        await driven.press("enter")
        await driven.expect_shown("Name in the archive")
        await driven.press("end", *["backspace"] * 3)
        await driven.type("new")
        await driven.press("shift+tab", "2", "enter", "enter")
        await driven.expect_shown("Saved notes2")
        image = await use(server, "tools", "notes2")
        await driven.expect(lambda: "tools" in row(driven, "notes2"))
        assert "Used by tools" in driven.text
        await driven.press("enter")
        await driven.expect_shown("Name in the archive")
        await driven.press("shift+tab", "3", "escape")
        assert "Delete (in use)" in driven.text
        await driven.press("d")
        assert "Delete notes2?" not in driven.text
        async with server.client() as client:
            await client.delete_image(image)
        await driven.expect(lambda: "no image" in row(driven, "notes2"))
    async with server.client() as client:
        assert [(file.name, file.description) for file in await client.files()] == [("notes2", "new")]


async def test_delete_asks_with_the_focus_on_cancel(server: LiveServer) -> None:
    async with server.client() as client:
        await client.upload_file("notes", b"x" * 1500)
    async with files_of(server) as driven:
        await driven.press("d")
        await driven.expect_shown("1.5 kB of content will be gone")
        await driven.press("enter")
        await driven.expect(lambda: "Delete notes?" not in driven.text)
        assert row(driven, "notes")
        await driven.press("d", "y")
        await driven.expect_shown("No files yet")


async def test_others_changes_show_and_search_and_order_stay(server: LiveServer) -> None:
    async with server.client() as client, files_of(server, (120, 40)) as driven:
        for name, content in (("b-notes", b"xx"), ("a-notes", b"x"), ("tool", b"xxx")):
            await client.upload_file(name, content)
        await driven.expect_shown("tool")
        await driven.press("slash")
        await driven.type("NOTE")
        await driven.expect(lambda: "tool" not in driven.text)
        await driven.press("enter", "O")
        names = [line.split()[0] for line in driven.lines if "-notes" in line]
        assert names == ["b-notes", "a-notes"]
        await client.upload_file("c-notes", b"")
        await driven.expect_shown("c-notes")
        assert "Name ↓" in driven.text
        await driven.press("o", "j", "j", "enter")
        await driven.expect_shown("Size ↓")
        assert [line.split()[0] for line in driven.lines if "-notes" in line] == ["b-notes", "a-notes", "c-notes"]
        await driven.press("escape")
        await driven.expect_shown("tool")


def record(name: str, **changes: Any) -> FileRecord:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    values: dict[str, Any] = {"id": 1, "owner": "ada", "name": name, "kind": "upload", "size": 1}
    return FileRecord.model_validate(values | {"created_at": moment, "updated_at": moment} | changes)


def test_every_order_has_equal_ones_by_name() -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    files = [
        record("b", size=1, content_type="text/plain"),
        record("a", size=1, content_type="text/plain", updated_at=moment + timedelta(1)),
        record("C", size=None, kind="url", url="https://h/x"),
    ]
    ordered = {sort: "".join(file.name for file in FileOrder(sort).of(files)) for sort in FileSort}
    assert ordered == {FileSort.NAME: "abC", FileSort.TYPE: "abC", FileSort.SIZE: "Cab", FileSort.UPDATED: "bCa"}
    assert [file.name for file in matching(files, "c")] == ["C"]


@given(st.integers(80, 300), st.text(max_size=60), st.sampled_from(FileSort))
def test_every_cell_is_as_wide_as_its_column(width: int, name: str, sort: FileSort) -> None:
    columns = lay_out(width, FileOrder(sort))
    cells = [column.cell(record(name, url=name, used_by=[name]), 1e9) for column in columns]
    assert [cell_len(cell) for cell in cells] == [column.width for column in columns]
    assert sum(column.width + PADDING for column in columns) + 1 <= width


async def test_a_path_is_completed_as_far_as_it_is_clear(tmp_path: Path) -> None:
    for name in ("report-1.txt", "report-2.txt", ".hidden", "other"):
        (tmp_path / name).touch()
    (tmp_path / "folder").mkdir()
    suggester = PathSuggester()
    assert await suggester.get_suggestion(f"{tmp_path}/re") == f"{tmp_path}/report-"
    assert await suggester.get_suggestion(f"{tmp_path}/report-2") == f"{tmp_path}/report-2.txt"
    assert await suggester.get_suggestion(f"{tmp_path}/fo") == f"{tmp_path}/folder/"
    assert await suggester.get_suggestion(f"{tmp_path}/.h") == f"{tmp_path}/.hidden"
    for nothing in ("", f"{tmp_path}/x", f"{tmp_path}/none/x", "https://host.lan/x", "a\0/"):
        assert await suggester.get_suggestion(nothing) is None


@pytest.mark.parametrize("path", ["~nobody-of-this-name/x", "a\0b", "/none", "/"])
def test_a_path_that_cannot_be_read_is_told(path: str) -> None:
    with pytest.raises(InvalidInput):
        read_file(path)
