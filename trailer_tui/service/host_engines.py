"""The engine of each host, made on first use; another address, certificates or builder mean another engine."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from trailer_tui.engine.interface import Engine
from trailer_tui.model.host import Host

_LOG = logging.getLogger(__name__)


class HostEngines:
    """Engines by host. Safe from any thread."""

    def __init__(self, make: Callable[[Host], Engine]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._engines: dict[int, tuple[tuple[object, ...], Engine]] = {}
        self._retired: list[Engine] = []

    def get(self, host: Host) -> Engine:
        """The engine of `host`; may block and raise like the call that made it."""
        settings = host.engine_settings()
        with self._lock:
            known, engine = self._engines.get(host.id, ((), None))
            if engine is not None and known == settings:
                return engine
            if engine is not None:
                # A build may still run on it: it is closed with the rest.
                self._retired.append(engine)
            engine = self._make(host)
            self._engines[host.id] = (settings, engine)
            return engine

    def forget(self, host_id: int) -> None:
        """The host is gone; its engine is closed with the rest."""
        with self._lock:
            _, engine = self._engines.pop(host_id, ((), None))
            if engine is not None:
                self._retired.append(engine)

    def close(self) -> None:
        """Close every engine."""
        with self._lock:
            engines = [engine for _, engine in self._engines.values()] + self._retired
            self._engines, self._retired = {}, []
        for engine in engines:
            try:
                engine.close()
            except Exception:
                _LOG.exception("an engine could not be closed")
