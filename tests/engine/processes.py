"""The host's process list."""

from __future__ import annotations

import time
from pathlib import Path


def runs(*command: str) -> bool:
    """Whether a process with exactly this command line runs on this machine."""
    wanted = b"\0".join(word.encode() for word in command)
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if entry.read_bytes().rstrip(b"\0") == wanted:
                return True
        except OSError:
            continue
    return False


def appears(*command: str, seconds: float = 10.0) -> bool:
    """Whether such a process runs, or does within a few seconds."""
    deadline = time.monotonic() + seconds
    while not runs(*command):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def gone(*command: str, seconds: float = 5.0) -> bool:
    """Whether no such process is left, or none within a few seconds."""
    deadline = time.monotonic() + seconds
    while runs(*command):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
