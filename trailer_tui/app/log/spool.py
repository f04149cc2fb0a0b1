"""A local copy of one build's log, fetched from the server while it is looked at.

The file has no name: it is unlinked as soon as it is made, so nothing is left behind whatever ends the app.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Callable
from enum import Enum
from pathlib import Path
from typing import Protocol

from trailer_tui.model.errors import NotFound, ServerUnavailable, StorageFull, TrailerError

_RETRY_SECONDS = (0.5, 1.0, 2.0, 4.0)


class LogSource(Protocol):
    """The part of the client that a spool uses."""

    def log(self, build_id: int, *, offset: int = 0, follow: bool = False) -> AsyncIterator[bytes]:
        """The log's bytes from `offset`."""


class SpoolState(Enum):
    """How far a spool has come."""

    READING = "reading"
    AWAY = "server away"
    COMPLETE = "complete"
    REMOVED = "removed"
    FAILED = "failed"


class LogSpool:
    """Bytes of a build's log from `start` on, in a local file.

    Args:
        source: gives the bytes.
        build_id: whose log.
        folder: where the file lies; made with mode 0700.
        on_change: called on the loop after every change of `size` or `state`; must be quick.
        start: first byte of the log to fetch.
        follow: whether to wait for more until the build has ended.
    """

    def __init__(
        self,
        source: LogSource,
        build_id: int,
        folder: Path,
        on_change: Callable[[], None],
        *,
        start: int = 0,
        follow: bool = True,
    ) -> None:
        self.build_id = build_id
        self.start = start
        self.size = 0
        """Bytes in the file."""
        self.state = SpoolState.READING
        self.error: TrailerError | None = None
        """Why it is away, removed or failed."""
        self._source = source
        self._follow = follow
        self._on_change = on_change
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115 (lives as long as the spool)
        self._task: asyncio.Task[None] | None = None

    @property
    def file(self) -> int:
        """Descriptor of the file."""
        return self._file.fileno()

    @property
    def complete(self) -> bool:
        """Whether all of the log is here and no more will come."""
        return self.state is SpoolState.COMPLETE

    def begin(self) -> None:
        """Start to fetch, as a task of the running loop."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def close(self) -> None:
        """Stop fetching and give the file back."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._file.close()

    async def _run(self) -> None:
        tries = 0
        while True:
            size_before = self.size
            try:
                await self._fetch()
                return self._become(SpoolState.COMPLETE)
            except ServerUnavailable as error:
                self._become(SpoolState.AWAY, error)
            except NotFound as error:
                return self._become(SpoolState.REMOVED, error)
            except TrailerError as error:
                return self._become(SpoolState.FAILED, error)
            except OSError as error:
                hint = "free some space there, or read the log with `trailer logs`"
                return self._become(SpoolState.FAILED, StorageFull(f"the copy of the log: {error}", hint=hint))
            tries = 0 if self.size > size_before else tries + 1
            await asyncio.sleep(_RETRY_SECONDS[min(tries, len(_RETRY_SECONDS) - 1)])

    async def _fetch(self) -> None:
        chunks = self._source.log(self.build_id, offset=self.start + self.size, follow=self._follow)
        async for chunk in chunks:
            view = memoryview(chunk)
            while view:
                written = os.write(self.file, view)
                self.size += written
                view = view[written:]
            self._become(SpoolState.READING)
            await asyncio.sleep(0)  # between two chunks that are both here already, a key may be waiting

    def _become(self, state: SpoolState, error: TrailerError | None = None) -> None:
        self.state, self.error = state, error
        self._on_change()
