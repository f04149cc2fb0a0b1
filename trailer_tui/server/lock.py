"""A lock file that tells who holds it, so that a socket and a data folder have one server each."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import platform
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO


@dataclass(frozen=True, slots=True)
class Holder:
    """The server that holds a lock."""

    pid: int
    machine: str
    socket: str

    @property
    def is_here(self) -> bool:
        """Whether it runs on this machine; a data folder may be shared over the network."""
        return self.machine == platform.node()


class LockFile:
    """An advisory lock that the kernel drops with the process; the file itself stays."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[str] | None = None

    @property
    def is_held(self) -> bool:
        """Whether this object holds the lock."""
        return self._file is not None

    def acquire(self, socket: Path) -> bool:
        """Take the lock without waiting and write down who holds it; False when another process has it."""
        while True:
            file = os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600), "r+", encoding="utf-8")
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.close()
                return False
            except OSError:
                file.close()
                raise
            if self._is_current(file):
                break
            file.close()  # a cleaner of temporary files removed it between the two calls
        try:
            # Over the old words, and shortened after: on a full disk there is no block to be had in place of theirs.
            json.dump(asdict(Holder(os.getpid(), platform.node(), str(socket))), file)
            file.truncate(file.tell())
            file.flush()
        except OSError as error:
            with contextlib.suppress(OSError):  # closing writes once more what could not be written
                file.close()
            raise OSError(error.errno, error.strerror, str(self.path)) from error
        self._file = file
        return True

    def holder(self) -> Holder | None:
        """Who wrote the file last, None when it cannot be told."""
        try:
            data = json.loads(self.path.read_text(encoding="utf-8"))
            return Holder(int(data["pid"]), str(data["machine"]), str(data["socket"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def release(self) -> None:
        """Give the lock up."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _is_current(self, file: IO[str]) -> bool:
        try:
            return os.path.samestat(os.fstat(file.fileno()), self.path.stat())
        except FileNotFoundError:
            return False
