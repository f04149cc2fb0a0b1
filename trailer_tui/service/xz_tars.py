"""Tars packed by xz are sent to builders unpacked by xz: engines have a program of that name do it, which not all have.

Without it a builder copies the file as it is and says nothing (source: moby, `pkg/archive`, `xzDecompress`).
"""

from __future__ import annotations

import lzma
from collections.abc import Callable
from functools import partial
from typing import IO

XZ_TAR = "application/x-xz-compressed-tar"

LARGEST = 1_000_000_000
"""Bytes of a tar that is sent instead of its packed form; larger ones are left to the engine."""

_CHUNK = 1024 * 1024

Opening = Callable[[], IO[bytes]]


class XzTars:
    """Knows how large tars are that xz has packed."""

    def __init__(self) -> None:
        self._sizes: dict[str, int | None] = {}

    def unpacked(self, sha256: str, open_packed: Opening) -> tuple[int, Opening] | None:
        """Bytes of the tar and what opens it; None when it is damaged or too large. Blocks when asked first.

        Args:
            sha256: names the packed content.
            open_packed: opens that.
        """
        if sha256 not in self._sizes:
            self._sizes[sha256] = _measured(open_packed)
        size = self._sizes[sha256]
        return None if size is None else (size, partial(_opened, open_packed))


class _Tar(lzma.LZMAFile):
    """Closes what it reads from."""

    def __init__(self, packed: IO[bytes]) -> None:
        self._packed = packed
        super().__init__(packed)

    def close(self) -> None:
        try:
            super().close()
        finally:
            self._packed.close()


def _opened(open_packed: Opening) -> IO[bytes]:
    return _Tar(open_packed())


def _measured(open_packed: Opening) -> int | None:
    size = 0
    try:
        with _opened(open_packed) as tar:
            while chunk := tar.read(_CHUNK):
                size += len(chunk)
                if size > LARGEST:
                    return None
    except (lzma.LZMAError, EOFError):
        return None
    return size
