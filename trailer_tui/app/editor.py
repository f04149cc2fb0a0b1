"""The user's own editor on a text of the app, while the app steps aside."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from trailer_tui.model.errors import TrailerError

_FALLBACKS = ("sensible-editor", "editor", "nano", "vim", "vi")

Run = Callable[[Sequence[str]], int]
"""Runs a program to its end and returns its exit code; OSError when it cannot be started."""


class EditorFailed(TrailerError):
    """The editor could not be started, or ended with an error."""

    code, title = "editor-failed", "The editor did not do its work"


def editor_command(environment: Mapping[str, str]) -> list[str]:
    """The words of the user's editor: `VISUAL`, else `EDITOR`, else the first usual one that is installed.

    Raises:
        EditorFailed: there is none, or the variable is no command line.
    """
    for variable in ("VISUAL", "EDITOR"):
        value = environment.get(variable, "").strip()
        if not value:
            continue
        try:
            words = shlex.split(value)
        except ValueError as error:
            raise EditorFailed(f"{variable}={value}: {error}", hint=f"set {variable} to a command line") from error
        if words:
            return words
    for name in _FALLBACKS:
        found = shutil.which(name, path=environment.get("PATH"))
        if found:
            return [found]
    raise EditorFailed("no editor is installed", hint="set EDITOR to the editor to use, such as EDITOR=vim")


def edit_text(
    text: str,
    *,
    filename: str,
    suspend: Callable[[], AbstractContextManager[None]],
    environment: Mapping[str, str] | None = None,
    run: Run | None = None,
) -> str:
    """The text after the user edited it.

    The file lies in a folder of its own that only the user can open, and is removed afterwards; when the editor fails
    after it changed the file, the file stays and the error names it.

    Args:
        text: what to edit.
        filename: gives editors the right highlighting.
        suspend: makes the app give up the terminal, such as `App.suspend`.
        environment: where `VISUAL`, `EDITOR` and `PATH` are read; the process's own by default.
        run: starts the editor; by default in the foreground of this terminal.

    Raises:
        EditorFailed: the file could not be written, the editor could not be started, ended with an error, or left
            something that is no UTF-8 text.
    """
    command = editor_command(os.environ if environment is None else environment)
    if run is None and shutil.which(command[0]) is None:
        raise EditorFailed(f"{command[0]} is not installed", hint="set EDITOR to an editor that is, such as EDITOR=vi")
    path = _private_file(filename, text)
    folder = path.parent
    try:
        with suspend():
            outcome = _outcome(run or _run, [*command, str(path)])
        if outcome:
            raise EditorFailed(f"{shlex.join(command)}: {outcome}", hint=_hint(path, text))
        edited = path.read_bytes().decode("utf-8", "surrogatepass")
    except (OSError, UnicodeDecodeError) as error:
        raise EditorFailed(f"{shlex.join(command)}: {error}", hint=_hint(path, text)) from error
    finally:
        if not _is_kept(path, text):
            shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)
    return _without_added_line_break(text, edited)


def _private_file(filename: str, text: str) -> Path:
    """A new file with `text` in a folder of its own."""
    folder: Path | None = None
    try:
        folder = Path(tempfile.mkdtemp(prefix="trailer-edit-"))
        path = folder / filename
        path.touch(mode=0o600)
        path.write_bytes(_encoded(text))
    except OSError as error:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
        raise EditorFailed(
            f"the text could not be put into a file: {error.strerror or error}",
            hint="make room in the folder for temporary files, or name another with TMPDIR",
        ) from error
    return path


def _encoded(text: str) -> bytes:
    """As bytes, and line breaks as they are: what the editor leaves alone must come back the same."""
    return text.encode("utf-8", "surrogatepass")


def _outcome(run: Run, command: Sequence[str]) -> str:
    """What went wrong, or nothing; an exception would leave the app suspended."""
    try:
        exit_code = run(command)
    except FileNotFoundError:
        return "is not installed, or not in PATH"
    except OSError as error:
        return str(error.strerror or error)
    return f"ended with exit code {exit_code}" if exit_code else ""


def _run(command: Sequence[str]) -> int:
    return subprocess.run(command, check=False).returncode


def _is_kept(path: Path, text: str) -> bool:
    """Whether the file holds work of the user that the app has not taken back."""
    try:
        return path.read_bytes() != _encoded(text)
    except OSError:
        return False


def _hint(path: Path, text: str) -> str:
    kept = f"; what you edited is in {path}" if _is_kept(path, text) else ""
    return f"the text in the form is as it was before{kept}"


def _without_added_line_break(before: str, after: str) -> str:
    """Editors end every file with a line break; that alone is no change."""
    return before if after == before + "\n" else after
