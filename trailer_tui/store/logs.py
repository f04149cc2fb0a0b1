"""Build logs: one append-only file per build, written by the thread that builds."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

from trailer_tui.store.failures import is_full, storage_full

_BLOCK = 256 * 1024
"""Bytes that are collected before they are written."""

FLUSH_SECONDS = 1.0
"""The longest time that a written line stays in memory while more lines come."""


class LogFolder:
    """The folder of all build logs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, build_id: int) -> Path:
        """Where the log of a build is, or would be."""
        return self._folder / f"{build_id}.log"

    def writer(self, build_id: int) -> LogWriter:
        """Open the log of a build to append to it; `StorageFull` when the disk is full."""
        return LogWriter(self.path(build_id))

    def size(self, build_id: int) -> int:
        """Bytes on disk; 0 when there is no log."""
        try:
            return self.path(build_id).stat().st_size
        except FileNotFoundError:
            return 0

    def remove(self, build_id: int) -> None:
        """Delete the log; a missing one is no error."""
        self.path(build_id).unlink(missing_ok=True)


class LogWriter:
    """Appends lines to one log. One thread writes; any thread may flush and read `size` and `lines`."""

    def __init__(self, path: Path, *, now: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._now = now
        self._lock = threading.Lock()
        self._pending = bytearray()
        self._flushed_at = now()
        try:
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            self._size = os.fstat(self._file).st_size
        except OSError as error:
            raise self._translated(error) from error
        self._closed = False
        self.lines = 0
        """Lines written through this writer, whether on disk yet or not."""

    @property
    def size(self) -> int:
        """Bytes of the log on disk, which is what a reader finds."""
        return self._size

    def write(self, step: int, elapsed_ms: int, stream: str, text: str) -> None:
        """Append one line (`model.log`); `text` holds no line feed.

        Raises:
            StorageFull: the disk is full; what was written before is kept.
        """
        line = f"{step} {elapsed_ms} {stream} {text}\n".encode("utf-8", "replace")
        with self._lock:
            self._pending += line
            self.lines += 1
            if len(self._pending) >= _BLOCK or self._now() - self._flushed_at >= FLUSH_SECONDS:
                self._flush()

    def write_lines(self, step: int, elapsed_ms: int, stream: str, block: str) -> None:
        """Append the lines of `block`, which line feeds separate, as `write` appends one; a million cost a moment."""
        head = f"{step} {elapsed_ms} {stream} "
        data = f"{head}{block.replace(chr(10), chr(10) + head)}\n".encode("utf-8", "replace")
        count = block.count("\n") + 1
        with self._lock:
            self._pending += data
            self.lines += count
            if len(self._pending) >= _BLOCK or self._now() - self._flushed_at >= FLUSH_SECONDS:
                self._flush()

    def flush(self) -> None:
        """Write what is pending to the file; raises like `write`."""
        with self._lock:
            if not self._closed:
                self._flush()

    def close(self) -> None:
        """Flush and close; a second call does nothing. Closed even when it raises like `write`."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            try:
                self._flush()
            finally:
                os.close(self._file)

    def _flush(self) -> None:
        self._flushed_at = self._now()
        try:
            while self._pending:
                written = os.write(self._file, self._pending)
                self._size += written
                del self._pending[:written]
        except OSError as error:
            self._drop_partial_line()
            raise self._translated(error) from error

    def _drop_partial_line(self) -> None:
        """After a failed write: cut the file back to its last whole line and forget what could not be written."""
        self.lines -= self._pending.count(b"\n")
        self._pending.clear()
        with contextlib.suppress(OSError):
            start = max(self._size - _BLOCK, 0)
            with self._path.open("rb") as file:
                file.seek(start)
                end = file.read(self._size - start).rfind(b"\n") + 1
            if end:
                os.ftruncate(self._file, start + end)
                self._size = start + end

    def _translated(self, error: OSError) -> Exception:
        return storage_full(self._path.parent.parent) if is_full(error) else error
