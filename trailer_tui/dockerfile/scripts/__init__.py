"""Shell scripts that generated images are made with or hold, as files beside this one."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def script(name: str) -> str:
    """The text of the script of that file name."""
    return files("trailer_tui.dockerfile.scripts").joinpath(name).read_text(encoding="utf-8")
