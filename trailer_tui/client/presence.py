"""Whether a server listens on a socket, and whether the socket's folder can be trusted."""

from __future__ import annotations

import errno
import os
import socket
import stat
from pathlib import Path

from trailer_tui import locations
from trailer_tui.model.errors import ServerUnavailable, UnsafeLocation


def is_served(path: Path) -> bool:
    """Whether a process listens on the socket `path`.

    Raises:
        UnsafeLocation: somebody else could have put the socket there.
        ServerUnavailable: the socket may not be used, or is none.
    """
    _check_folder(path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(5)
        try:
            probe.connect(str(path))
        except (FileNotFoundError, NotADirectoryError, ConnectionRefusedError):
            return False
        except PermissionError as error:
            raise ServerUnavailable(
                f"{path}: {error.strerror}", hint="ask an administrator for access to this server"
            ) from error
        except OSError as error:
            if error.errno == errno.EAGAIN:
                return True  # it listens, with a full queue
            raise ServerUnavailable(
                f"{path}: {error.strerror or error}", hint="TRAILER_SOCKET names another place"
            ) from error
    return True


def _check_folder(path: Path) -> None:
    """Refuse a folder in which another user could have put a socket of their own.

    The shared server's folder belongs to the account of its service and is the administrator's business.
    """
    if path == locations.SHARED_SOCKET:
        return
    try:
        found = path.parent.lstat()
    except OSError:
        return  # nothing there, or not for us: connecting tells which
    if found.st_uid not in (os.geteuid(), 0):
        raise UnsafeLocation(
            f"{path.parent} belongs to uid {found.st_uid}, not to you",
            hint="set TRAILER_SOCKET to a path in a folder of your own",
        )
    if stat.S_IMODE(found.st_mode) & 0o022:
        raise UnsafeLocation(
            f"others can write to {path.parent}", hint="set TRAILER_SOCKET to a path in a folder of your own"
        )
