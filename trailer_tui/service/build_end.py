"""The end of a build, and recording it until the store has it, however full the disk is meanwhile."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from trailer_tui.model.build import BuildFailure, BuildSummary, Step
from trailer_tui.model.errors import NotApplicable, NotFound, TrailerError
from trailer_tui.model.rows import ImageRow
from trailer_tui.model.status import BuildState
from trailer_tui.service.live import LiveState
from trailer_tui.service.pipeline import BuildResult
from trailer_tui.service.recorder import Snapshot
from trailer_tui.service.threads import ThreadCalls
from trailer_tui.store.store import Store

_LOG = logging.getLogger(__name__)

FIRST_RETRY_SECONDS = 0.5
LAST_RETRY_SECONDS = 15.0


@dataclass(frozen=True)
class BuildEnd:
    """How a build ended."""

    state: BuildState
    failure: BuildFailure | None = None
    result: BuildResult = field(default_factory=BuildResult)
    steps: list[Step] = field(default_factory=list)
    """All of them."""
    last: Snapshot | None = None


class EndRecorder:
    """Records ends of builds; while the store refuses, everybody is told the truth all the same."""

    def __init__(
        self, store: Store, live: LiveState, calls: ThreadCalls, *, clock: Callable[[], datetime], kept_logs: int
    ) -> None:
        self._store = store
        self._live = live
        self._calls = calls
        self._clock = clock
        self._kept_logs = kept_logs
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """No more waiting for a store that refuses: one last try each."""
        self._stopping.set()

    async def record(self, summary: BuildSummary, end: BuildEnd) -> None:
        """Store the end, trying until it worked, the build is gone, or the server stops."""
        delay = FIRST_RETRY_SECONDS
        while True:
            last_try = self._stopping.is_set()
            try:
                recorded = await self._try(summary, end)
            except (NotFound, NotApplicable) as error:
                _LOG.warning("the end of build %d was not recorded: %s", summary.id, error.cause)
                self._live.settled(summary.id)
                return
            except TrailerError as error:
                _LOG.warning("the end of build %d is not recorded yet: %s", summary.id, error.cause)
                await self._tell_unrecorded(summary, end)
            else:
                self._live.settled(summary.id)
                self._live.tell_both(*recorded)
                await self._remove_outdated_logs(summary.image_id)
                return
            if last_try:
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(delay):
                    await self._stopping.wait()
            delay = min(delay * 2, LAST_RETRY_SECONDS)

    async def _try(self, summary: BuildSummary, end: BuildEnd) -> tuple[BuildSummary, ImageRow]:
        builds, last = self._store.builds, end.last
        if last is not None:
            try:
                await builds.progress(
                    summary.id,
                    steps=end.steps,
                    steps_done=last.steps_done,
                    steps_total=last.steps_total,
                    log_size=last.log_size,
                    log_lines=last.log_lines,
                    last=True,
                )
            except TrailerError as error:
                # The end matters more than the last state of the steps.
                _LOG.warning("the last steps of build %d were not stored: %s", summary.id, error.cause)
        if end.result.resolved:
            try:
                await builds.keep_resolved(summary.id, end.result.resolved)
            except TrailerError as error:
                # The next build solves its environments anew.
                _LOG.warning("the packages of build %d were not stored: %s", summary.id, error.cause)
        return await builds.finish(
            summary.id,
            state=end.state,
            failure=end.failure,
            docker_image_id=end.result.docker_image_id,
            digest=end.result.digest,
            size=end.result.size,
            layers=end.result.layers,
            log_size=last.log_size if last is not None else 0,
            log_lines=last.log_lines if last is not None else 0,
        )

    async def _tell_unrecorded(self, summary: BuildSummary, end: BuildEnd) -> None:
        truth = summary.model_copy(
            update={"state": end.state, "failure": end.failure, "finished_at": self._clock(), "waiting_reason": ""}
        )
        self._live.set_unrecorded(truth)
        try:
            row = await self._store.images.row(summary.image_id)
        except TrailerError:
            # Whose it is cannot be told: administrators are the ones who may see it in any case.
            self._live.tell_build(truth, creator="")
        else:
            self._live.tell_both(truth, row)

    async def _remove_outdated_logs(self, image_id: int) -> None:
        try:
            for build_id in await self._store.builds.outdated_logs(image_id, keep=self._kept_logs):
                await self._calls.run(partial(self._store.logs.remove, build_id))
        except (TrailerError, OSError) as error:
            _LOG.warning("old logs of image %d were not removed: %s", image_id, error)
