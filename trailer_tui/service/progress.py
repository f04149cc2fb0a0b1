"""Tells the clients and the store how far a running build is, in steady small portions."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress

from trailer_tui.model.build import BuildSummary, Step
from trailer_tui.model.errors import NotApplicable, NotFound, StorageFull, TrailerError
from trailer_tui.service.live import LiveState
from trailer_tui.service.recorder import BuildRecorder, Snapshot
from trailer_tui.service.threads import ThreadCalls
from trailer_tui.store.store import Store

_LOG = logging.getLogger(__name__)

TELL_SECONDS = 0.1
STORE_STEPS_SECONDS = 0.25
"""Between two writes to the store while steps change; each waits for the disk."""
STORE_LOG_SECONDS = 1.0
"""Between two writes while only the log grows."""


class ProgressTicker:
    """Runs beside one build until it is cancelled; rests while nothing happens."""

    def __init__(
        self,
        store: Store,
        live: LiveState,
        calls: ThreadCalls,
        summary: BuildSummary,
        recorder: BuildRecorder,
        news: asyncio.Event,
        *,
        creator: str,
    ) -> None:
        """`news` is set when the recorder has something new; `creator` is that of the image."""
        self.summary = summary
        """The build as it was last stored."""
        self._store = store
        self._live = live
        self._calls = calls
        self._recorder = recorder
        self._news = news
        self._creator = creator
        self._unstored: dict[int, Step] = {}
        self._latest: Snapshot | None = None
        self._stored_at = float("-inf")

    async def run(self) -> None:
        """Tell until cancelled."""
        while True:
            wait = self._seconds_until_store()
            if wait is None or wait > 0:
                with suppress(TimeoutError):
                    async with asyncio.timeout(wait):
                        await self._news.wait()
            try:
                if self._news.is_set():
                    self._news.clear()
                    await self._tell()
                await self._keep()
            except Exception:
                _LOG.exception("telling the progress of build %d stumbled; it goes on", self.summary.id)
            await asyncio.sleep(TELL_SECONDS)

    async def _tell(self) -> None:
        snapshot = self._latest = self._recorder.snapshot()
        self._unstored |= {step.ordinal: step for step in snapshot.steps}
        await self._calls.run(self._recorder.flush)
        self._live.bell.ring(self.summary.id)
        self._live.tell_steps(self.summary, self._creator, snapshot.steps, self._recorder.log_size, snapshot.log_lines)

    def _seconds_until_store(self) -> float | None:
        """Seconds until what is not stored yet should be; None when all is."""
        if self._latest is None:
            return None
        pause = STORE_STEPS_SECONDS if self._unstored else STORE_LOG_SECONDS
        return max(self._stored_at + pause - time.monotonic(), 0)

    async def _keep(self) -> None:
        latest = self._latest
        if latest is None or self._seconds_until_store():
            return
        steps = list(self._unstored.values())
        self._unstored, self._latest = {}, None
        self._stored_at = time.monotonic()
        try:
            self.summary, row = await self._store.builds.progress(
                self.summary.id,
                steps=steps,
                steps_done=latest.steps_done,
                steps_total=latest.steps_total,
                log_size=self._recorder.log_size,
                log_lines=latest.log_lines,
            )
        except StorageFull as error:
            self._recorder.fail_storage(error)
        except (NotFound, NotApplicable):
            return
        except TrailerError as error:
            _LOG.warning("progress of build %d was not stored: %s", self.summary.id, error.cause)
            self._unstored = {step.ordinal: step for step in steps} | self._unstored
            self._latest = latest
        else:
            self._live.tell_progress(self.summary, row)
