"""The builds that run and wait on one host, kept current from the server's events."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from trailer_tui.app.builds.facts import counted
from trailer_tui.model.status import BuildState
from trailer_tui.printable import printable

if TYPE_CHECKING:
    from trailer_tui.model.build import BuildSummary


class HostQueue:
    """Running builds first, then the queue in its order."""

    def __init__(self, host_id: int) -> None:
        self._host_id = host_id
        self._builds: dict[int, BuildSummary] = {}
        self.is_read = False
        """Whether the server was asked."""

    def read(self, builds: Iterable[BuildSummary]) -> None:
        """Start from every active build that there is."""
        self._builds = {build.id: build for build in builds if self._belongs(build)}
        self.is_read = True

    def take(self, build: BuildSummary) -> bool:
        """A build is like this now; whether the queue reads differently."""
        before = self._builds.get(build.id)
        if self._belongs(build):
            self._builds[build.id] = build
        else:
            self._builds.pop(build.id, None)
        return before != self._builds.get(build.id)

    def _belongs(self, build: BuildSummary) -> bool:
        return build.host_id == self._host_id and build.state.is_active

    @property
    def builds(self) -> list[BuildSummary]:
        """In the order in which they started and will start."""
        return sorted(self._builds.values(), key=_order)

    @property
    def has_running(self) -> bool:
        """Whether time is counted for one of them."""
        return any(build.state is BuildState.RUNNING for build in self._builds.values())

    def sentence(self, host_name: str) -> str:
        """How many run and wait."""
        running = sum(build.state is BuildState.RUNNING for build in self._builds.values())
        if not self._builds:
            return printable(f"Nothing runs or waits on {host_name}.")
        queued = len(self._builds) - running
        return printable(f"{counted(running, 'build')} running, {queued} queued on {host_name}")


def _order(build: BuildSummary) -> tuple[bool, float, int]:
    if build.state is BuildState.RUNNING and build.started_at is not None:
        return (False, build.started_at.timestamp(), build.id)
    return (True, build.queue_position or float("inf"), build.id)
