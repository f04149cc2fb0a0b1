"""How much room a host's disk has, asked now and then in a thread of its own."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from trailer_tui.engine.interface import FreeSpace
from trailer_tui.model.errors import HostUnreachable, TrailerError
from trailer_tui.model.host import DiskSpace
from trailer_tui.service.threads import start_thread

_LOG = logging.getLogger(__name__)

USUAL_SECONDS = 300.0
"""Between two looks at the disk of a host where nothing happens."""
COSTLY_SECONDS = 3600.0
"""The same where a look costs the host a container, or told nothing."""
RECENT_SECONDS = 60.0
"""How old a look may be when a build begins, or somebody asks what fills the disk."""

SETTLED_SECONDS = 1.0
"""After a build ended: neither its own last calls nor the next build has to share the engine with a look."""

_NEWS_BYTES = 100_000_000
_NEWS_SHARE = 0.01


class DiskGauge:
    """The disk of one host. Used on the event loop only; a host that does not answer holds up nobody."""

    def __init__(
        self,
        name: str,
        measure: Callable[[], FreeSpace],
        clock: Callable[[], datetime],
        found: Callable[[DiskSpace | None, str], None],
    ) -> None:
        """`found` gets the room, or None and why it cannot be known."""
        self._name = name
        self._measure = measure
        self._clock = clock
        self._found = found
        self._asked_at: float | None = None
        self._pause = USUAL_SECONDS
        self._under_way: asyncio.Future[FreeSpace] | None = None
        self._again = False
        self._later: asyncio.TimerHandle | None = None

    def refresh(self, *, older_than: float | None = None) -> None:
        """Look again unless that was done in the last `older_than` seconds; by default in the usual time."""
        older_than = self._pause if older_than is None else older_than
        if self._under_way is not None:
            self._again = self._again or older_than == 0
            return
        now = asyncio.get_running_loop().time()
        if self._asked_at is not None and now - self._asked_at < older_than:
            return
        self._asked_at = now
        self._under_way = start_thread(f"disk of {self._name}", self._measure)
        self._under_way.add_done_callback(self._done)

    def refresh_later(self) -> None:
        """Look again when things have settled; once for all builds that end until then, rarely where it is costly."""
        if self._later is None:
            older_than = USUAL_SECONDS if self._pause == COSTLY_SECONDS else 0
            self._later = asyncio.get_running_loop().call_later(SETTLED_SECONDS, self._settled, older_than)

    async def look(self, seconds: float, *, older_than: float = 0) -> None:
        """Look again unless that was done in the last `older_than` seconds; returns at most after `seconds`."""
        self.refresh(older_than=older_than)
        if self._under_way is not None:
            await asyncio.wait({self._under_way}, timeout=seconds)

    def retire(self) -> None:
        """What is still found out concerns nobody any more."""
        self._found = _nobody
        self._again = False
        if self._later is not None:
            self._later.cancel()

    def _settled(self, older_than: float) -> None:
        self._later = None
        self.refresh(older_than=older_than)

    def _done(self, looked: asyncio.Future[FreeSpace]) -> None:
        self._under_way = None
        try:
            self._take(looked)
        except Exception:
            _LOG.exception("what was found of the disk of host %s could not be told", self._name)
        if self._again:
            self._again = False
            self.refresh(older_than=0)

    def _take(self, looked: asyncio.Future[FreeSpace]) -> None:
        error = None if looked.cancelled() else looked.exception()
        if looked.cancelled() or isinstance(error, HostUnreachable):
            pass  # what was known stays; the watch tells that it does not answer
        elif isinstance(error, TrailerError):
            self._pause = COSTLY_SECONDS
            self._found(None, error.cause)
        elif error is not None:
            _LOG.error("the disk of host %s could not be looked at", self._name, exc_info=error)
            self._found(None, f"{type(error).__name__}: {error}")
        else:
            space = looked.result()
            self._pause = COSTLY_SECONDS if space.costly else USUAL_SECONDS
            self._found(DiskSpace(total=space.total, free=space.free, measured_at=self._clock()), "")


def is_news(told: DiskSpace | None, found: DiskSpace | None) -> bool:
    """Whether clients want to hear of it; a disk changes all the time by amounts that no list shows."""
    if told is None or found is None:
        return told is not found
    change = abs(told.free - found.free)
    return told.total != found.total or change >= max(_NEWS_BYTES, _NEWS_SHARE * told.free)


def _nobody(disk: DiskSpace | None, note: str) -> None:
    pass
