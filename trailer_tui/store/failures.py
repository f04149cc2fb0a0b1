"""What SQLite and the disk report, as Trailer's own errors."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from trailer_tui.model.errors import StorageFull, StoreUnreadable, TrailerError

_FULL_ERRNO = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def storage_full(folder: Path) -> StorageFull:
    """The error that names the folder whose disk is full."""
    return StorageFull(
        f"the disk that holds {folder} is full",
        hint=f"make space there: `df -h {folder}` shows the disk, `docker system df` what images take; "
        "nothing stored before is lost",
    )


def is_full(error: BaseException) -> bool:
    """Whether `error` says that the disk, the quota or the file's permitted size is used up."""
    if isinstance(error, StorageFull):
        return True
    if isinstance(error, OSError):
        return error.errno in _FULL_ERRNO
    return isinstance(error, sqlite3.Error) and _primary_code(error) == sqlite3.SQLITE_FULL


def translate(error: sqlite3.Error | OSError, path: Path) -> TrailerError:
    """The Trailer error for what went wrong with the database at `path`."""
    if is_full(error):
        return storage_full(path.parent)
    if isinstance(error, OSError):
        return StoreUnreadable(f"{path}: {error.strerror or error}", hint="check the folder's owner and permissions")
    match _primary_code(error):
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return TrailerError(
                f"{path}: another process keeps the database locked",
                hint="end the other program that has the file open, then try again",
            )
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return unreadable(path, str(error))
        case sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH:
            return StoreUnreadable(
                f"{path}: {error}", hint="check the owner and permissions of the file and its folder"
            )
        case sqlite3.SQLITE_READONLY:
            return StoreUnreadable(f"{path}: {error}", hint="check the file's permissions and how its disk is mounted")
        case sqlite3.SQLITE_IOERR:
            if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_IOERR_SHORT_READ:
                return unreadable(path, str(error))
            return StoreUnreadable(f"{path}: {error}", hint="the kernel's log (`dmesg`) may name a failing disk")
    return TrailerError(f"{path}: {error}")


def unreadable(path: Path, why: str) -> StoreUnreadable:
    """The error of a damaged or foreign file at `path`."""
    return StoreUnreadable(
        f"{path}: {why}",
        hint=f"the file was left as it is; move it away to start empty, or put a copy in its place ({path.name}.v* "
        "beside it are copies from before an upgrade)",
    )


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Raise what goes wrong inside as Trailer's errors about the database at `path`."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise translate(error, path) from error


def _primary_code(error: sqlite3.Error) -> int:
    # Errors that the sqlite3 module raises by itself carry no code.
    return getattr(error, "sqlite_errorcode", 0) & 0xFF
