"""Contents of uploaded files: each lies once, under its hash, in a folder that only the server's account reads."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Collection
from pathlib import Path
from secrets import token_hex
from typing import IO

from trailer_tui.store.failures import is_full, storage_full

_HASH = re.compile(r"[0-9a-f]{64}")
_UNFINISHED = ".part"


class FileContents:
    """One folder of contents. Every call blocks; calls that change it must not run at the same time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, content: bytes) -> str:
        """Keep a content, whole or not at all, and return its sha256 in hexadecimal.

        Raises:
            StorageFull: the disk is full.
        """
        sha256 = hashlib.sha256(content).hexdigest()
        if not self._is_whole(sha256, len(content)):
            try:
                self._write(sha256, content)
            except OSError as error:
                raise storage_full(self._folder.parent) if is_full(error) else error from error
        return sha256

    def open(self, sha256: str) -> IO[bytes]:
        """The content to read; `FileNotFoundError` when somebody has removed it."""
        return self._path(sha256).open("rb")

    def remove(self, sha256: str) -> None:
        """Forget a content; a missing one is no error."""
        self._path(sha256).unlink(missing_ok=True)

    def sweep(self, wanted: Collection[str]) -> None:
        """Make the folder if it is missing, close it to others, and remove all contents but the wanted ones."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self._folder.chmod(0o700)
        for found in self._folder.iterdir():
            # What has another name is none of ours.
            is_unfinished = _HASH.match(found.name) and found.name.endswith(_UNFINISHED)
            if is_unfinished or (_HASH.fullmatch(found.name) and found.name not in wanted):
                found.unlink(missing_ok=True)

    def _path(self, sha256: str) -> Path:
        if not _HASH.fullmatch(sha256):
            raise ValueError(f"{sha256!r} is no hash")
        return self._folder / sha256

    def _is_whole(self, sha256: str, size: int) -> bool:
        try:
            return self._path(sha256).stat().st_size == size
        except FileNotFoundError:
            return False

    def _write(self, sha256: str, content: bytes) -> None:
        path = self._path(sha256)
        unfinished = path.with_name(f"{sha256}.{token_hex(4)}{_UNFINISHED}")
        try:
            descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            unfinished.rename(path)
        finally:
            unfinished.unlink(missing_ok=True)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
