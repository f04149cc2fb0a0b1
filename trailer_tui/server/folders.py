"""Folders that only the server's owner may change: created with their mode, refused when somebody else could."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from trailer_tui.model.errors import StorageFull, TrailerError, UnsafeLocation


def prepare_folder(folder: Path, *, mode: int = 0o700, may_be_link: bool = False) -> None:
    """Create `folder` with `mode`, or check the one that is there.

    Args:
        folder: absolute path; missing parents are created for the owner alone.
        mode: permission bits of a new folder; an existing one must not have more.
        may_be_link: whether a symbolic link to a folder will do.

    Raises:
        UnsafeLocation: it belongs to somebody else, is open to others, is no folder or cannot be made.
        StorageFull: no space to make it.
    """
    try:
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            folder.mkdir(mode=mode)
            folder.chmod(mode)
        except FileExistsError:
            pass
        found = folder.stat() if may_be_link else folder.lstat()
    except OSError as error:
        raise _unusable(folder, error) from error
    _check(folder, found, mode)


def unusable_file(error: OSError) -> TrailerError:
    """What `error` says of the file it names, such as a lock or a log in a folder that cannot be written."""
    return _unusable(error.filename, error)


def _unusable(path: Path | str, error: OSError) -> TrailerError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageFull(f"{path}: {error.strerror}", hint="free space on its disk")
    hint = "make it writable for you, or name other places with TRAILER_DATA and TRAILER_SOCKET"
    return UnsafeLocation(f"{path} cannot be used: {error.strerror}", hint=hint)


def _check(folder: Path, found: os.stat_result, mode: int) -> None:
    if not stat.S_ISDIR(found.st_mode):
        raise UnsafeLocation(f"{folder} is not a folder", hint="move it away")
    if found.st_uid != os.geteuid():
        raise UnsafeLocation(
            f"{folder} belongs to uid {found.st_uid}, not to you (uid {os.geteuid()})",
            hint="set TRAILER_SOCKET and TRAILER_DATA to places of your own",
        )
    excess = stat.S_IMODE(found.st_mode) & 0o077 & ~mode
    if excess:
        raise UnsafeLocation(
            f"{folder} is open to others (mode {stat.S_IMODE(found.st_mode):04o})",
            hint=f"`chmod {mode:o} {folder}`, unless it is a folder that others need: then choose another",
        )
