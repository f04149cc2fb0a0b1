"""Which build comes next: the user with the fewest builds on a host goes first there.

Ties go to the user whose build started longest ago on that host, then to the build that was queued first. Builds of one
user keep their order.
"""

from __future__ import annotations

import heapq
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping

from trailer_tui.model.build import BuildSummary


class FairQueue:
    """The pending builds of all hosts."""

    def __init__(self) -> None:
        self._pending: dict[int, BuildSummary] = {}
        self._starts: dict[tuple[int, str], int] = {}
        """When a user's last build started on a host, counted in starts."""
        self._count = 0

    def __len__(self) -> int:
        return len(self._pending)

    def __iter__(self) -> Iterator[BuildSummary]:
        return iter(self._pending.values())

    def __contains__(self, build_id: int) -> bool:
        return build_id in self._pending

    def put(self, summary: BuildSummary) -> None:
        """Add a pending build, or replace what is known of it."""
        self._pending[summary.id] = summary

    def get(self, build_id: int) -> BuildSummary | None:
        """The pending build of that id."""
        return self._pending.get(build_id)

    def take(self, build_id: int) -> BuildSummary | None:
        """Remove a build."""
        return self._pending.pop(build_id, None)

    def started(self, summary: BuildSummary) -> None:
        """A build of the user starts on its host."""
        self._count += 1
        self._starts[summary.host_id, summary.requested_by] = self._count

    def by_host(self) -> dict[int, list[BuildSummary]]:
        """Pending builds by host, in the order in which they were queued."""
        hosts: dict[int, list[BuildSummary]] = defaultdict(list)
        for build_id in sorted(self._pending):
            summary = self._pending[build_id]
            hosts[summary.host_id].append(summary)
        return hosts

    def ordered(self, host_id: int, waiting: Iterable[BuildSummary], running: Mapping[str, int]) -> list[BuildSummary]:
        """The builds that wait for one host, in the order in which they would start if none of those before ended.

        Args:
            host_id: the host.
            waiting: its pending builds in the order in which they were queued.
            running: how many builds each user runs there now.
        """
        lines: dict[str, deque[BuildSummary]] = defaultdict(deque)
        for summary in waiting:
            lines[summary.requested_by].append(summary)
        heap = [
            (running.get(user, 0), self._starts.get((host_id, user), 0), line[0].id, user)
            for user, line in lines.items()
        ]
        heapq.heapify(heap)
        ordered: list[BuildSummary] = []
        while heap:
            count, _, _, user = heapq.heappop(heap)
            line = lines[user]
            ordered.append(line.popleft())
            if line:
                heapq.heappush(heap, (count + 1, self._count + len(ordered), line[0].id, user))
        return ordered
