"""Who is asking: the kernel's word on every connection, turned into an `Actor`."""

from __future__ import annotations

import asyncio
import grp
import os
import pwd
import socket
import struct
import time
from dataclasses import dataclass

from uvicorn.protocols.http.h11_impl import H11Protocol

from trailer_tui.model.errors import NotAllowed
from trailer_tui.model.identity import Actor
from trailer_tui.server.options import ServerOptions

_CREDENTIALS = struct.Struct("3i")
_REMEMBERED_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Peer:
    """The process at the other end of a connection, as it was when it connected (`SO_PEERCRED`)."""

    pid: int
    uid: int
    gid: int


def read_peer(connection: socket.socket) -> Peer:
    """The credentials of the process that connected."""
    data = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    return Peer(*_CREDENTIALS.unpack(data))


class PeerProtocol(H11Protocol):
    """HTTP/1.1 whose requests carry the connection's `Peer` in `scope["state"]["peer"]`."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Read the credentials before the first request."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, "peer": read_peer(transport.get_extra_info("socket"))}


class Doorkeeper:
    """Decides who may talk to this server, and as whom."""

    def __init__(self, options: ServerOptions) -> None:
        self._options = options
        self._known: dict[int, tuple[float, Actor]] = {}

    async def admit(self, peer: Peer) -> Actor:
        """The actor behind a connection.

        Accounts are looked up in a thread, because the account database may be on the network, and remembered for
        a minute.

        Raises:
            NotAllowed: a standalone server serves its owner and root.
        """
        options = self._options
        administers = peer.uid in (0, options.owner)
        if options.mode == "standalone" and not administers:
            raise NotAllowed(
                f"this server belongs to uid {options.owner}, and you are uid {peer.uid}",
                hint="a server for several users is started with `trailer serve --shared`",
            )
        remembered = self._known.get(peer.uid)
        if remembered and remembered[0] > time.monotonic():
            return remembered[1]
        name, groups = await asyncio.to_thread(_account, peer)
        actor = Actor(peer.uid, name, groups, is_administrator=administers)
        self._known[peer.uid] = (time.monotonic() + _REMEMBERED_SECONDS, actor)
        return actor


def _account(peer: Peer) -> tuple[str, tuple[str, ...]]:
    try:
        account = pwd.getpwuid(peer.uid)
    except KeyError:
        return f"uid-{peer.uid}", ()
    return account.pw_name, tuple(_group_name(gid) for gid in os.getgrouplist(account.pw_name, account.pw_gid))


def _group_name(gid: int) -> str:
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return f"gid-{gid}"
