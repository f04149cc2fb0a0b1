"""A time of change that tells contents apart, because BuildKit's file transfer compares nothing else but the size.

A fixed time would make the engine keep the old contents of a file that changed without changing its size; the true
time is not known of contents that Trailer makes. What names the contents is, in this order:

1. the digest that the context gives;
2. for a file on this machine, what the file system says of it: device, inode, size and both its times. That is what
   Docker's own client goes by (it takes the size and one time), and costs no reading: a rebuild with an unchanged
   context of 200 MB reads none of it. Hashing it would take 0.15 to 0.3 s each time, longer than the whole rebuild;
3. a hash of the contents, which are then in memory anyway.
"""

from __future__ import annotations

import hashlib
import os
from typing import IO

from trailer_tui.dockerfile.context import ContextEntry
from trailer_tui.engine.context_stream import PIECE, reading

_DAY = 946_684_800
"""The day on which all files of a context are dated: 2000-01-01."""
_SECONDS = 86_400
_NANOSECONDS = 1_000_000_000


def content_time(entry: ContextEntry) -> int:
    """Nanoseconds since 1970 within one fixed day; equal contents of a file give the same, others another one.

    Raises:
        BuildFailed: the file cannot be read.
    """
    name = entry.digest.encode() if entry.digest else _name_of_contents(entry)
    number = int.from_bytes(hashlib.blake2b(name, digest_size=8).digest())
    return _DAY * _NANOSECONDS + number % (_SECONDS * _NANOSECONDS)


def _name_of_contents(entry: ContextEntry) -> bytes:
    with reading(entry) as source:
        state = _state_of_file(source)
        if state is not None:
            return state
        contents = hashlib.sha256()
        while piece := source.read(PIECE):
            contents.update(piece)
        return contents.digest()


def _state_of_file(source: IO[bytes]) -> bytes | None:
    """What the file system knows of an open file; None when there is no file behind it."""
    try:
        state = os.fstat(source.fileno())
    except (OSError, AttributeError, ValueError):
        return None
    values = (state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns)
    return " ".join(map(str, values)).encode()
