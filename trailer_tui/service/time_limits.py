"""The time that a host allows for pulls, builds and pushes; work that takes longer is ended on the host."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum

from trailer_tui.model.errors import BuildFailed, TrailerError
from trailer_tui.model.host import Host

MINUTE = 60.0
"""Seconds; tests make it shorter."""


class Work(Enum):
    """What a host limits, in the words of the message."""

    PULL = "pull"
    BUILD = "build"
    """Without pulls and push, with the squash."""
    PUSH = "push"


class TimeLimits:
    """The limits of one host as they were when its build started. Used on the build's thread."""

    def __init__(self, host: Host, expire: Callable[[TrailerError], None]) -> None:
        """`expire` is called once from a thread of the timer when a limit is reached."""
        self._name = host.name
        self._minutes = {
            Work.PULL: host.pull_minutes,
            Work.BUILD: host.build_minutes,
            Work.PUSH: host.push_minutes,
        }
        self._expire = expire

    @contextmanager
    def during(self, work: Work) -> Iterator[None]:
        """Let the block take no longer than the host allows."""
        timer = threading.Timer(self._minutes[work] * MINUTE, self._reached, (work,))
        timer.name, timer.daemon = f"limit of a {work.value} on {self._name}", True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _reached(self, work: Work) -> None:
        minutes = self._minutes[work]
        allowed = "one minute" if minutes == 1 else f"{minutes} minutes"
        self._expire(
            BuildFailed(
                f"The {work.value} took longer than the {allowed} that host {self._name} allows",
                hint=f"look at what the step waited for, or raise the {work.value} timeout of host {self._name}",
            )
        )
