"""How things are on the server: what the top bar says and what the farewell counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trailer_tui.model.status import BuildState, HostState

if TYPE_CHECKING:
    from trailer_tui.model.build import BuildSummary
    from trailer_tui.model.events import Event
    from trailer_tui.model.host import Host
    from trailer_tui.model.server import ServerInfo


@dataclass(slots=True)
class Situation:
    """Kept current from events, so that nothing polls."""

    user: str = ""
    machine: str = ""
    is_known: bool = False
    """Whether the server was asked at all."""
    trouble: str = ""
    """Why nothing is live at the moment; empty when all is well."""
    builds: dict[int, BuildState] = field(default_factory=dict)
    """Active builds by id."""
    hosts: dict[int, HostState] = field(default_factory=dict)

    _events_since_asked: list[Event] | None = None
    """What happened while the server's answer is on its way; None when nothing was asked."""

    @property
    def building(self) -> int:
        """Builds that run."""
        return sum(state is BuildState.RUNNING for state in self.builds.values())

    @property
    def queued(self) -> int:
        """Builds that wait."""
        return sum(state is BuildState.PENDING for state in self.builds.values())

    def ask(self) -> None:
        """The server is asked from now on, one thing after the other: its answers may be older than the events."""
        self._events_since_asked = []

    def give_up(self) -> None:
        """No answer came."""
        self._events_since_asked = None

    def read(self, info: ServerInfo, builds: list[BuildSummary], hosts: list[Host]) -> None:
        """Start from what the server says, and go on with what happened since it was asked."""
        self.user, self.machine = info.actor, info.machine
        self.builds = {build.id: build.state for build in builds if build.state.is_active}
        self.hosts = {host.id: host.state for host in hosts}
        self.is_known = True
        self.trouble = ""
        events, self._events_since_asked = self._events_since_asked or [], None
        for event in events:
            self.apply(event)

    def apply(self, event: Event) -> bool:
        """Follow one event; whether anything that is shown changed."""
        if self._events_since_asked is not None:
            self._events_since_asked.append(event)
        before = (self.building, self.queued, dict(self.hosts))
        if event.event == "build":
            if event.build.state.is_active:
                self.builds[event.build.id] = event.build.state
            else:
                self.builds.pop(event.build.id, None)
        elif event.event == "host":
            self.hosts[event.host.id] = event.host.state
        elif event.event == "host_deleted":
            self.hosts.pop(event.id, None)
        return before != (self.building, self.queued, self.hosts)

    def sentence(self, *, narrow: bool) -> str:
        """The right half of the top bar."""
        if self.trouble:
            return self.trouble
        if not self.is_known:
            return ""
        online = sum(state is HostState.ONLINE for state in self.hosts.values())
        who = self.user if narrow else f"{self.user} on {self.machine}"
        hosts = f"{online}/{len(self.hosts)} host{'' if len(self.hosts) == 1 else 's'}"
        if narrow and self.building and self.queued:
            return " · ".join([who, *self._work(narrow=True)])  # beside the areas there is no room for the hosts too
        return " · ".join([who, hosts, *self._work(narrow=narrow)])

    def _work(self, *, narrow: bool) -> list[str]:
        if not self.builds:
            return []
        building = [] if narrow and not self.building else [f"{self.building} building"]
        queued = [f"{self.queued} queued"] if self.queued else []
        return [", ".join([*building, *queued])]

    def farewell(self) -> str:
        """The line for the way out; empty when nothing goes on."""
        count = len(self.builds)
        if not count:
            return ""
        subject = "1 build goes" if count == 1 else f"{count} builds go"
        return f"{subject} on in the background. `trailer` shows {'it' if count == 1 else 'them'} again."
