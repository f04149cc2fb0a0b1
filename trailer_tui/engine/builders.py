"""Which of an engine's builders a host's builds use, and how it is reached; tried once for a version of the engine."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from trailer_tui.engine.buildkit.route import FoundRoute, Route, find_route
from trailer_tui.engine.connections import PROBE_SECONDS, Connections
from trailer_tui.engine.errors import host_errors
from trailer_tui.model.errors import EngineError
from trailer_tui.model.host import BuilderChoice


class Builders:
    """The builders of one host. Safe from any thread."""

    def __init__(self, connections: Connections, choice: BuilderChoice) -> None:
        self._connections = connections
        self._choice = choice
        self._lock = threading.Lock()
        self._found: tuple[tuple[str, str], FoundRoute] | None = None

    def route(self, version: Mapping[str, Any]) -> Route | None:
        """The way to the engine's BuildKit, None when it has none; `version` is its answer to `/version`.

        Raises:
            HostUnreachable: the host does not answer.
        """
        engine = str(version.get("ApiVersion")), str(version.get("Version"))
        with self._lock:
            if self._found is None or self._found[0] != engine or not self._found[1].certain:
                self._found = engine, self._find(version)
            return self._found[1].route

    def chosen(self, route: Route | None) -> Route | None:
        """The way to the builder that builds use: `route` of BuildKit, or None for the classic builder.

        Raises:
            EngineError: the host's choice is BuildKit, and the engine has none.
        """
        if self._choice is BuilderChoice.CLASSIC:
            return None
        if self._choice is BuilderChoice.BUILDKIT and route is None:
            raise EngineError(
                "The engine has no BuildKit, and the host's builder is set to BuildKit",
                hint="set the host's builder to auto or classic",
            )
        return route

    def for_build(self) -> Route | None:
        """As `chosen`, for the engine as it was last seen, or is now when nobody looked yet."""
        with self._lock:
            found = self._found
        return self.chosen(found[1].route if found else self.route(self._connections.version()))

    def _find(self, version: Mapping[str, Any]) -> FoundRoute:
        if str(version.get("Os") or "linux") != "linux":
            return FoundRoute(None)
        address = self._connections.address
        with host_errors(address):
            return find_route(address, str(version["ApiVersion"]), PROBE_SECONDS)
