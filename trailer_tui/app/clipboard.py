"""Copying text to where the user can paste it: a native tool, tmux, or the terminal itself.

Over SSH a native tool would fill the clipboard of the wrong machine, so there only the terminal is asked (OSC 52).
"""

from __future__ import annotations

import asyncio
import base64
import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence

from trailer_tui.model.errors import TrailerError

OSC52_LIMIT = 74_994
"""Encoded bytes that terminals are known to take in one OSC 52 sequence."""
_TOOL_SECONDS = 3.0
_SCREEN_CHUNK = 240
"""GNU screen cuts longer device control strings."""


class CopyFailed(TrailerError):
    """The text could not be put on any clipboard."""

    code, status, title = "copy-failed", 500, "Not copied"


async def copy(text: str, write: Callable[[str], object], environment: Mapping[str, str] = os.environ) -> str:
    """Copy `text`; returns the way it went, in words: `with wl-copy`, `through the terminal`.

    Args:
        text: what to copy.
        write: writes to the terminal beside the screen, such as the Textual driver's `write`.
        environment: tells of displays, SSH and terminal multiplexers.

    Raises:
        CopyFailed: no way worked, or the text is too long for the one that is left.
    """
    for command in native_commands(environment, sys.platform):
        program = shutil.which(command[0], path=environment.get("PATH"))
        if program is not None and await _run([program, *command[1:]], text):
            return f"with {command[0]}"
    write(terminal_sequence(text, environment))
    return "through the terminal"


def native_commands(environment: Mapping[str, str], platform: str) -> list[list[str]]:
    """The commands to try, best first, installed or not; none whose clipboard is not the user's."""
    commands: list[list[str]] = []
    if not environment.get("SSH_CONNECTION"):
        if platform == "darwin":
            commands.append(["pbcopy"])
        if environment.get("WAYLAND_DISPLAY"):
            commands.append(["wl-copy"])
        if environment.get("DISPLAY"):
            commands += [["xclip", "-selection", "clipboard"], ["xsel", "--clipboard", "--input"]]
    if environment.get("TMUX"):
        commands.append(["tmux", "load-buffer", "-w", "-"])  # its own buffer, and the terminal's clipboard
    return commands


def terminal_sequence(text: str, environment: Mapping[str, str]) -> str:
    """The OSC 52 sequence for `text`, wrapped for the multiplexer around it.

    Raises:
        CopyFailed: the text is too long.
    """
    encoded = base64.b64encode(text.encode("utf-8", "replace")).decode("ascii")
    if len(encoded) > OSC52_LIMIT:
        raise CopyFailed(
            f"the text has {len(encoded):,} encoded bytes and a terminal takes {OSC52_LIMIT:,}",
            hint="copy less, or save the log to a file with s",
        )
    sequence = f"\x1b]52;c;{encoded}\x07"
    if environment.get("TMUX"):
        return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    if environment.get("STY"):
        chunks = (sequence[at : at + _SCREEN_CHUNK] for at in range(0, len(sequence), _SCREEN_CHUNK))
        return "".join(f"\x1bP{chunk}\x1b\\" for chunk in chunks)
    return sequence


async def _run(command: Sequence[str], text: str) -> bool:
    quiet = asyncio.subprocess.DEVNULL  # wl-copy and xclip stay in the background and would hold a pipe open
    try:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.PIPE, stdout=quiet, stderr=quiet
        )
    except OSError:
        return False
    try:
        async with asyncio.timeout(_TOOL_SECONDS):
            await process.communicate(text.encode("utf-8", "replace"))
    except (TimeoutError, OSError):
        if process.returncode is None:
            process.kill()
        return False
    return process.returncode == 0
