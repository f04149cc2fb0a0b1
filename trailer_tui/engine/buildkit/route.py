"""How BuildKit is reached on an engine, found by trying. Light: needs neither HTTP/2 nor messages."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from trailer_tui.engine.buildkit.dial import NotUpgraded, dial_upgraded
from trailer_tui.engine.wire import HostAddress


class Route(StrEnum):
    """Ways to BuildKit, best first; the values are those of `Capabilities.route`."""

    GRPC = "grpc"
    """An upgrade of `POST /grpc` to HTTP/2."""
    H2C = "h2c"
    """HTTP/2 at once, on engines that have dropped the upgrade."""
    SESSION = "session"
    """`POST /build` of the second version with a session beside it: bases come from their registry first."""


@dataclass(frozen=True, slots=True)
class FoundRoute:
    """What trying gave."""

    route: Route | None
    """The first way that works; None when the engine has no BuildKit."""
    certain: bool = True
    """False when a better way was silent for too long: the host may have been busy, so it is worth another try."""


def find_route(address: HostAddress, api_version: str, timeout: float) -> FoundRoute:
    """The way to the engine's BuildKit. Each try has `timeout` seconds.

    Raises:
        OSError: the host does not answer.
    """
    tries: list[tuple[Route, Callable[[], bool | None]]] = [
        (Route.GRPC, lambda: _upgrades(address, f"/v{api_version}/grpc", timeout)),
        (Route.H2C, lambda: _speaks_http2(address, timeout)),
        (Route.SESSION, lambda: _upgrades(address, f"/v{api_version}/session", timeout)),
    ]
    certain = True
    for route, works in tries:
        answer = works()
        if answer:
            return FoundRoute(route, certain)
        certain = certain and answer is not None
    return FoundRoute(None, certain)


def _upgrades(address: HostAddress, path: str, timeout: float) -> bool:
    # The session's name is asked for by /session alone.
    name = [("X-Docker-Expose-Session-Uuid", uuid.uuid4().hex)]
    try:
        wire, _ = dial_upgraded(address, path, name, timeout)
    except NotUpgraded:
        return False
    wire.close()
    return True


def _speaks_http2(address: HostAddress, timeout: float) -> bool | None:
    # A TLS listener would have to agree to HTTP/2 while the connection is made; engines do not.
    if address.tls:
        return False
    from trailer_tui.engine.buildkit.prior_knowledge import speaks_http2

    return speaks_http2(address, timeout)
