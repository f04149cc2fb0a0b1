r"""Files of a Windows image: they lie in /oem, and a script puts them in place at the end of the installation.

The installation copies /oem to C:\OEM and runs its install.bat once (source: dockur/windows, docs and scripts).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from trailer_tui.model.errors import FieldProblem, InvalidInput

STAGE = "/oem/files"
"""Where the n-th entry lies, in a folder named by its number."""
SCRIPT = "/oem/install.bat"

_FORBIDDEN = re.compile(r'[<>:"|?*]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class WindowsPlace:
    """Where an entry goes."""

    folder: str
    r"""`C:\tools`, without a backslash at its end but for `C:\` itself."""
    name: str
    """The new name of a file; empty when it keeps its own."""


def windows_place(number: int, destination: str, *, kept_name: str, fills_folder: bool) -> WindowsPlace:
    r"""The place that a destination such as `C:\tools\` or `C:/tools/app.exe` means.

    Args:
        number: of the entry, from 0.
        destination: as the user wrote it.
        kept_name: what the file is called in a folder.
        fills_folder: the entry is a folder's content, and so is its destination a folder.

    Raises:
        InvalidInput: Windows has no such path, or the installation's script cannot hold it.
    """
    path = destination[2:].replace("/", "\\")
    parts = [part for part in path.split("\\") if part not in ("", ".")]
    is_folder = fills_folder or path.endswith("\\") or not parts
    for part in parts:
        if reason := _reason_against(part):
            raise _refused(number, "destination", destination, reason)
    name = "" if is_folder else parts.pop()
    if not fills_folder and not name and (reason := _reason_against(kept_name)):
        raise _refused(number, "file", kept_name, f"{reason}, or name the file in the destination")
    return WindowsPlace("\\".join(["C:", *parts]) if parts else "C:\\", name)


def install_script(folders: Sequence[tuple[int, str]]) -> str:
    r"""The text of install.bat, with the line ends of DOS.

    Args:
        folders: number of each entry, from 1, and the folder that its content goes to.
    """
    lines = ["@echo off", "rem Written by Trailer: puts the files of this image in place."]
    for number, folder in folders:
        # A backslash before the closing quote would quote it.
        target = folder.replace("%", "%%") + ("." if folder.endswith("\\") else "")
        lines += [
            f'if not exist "{target}" mkdir "{target}"',
            f'xcopy "C:\\OEM\\files\\{number}" "{target}" /E /I /H /K /Q /Y',
        ]
    return "".join(f"{line}\r\n" for line in [*lines, "exit /b 0"])


def _reason_against(part: str) -> str:
    if _FORBIDDEN.search(part):
        return 'has a character that Windows refuses in names: leave out < > : " | ? *'
    if not part.isascii():
        return "has letters beyond ASCII, which the script of the installation cannot hold: write it in ASCII"
    if part.endswith((".", " ")) or _RESERVED.fullmatch(part):
        return "has a name that Windows keeps for itself or ends with a dot or blank: choose another"
    return ""


def _refused(number: int, field: str, value: str, reason: str) -> InvalidInput:
    problem, _, remedy = reason.partition(": ")
    found = FieldProblem(f"configuration.files.{number}.{field}", value[:80], problem, remedy)
    return InvalidInput(found.sentence(), fields=(found,))
