"""Being the only server of a socket and of a data folder, also when several start at once."""

from __future__ import annotations

import time
from pathlib import Path

from trailer_tui.model.errors import ServerUnavailable
from trailer_tui.server.listener import answers
from trailer_tui.server.lock import Holder, LockFile
from trailer_tui.server.options import ServerOptions

_WAIT_SECONDS = 30.0
_LOOK_EVERY = 0.05


class Claim:
    """Both locks of a server. The kernel drops them when the process ends, however it ends."""

    def __init__(self, options: ServerOptions) -> None:
        self._socket = options.socket
        self._locks = (
            LockFile(options.data_folder / "server.lock"),
            LockFile(options.socket.with_name(options.socket.name + ".lock")),
        )

    def wait(self, *, seconds: float = _WAIT_SECONDS) -> Path | None:
        """Take both locks, or find the server that has them. Blocks for at most `seconds`.

        Returns:
            None when the claim is ours; else the socket on which another server answers.

        Raises:
            ServerUnavailable: another process holds a lock and does not answer.
        """
        deadline = time.monotonic() + seconds
        while True:
            blocked = self._take()
            if blocked is None and not answers(self._socket):
                return None
            other = self._other(blocked)
            if other is not None:
                self.release()
                return other
            if time.monotonic() > deadline or _is_elsewhere(blocked):
                self.release()
                raise _refused(blocked, self._socket)
            time.sleep(_LOOK_EVERY)

    def release(self) -> None:
        """Give both locks up."""
        for lock in self._locks:
            lock.release()

    def _take(self) -> LockFile | None:
        """None when both locks are ours, else the one that is not (and neither is held)."""
        for lock in self._locks:
            if not lock.is_held and not lock.acquire(self._socket):
                self.release()
                return lock
        return None

    def _other(self, blocked: LockFile | None) -> Path | None:
        """The socket on which the holder answers."""
        holder = blocked.holder() if blocked else Holder(0, "", str(self._socket))
        if holder is None or (blocked and not holder.is_here):
            return None
        socket = Path(holder.socket)
        return socket if answers(socket) else None


def _is_elsewhere(blocked: LockFile | None) -> bool:
    holder = blocked.holder() if blocked else None
    return holder is not None and not holder.is_here


def _refused(blocked: LockFile | None, socket: Path) -> ServerUnavailable:
    holder = blocked.holder() if blocked else None
    if holder is None:
        return ServerUnavailable(f"{socket} is held by a process that does not answer", hint="end it and try again")
    if not holder.is_here:
        return ServerUnavailable(
            f"a Trailer server on {holder.machine} uses this data folder",
            hint="set TRAILER_DATA to a folder of this machine",
        )
    return ServerUnavailable(
        f"the Trailer server with process id {holder.pid} starts or ends, and does not answer",
        hint=f"when it stays so, end it with `kill {holder.pid}`",
    )
