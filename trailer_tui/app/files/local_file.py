"""Files of this machine that are to be uploaded: read, and found while their path is typed."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from textual.suggester import Suggester

from trailer_tui.model.errors import InvalidInput
from trailer_tui.model.stored_file import MAX_FILE_BYTES, too_large


def read_file(path: str) -> bytes:
    """The content of a file; `~` is the home folder. Blocks.

    Raises:
        InvalidInput: it cannot be read or is too large.
    """
    try:
        found = Path(path).expanduser()
        if not found.is_file():
            what = "is a folder" if found.is_dir() else "is no file" if found.exists() else "is not there"
            raise InvalidInput(f"{path} {what}")
        size = found.stat().st_size
        if size > MAX_FILE_BYTES:
            raise too_large(size)
        return found.read_bytes()
    except (OSError, ValueError, RuntimeError) as error:
        raise InvalidInput(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None


class PathSuggester(Suggester):
    """Goes on with the path that is typed, as far as only one file or folder begins like it."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """The whole path, or what all that begin so have in common."""
        return await asyncio.to_thread(_completed, value)


def _completed(typed: str) -> str | None:
    folder, _, beginning = typed.rpartition("/")
    if not typed or "://" in typed:
        return None
    try:
        place = Path(f"{folder}/" if "/" in typed else ".").expanduser()
        with os.scandir(place) as entries:
            names = [
                f"{entry.name}/" if entry.is_dir() else entry.name
                for entry in entries
                if entry.name.startswith(beginning) and (beginning or not entry.name.startswith("."))
            ]
    except (OSError, ValueError, RuntimeError):
        return None
    shared = _shared(names)
    return f"{typed}{shared[len(beginning) :]}" if len(shared) > len(beginning) else None


def _shared(names: list[str]) -> str:
    """What all names begin with."""
    if not names:
        return ""
    first, last = min(names), max(names)
    differs = next((at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first))
    return first[:differs]
