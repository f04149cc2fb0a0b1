"""How the Files area looks, compared with kept pictures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tests.app.server_stand_in import NOW, ServerStandIn, image_row
from tests.app.test_pictures import SIZES, Compare, app_for, keys
from trailer_tui.model.stored_file import FileRecord


class _Archive(ServerStandIn):
    """A server with some files."""

    async def files(self) -> list[FileRecord]:
        """Uploads and addresses."""
        long = "https://downloads.example.org/releases/2026/tool-1.2.3-linux-x86_64.tar.gz"
        return [
            _record(1, "settings.json", size=812, content_type="application/json", used_by=["torch-dev"]),
            _record(2, "tool.tar.gz", size=1_204_000, content_type="application/x-compressed-tar", used_by=["a", "b"]),
            _record(3, "tool-1.2.3-linux-x86_64.tar.gz", kind="url", url=long, description="of its [red]makers"),
            _record(4, "dotfiles", kind="url", url="git@git.lan:team/dotfiles.git#main"),
            _record(5, "日本語.txt", size=9, content_type="text/plain", owner="grace"),
        ]


def _record(number: int, name: str, **values: object) -> FileRecord:
    moment = datetime.fromtimestamp(NOW - 4000 * number, UTC)
    known = {"id": number, "owner": "ada", "name": name, "kind": "upload", "sha256": "ab" * 32, "created_at": moment}
    return FileRecord.model_validate(known | {"updated_at": moment} | values)


def _archive() -> ServerStandIn:
    return _Archive([image_row(1)])


@pytest.fixture(autouse=True)
def one_time_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Details show the local time."""
    monkeypatch.setattr("trailer_tui.app.dialogs.archive_file._moment", lambda _: "2026-03-01 12:00")


@pytest.mark.parametrize("size", SIZES)
def test_files(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(app_for(_archive()), terminal_size=size, run_before=keys("4", "down", "down", "down"))


@pytest.mark.parametrize("pressed", [("n",), ("enter",)], ids=["new", "details"])
def test_a_file(snap_compare: Callable[..., bool], pressed: tuple[str, ...]) -> None:
    assert snap_compare(app_for(_archive()), terminal_size=(80, 24), run_before=keys("4", "down", *pressed))
