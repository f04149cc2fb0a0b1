"""A whole server in a thread of the test: real HTTP over a real socket, real service and store, a host in memory.

`with live_server() as server:` serves where `trailer_tui.locations` says, which is in the test's own folder.
"""

from __future__ import annotations

import asyncio
import os
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import httpx

from tests.support.fake_engine import FakeEngine
from trailer_tui import locations
from trailer_tui.client.client import TrailerClient
from trailer_tui.config import ServerConfig
from trailer_tui.server.claim import Claim
from trailer_tui.server.folders import prepare_folder
from trailer_tui.server.options import ServerOptions
from trailer_tui.server.process import serve

_PATIENCE = 30.0


@dataclass
class LiveServer:
    """A running server; `engine` is the host that all its records mean."""

    options: ServerOptions
    engine: FakeEngine = field(default_factory=FakeEngine)
    ended: threading.Event = field(default_factory=threading.Event)

    def client(self) -> TrailerClient:
        """A new client, for a test that awaits."""
        return TrailerClient(self.options.socket)

    def stop(self) -> None:
        """End it, interrupting what runs."""
        if not self.ended.is_set():
            transport = httpx.HTTPTransport(uds=str(self.options.socket))
            with suppress(httpx.TransportError), httpx.Client(transport=transport) as client:  # a test has stopped it
                client.post("http://trailer/v1/server/stop?now=true")
            assert self.ended.wait(_PATIENCE), "the server does not end"


def own_options(
    *,
    mode: Literal["standalone", "shared"] = "standalone",
    owner: int | None = None,
    config: ServerConfig | None = None,
) -> ServerOptions:
    """Options for the places that the test's environment names."""
    return ServerOptions(
        mode=mode,
        socket=locations.socket_path(),
        data_folder=locations.data_folder(),
        config=config or ServerConfig(),
        owner=os.getuid() if owner is None else owner,
        catalogue_folder=locations.catalogue_folder(),
    )


@contextmanager
def live_server(options: ServerOptions | None = None, engine: FakeEngine | None = None) -> Iterator[LiveServer]:
    """Serve while the block runs. Raises what keeps the server from starting."""
    server = LiveServer(options or own_options(), engine or FakeEngine())
    started: queue.SimpleQueue[Path | BaseException] = queue.SimpleQueue()

    claim = Claim(server.options)

    def work() -> None:
        try:
            prepare_folder(server.options.data_folder, may_be_link=True)
            prepare_folder(server.options.socket.parent)
            assert claim.wait() is None, "another server has these places"
            asyncio.run(serve(server.options, ready=started.put, engines=lambda _: server.engine))
        except BaseException as error:
            started.put(error)
        finally:
            claim.release()
            server.ended.set()

    thread = threading.Thread(target=work, name="live server", daemon=True)
    thread.start()
    answer = started.get(timeout=_PATIENCE)
    if isinstance(answer, BaseException):
        raise answer
    try:
        yield server
    finally:
        server.stop()
        thread.join(_PATIENCE)
