"""One server from its first lock to its last: claim, open, listen, serve, stop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn

from trailer_tui import __version__
from trailer_tui.model.host import Host
from trailer_tui.server.application import create_application
from trailer_tui.server.idle import stop_when_idle
from trailer_tui.server.listener import listen, remove
from trailer_tui.server.options import ServerOptions
from trailer_tui.server.peer import PeerProtocol
from trailer_tui.server.running import Running
from trailer_tui.service.service import TrailerService
from trailer_tui.store.store import Store

if TYPE_CHECKING:
    from trailer_tui.engine.interface import Engine

_GRACE_SECONDS = 3
"""For answers that are on their way when the server stops."""
_SERVICE_STOP_SECONDS = 20.0
"""For hosts to end what runs on them."""

_log = logging.getLogger(__name__)


def docker_engine(host: Host) -> Engine:
    """The engine of a host. docker-py is imported on first use, after the server listens."""
    from trailer_tui.engine.docker_engine import DockerEngine

    return DockerEngine(host.address, tls=host.tls, builder=host.builder)


def _now() -> datetime:
    return datetime.now(UTC)


async def serve(
    options: ServerOptions,
    *,
    ready: Callable[[Path], None],
    engines: Callable[[Host], Engine] = docker_engine,
    clock: Callable[[], datetime] = _now,
) -> None:
    """Serve until told to stop. The caller holds the claim to `options`' places.

    Args:
        options: where and how.
        ready: called with the socket's path once clients can connect.
        engines: gives the engine of a host.
        clock: the time with its zone.

    Raises:
        TrailerError: the store, the service or the socket cannot be opened.
    """
    async with _opened(options, engines, clock) as running:
        with contextlib.closing(listen(options.socket, mode=options.socket_mode)) as listener:
            _stop_on_signals(running)
            idle = asyncio.create_task(stop_when_idle(running, after_seconds=_idle_seconds(options)))
            _log.info("Trailer %s listens on %s (process %d)", __version__, options.socket, os.getpid())
            try:
                ready(options.socket)
                await _Http(running).serve(sockets=[listener])
            finally:
                remove(options.socket)
                idle.cancel()
    _log.info("stopped: %s", running.stop_reason)


@contextlib.asynccontextmanager
async def _opened(
    options: ServerOptions, engines: Callable[[Host], Engine], clock: Callable[[], datetime]
) -> AsyncIterator[Running]:
    store = await Store.open(options.data_folder, clock=clock)
    try:
        service = await TrailerService.start(
            store,
            engines=engines,
            config=options.config,
            clock=clock,
            catalogue_folder=options.catalogue_folder,
        )
        try:
            yield Running(options, service)
        finally:
            await _stop_service(service)
    finally:
        await store.close()


async def _stop_service(service: TrailerService) -> None:
    try:
        async with asyncio.timeout(_SERVICE_STOP_SECONDS):
            await service.stop(interrupt=True)
    except TimeoutError:
        _log.warning("a host did not end its work within %d seconds", _SERVICE_STOP_SECONDS)


def _idle_seconds(options: ServerOptions) -> float:
    return options.config.idle_stop_minutes * 60 if options.mode == "standalone" else 0


def _stop_on_signals(running: Running) -> None:
    loop = asyncio.get_running_loop()
    ignored = signal.getsignal(signal.SIGHUP) == signal.SIG_IGN  # detached, or started with nohup
    for number in (signal.SIGTERM, signal.SIGINT, *(() if ignored else (signal.SIGHUP,))):
        with contextlib.suppress(RuntimeError, ValueError):  # not the main thread: somebody else takes the signals
            loop.add_signal_handler(number, running.stop, f"signal {number.name}")


class _Http(uvicorn.Server):
    """uvicorn on our socket, ended by `Running.stop`; it wakes up only when there is something to do."""

    def __init__(self, running: Running) -> None:
        super().__init__(
            uvicorn.Config(
                create_application(running),
                http=PeerProtocol,
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
                date_header=False,
                # Longer than the client keeps a connection, so that it never meets a closing one.
                timeout_keep_alive=75,
                timeout_graceful_shutdown=_GRACE_SECONDS,
            )
        )
        self._running = running

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to `serve`."""
        yield

    async def main_loop(self) -> None:
        """Wait for the end."""
        await self._running.stopping.wait()
        remove(self._running.options.socket)
