"""Builds on a host that has been away for too long: their end is not waited for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from trailer_tui.model.errors import HostUnreachable
from trailer_tui.model.host import Host
from trailer_tui.model.status import HostState

LOST_SECONDS = 60.0
"""How long a host may be offline before the builds that run there are given up."""


class LostHosts:
    """Which hosts that work have been offline since when. Used on the event loop only."""

    def __init__(self, host: Callable[[int], Host | None], wake: Callable[[], None]) -> None:
        """`host` gives what is known of a host; `wake` asks for another `look`."""
        self._host = host
        self._wake = wake
        self._away: dict[int, float] = {}
        self._timer: asyncio.TimerHandle | None = None

    def look(self, working: Iterable[int]) -> dict[int, HostUnreachable]:
        """The hosts of `working` that are lost, with the reason; asks for the next look when one may be lost soon."""
        loop = asyncio.get_running_loop()
        found = {host_id: self._host(host_id) for host_id in set(working)}
        offline = {host_id: host for host_id, host in found.items() if host and host.state is HostState.OFFLINE}
        self._away = {host_id: self._away.get(host_id, loop.time()) for host_id in offline}
        left = {host_id: since + LOST_SECONDS - loop.time() for host_id, since in self._away.items()}
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        coming = [seconds for seconds in left.values() if seconds > 0]
        if coming:
            self._timer = loop.call_later(min(coming), self._wake)
        return {
            host_id: HostUnreachable(f"{host.name}: {host.error}", hint=host.hint)
            for host_id, host in offline.items()
            if left[host_id] <= 0
        }

    def stop(self) -> None:
        """No more looks are asked for."""
        if self._timer is not None:
            self._timer.cancel()
