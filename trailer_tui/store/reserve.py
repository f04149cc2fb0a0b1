"""A file of unused bytes, given up when the disk is full so that the end of a build can still be recorded."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

SIZE = 512 * 1024
"""Bytes; the end of a build changes about twenty pages of 4096 bytes, several builds may end at once."""


class Reserve:
    """The reserve file of one data folder. Used from the thread that writes only."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "reserve"
        self._held = self._path.exists()

    def give_up(self) -> bool:
        """Free the bytes; False when they were free already."""
        held, self._held = self._held, False
        if held:
            self._path.unlink(missing_ok=True)
        return held

    def retake(self) -> None:
        """Take the bytes back when the disk has plenty again; cheap while they are held."""
        if self._held:
            return
        with contextlib.suppress(OSError):
            if shutil.disk_usage(self._path.parent).free < 3 * SIZE:
                return
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            try:
                # Zeros written, not a hole: the bytes must be taken on every file system.
                os.write(descriptor, bytes(SIZE))
            finally:
                os.close(descriptor)
            self._held = True
