"""The engine of each host, shared by all that use it; another address, certificates or builder mean another engine."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from trailer_tui.engine.interface import Engine
from trailer_tui.model.errors import NotFound
from trailer_tui.model.host import Host

_LOG = logging.getLogger(__name__)

_Settings = tuple[object, ...]


@dataclass
class _Shared:
    """One engine and how many use it."""

    host_id: int
    settings: _Settings
    engine: Engine
    users: int = 0


class HostEngines:
    """Engines by host. Safe from any thread.

    An engine is made when it is first used. It lives for as long as its host has those settings, and after that until
    the last build, probe or question that uses it has ended.
    """

    def __init__(self, make: Callable[[Host], Engine]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._hosts: dict[int, _Settings] = {}
        self._engines: list[_Shared] = []

    def put(self, host: Host) -> None:
        """The host is there, with these settings from now on. Never waits."""
        with self._lock:
            self._hosts[host.id] = host.engine_settings()
            idle = self._take_idle()
        _close_aside(idle)

    def forget(self, host_id: int) -> None:
        """The host is gone. Never waits."""
        with self._lock:
            self._hosts.pop(host_id, None)
            idle = self._take_idle()
        _close_aside(idle)

    @contextmanager
    def using(self, host: Host) -> Iterator[Engine]:
        """The engine of `host` as it is or was, open while the block runs; may block like the call that makes it.

        Raises:
            NotFound: the host was deleted.
            Exception: what the call that makes the engine raises.
        """
        shared = self._take(host)
        try:
            yield shared.engine
        finally:
            with self._lock:
                shared.users -= 1
                idle = self._take_idle()
            _close(idle)

    def close(self) -> None:
        """Close every engine, whoever uses it."""
        with self._lock:
            engines = [shared.engine for shared in self._engines]
            self._engines = []
        _close(engines)

    def _take(self, host: Host) -> _Shared:
        settings = host.engine_settings()
        with self._lock:
            if host.id not in self._hosts:
                raise NotFound(f"the host {host.name} was deleted", hint="choose another host")
            for shared in self._engines:
                if (shared.host_id, shared.settings) == (host.id, settings):
                    break
            else:
                shared = _Shared(host.id, settings, self._make(host))
                self._engines.append(shared)
            shared.users += 1
            return shared

    def _take_idle(self) -> list[Engine]:
        """Engines that nobody uses and nobody will."""
        idle = [
            shared
            for shared in self._engines
            if not shared.users and self._hosts.get(shared.host_id) != shared.settings
        ]
        self._engines = [shared for shared in self._engines if shared not in idle]
        return [shared.engine for shared in idle]


def _close_aside(engines: list[Engine]) -> None:
    # Closing a socket may block for a moment, for instance over ssh.
    if engines:
        threading.Thread(target=_close, args=(engines,), name="close engines", daemon=True).start()


def _close(engines: list[Engine]) -> None:
    for engine in engines:
        try:
            engine.close()
        except Exception:
            _LOG.exception("an engine could not be closed")
