"""Text reaches the clipboard of the machine that the user sits at."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from trailer_tui.app.clipboard import CopyFailed, copy, native_commands, terminal_sequence


def tool(folder: Path, name: str, *, fails: bool = False) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n/bin/cat > {folder}/{name}.pasted\nexit {int(fails)}\n")
    path.chmod(0o755)
    return folder / f"{name}.pasted"


async def test_a_native_tool_is_used_on_this_machine(tmp_path: Path) -> None:
    pasted = tool(tmp_path / "bin", "wl-copy")
    written: list[str] = []
    environment = {"WAYLAND_DISPLAY": "wayland-0", "PATH": str(tmp_path / "bin")}
    assert await copy("héllo", written.append, environment) == "with wl-copy"
    assert pasted.read_text() == "héllo"
    assert written == []


async def test_over_ssh_the_terminal_is_asked(tmp_path: Path) -> None:
    pasted = tool(tmp_path / "bin", "xclip")
    written: list[str] = []
    environment = {"DISPLAY": ":0", "SSH_CONNECTION": "a 1 b 2", "PATH": str(tmp_path / "bin")}
    assert await copy("text", written.append, environment) == "through the terminal"
    assert written == [f"\x1b]52;c;{base64.b64encode(b'text').decode()}\x07"]
    assert not pasted.exists()


async def test_a_tool_that_fails_is_passed_over(tmp_path: Path) -> None:
    tool(tmp_path / "bin", "xclip", fails=True)
    written: list[str] = []
    environment = {"DISPLAY": ":0", "PATH": str(tmp_path / "bin")}
    assert await copy("text", written.append, environment) == "through the terminal"
    assert len(written) == 1


def test_tmux_is_asked_itself_and_lets_the_sequence_through(tmp_path: Path) -> None:
    environment = {"TMUX": "/tmp/tmux,1,0", "PATH": str(tmp_path)}
    assert native_commands(environment, "linux") == [["tmux", "load-buffer", "-w", "-"]]
    assert terminal_sequence("x", environment).startswith("\x1bPtmux;\x1b\x1b]52;c;")


async def test_too_much_text_is_refused_with_the_limit(tmp_path: Path) -> None:
    written: list[str] = []
    with pytest.raises(CopyFailed, match=r"74,994"):
        await copy("x" * 60_000, written.append, {"PATH": str(tmp_path)})
    assert written == []
    terminal_sequence("x" * 56_200, {})
