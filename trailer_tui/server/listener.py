"""The listening socket: made and removed only by the server that holds the socket's lock."""

from __future__ import annotations

import errno
import socket
import stat
from contextlib import suppress
from pathlib import Path

from trailer_tui.model.errors import StorageFull, UnsafeLocation

MAX_PATH_BYTES = 107
"""What Linux holds of a socket's path (`sockaddr_un`, 108 with the closing zero)."""


def answers(path: Path) -> bool:
    """Whether a process listens on the socket `path`."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        try:
            probe.connect(str(path))
        except (FileNotFoundError, ConnectionRefusedError):
            return False
        except OSError as error:
            return error.errno == errno.EAGAIN  # it listens, with a full queue
    return True


def check_length(path: Path) -> None:
    """Raise `UnsafeLocation` when the path is too long for a socket."""
    length = len(str(path).encode())
    if length > MAX_PATH_BYTES:
        raise UnsafeLocation(
            f"{path} has {length} bytes, a socket's path at most {MAX_PATH_BYTES}",
            hint="set TRAILER_SOCKET to a shorter path",
        )


def listen(path: Path, *, mode: int) -> socket.socket:
    """A listening socket at `path`; a stale one is removed first. Call with the lock held.

    Raises:
        UnsafeLocation: something else than a socket is in the way, or the folder cannot be written.
        StorageFull: no space.
    """
    with suppress(FileNotFoundError):
        if not stat.S_ISSOCK(path.lstat().st_mode):
            raise UnsafeLocation(f"{path} is in the way: it is not a socket", hint="move it away")
        path.unlink()
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(str(path))
        path.chmod(mode)
        listener.listen(512)
    except OSError as error:
        listener.close()
        kind = StorageFull if error.errno in (errno.ENOSPC, errno.EDQUOT) else UnsafeLocation
        raise kind(f"{path}: {error.strerror}") from error
    listener.setblocking(False)
    return listener


def remove(path: Path) -> None:
    """Take the socket away, so that clients see at once that nobody listens."""
    with suppress(OSError):
        path.unlink()
