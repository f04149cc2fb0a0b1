"""Where things lie, with and without the XDG variables."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from trailer_tui import locations


def test_the_overrides_win(tmp_path: Path) -> None:
    assert locations.data_folder() == tmp_path / "data"
    assert locations.socket_path() == tmp_path / "run" / "trailer.sock"


def test_the_socket_lies_in_the_runtime_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRAILER_SOCKET")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert locations.socket_path() == tmp_path / "trailer" / "trailer.sock"


def test_without_a_runtime_folder_the_socket_carries_the_uid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRAILER_SOCKET")
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/does/not/exist")
    assert locations.socket_path().parent.name == f"trailer-{os.getuid()}"


def test_relative_xdg_folders_are_ignored_as_the_specification_says(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TRAILER_DATA")
    monkeypatch.setenv("XDG_DATA_HOME", "relative")
    assert locations.data_folder() == own_home / ".local/share/trailer"
