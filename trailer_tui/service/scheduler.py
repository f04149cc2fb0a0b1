"""The queue: pending builds per host in order, up to the host's limit, with the reason shown why one waits."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Iterable

from trailer_tui.model.build import BuildSummary, Step
from trailer_tui.model.errors import TrailerError
from trailer_tui.model.host import Host
from trailer_tui.model.rows import ImageRow
from trailer_tui.model.status import BuildState, HostState
from trailer_tui.service.build_end import EndRecorder
from trailer_tui.service.build_run import BuildRun, Workshop
from trailer_tui.service.host_watch import HostWatch
from trailer_tui.service.recovery import note_cancelled

_LOG = logging.getLogger(__name__)


class Scheduler:
    """Queue and running builds of the server. Used on the event loop only."""

    def __init__(self, workshop: Workshop, ends: EndRecorder) -> None:
        self._workshop = workshop
        self._ends = ends
        self._watch: HostWatch | None = None
        self._pending: dict[int, BuildSummary] = {}
        self._runs: dict[int, BuildRun] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._awake = asyncio.Event()
        self._loop_task: asyncio.Task[None] | None = None

    @property
    def building(self) -> int:
        """Builds that run, until their end is recorded."""
        return len(self._runs)

    @property
    def queued(self) -> int:
        """Builds that wait."""
        return len(self._pending)

    def start(self, pending: Iterable[BuildSummary], watch: HostWatch) -> None:
        """Take the queue as it is stored, and begin."""
        self._watch = watch
        self._pending |= {summary.id: summary for summary in pending}
        self._loop_task = asyncio.create_task(self._loop(), name="build queue")
        self.wake()

    def wake(self) -> None:
        """Something changed that may let a build start: a host, a limit, the queue."""
        self._awake.set()

    def add(self, summary: BuildSummary) -> None:
        """Queue a build that the store has as pending."""
        self._pending[summary.id] = summary
        self.wake()

    async def cancel(self, build_id: int, by: str) -> tuple[BuildSummary, ImageRow] | None:
        """Cancel a build: a pending one at once, whose end is returned; a running one is asked to end.

        None as well when the build is neither. Raises what the store raises; the build then still waits.
        """
        run = self._runs.get(build_id)
        if run is not None:
            run.cancel(by)
            await self._note_cancelled()
            return None
        summary = self._pending.pop(build_id, None)
        if summary is None:
            return None
        try:
            return await self._workshop.store.builds.finish(build_id, state=BuildState.CANCELLED)
        except TrailerError:
            self._pending[build_id] = summary
            self._pending = dict(sorted(self._pending.items()))
            raise
        finally:
            self._workshop.live.bell.ring(build_id)
            self.wake()

    async def _note_cancelled(self) -> None:
        try:
            await note_cancelled(self._workshop.store, [run.summary.id for run in self._runs.values() if run.unwanted])
        except TrailerError as error:
            _LOG.warning("which builds are being cancelled was not stored: %s", error.cause)

    def is_working(self, build_id: int) -> bool:
        """Whether more may be written to the build's log."""
        run = self._runs.get(build_id)
        return run.working if run is not None else build_id in self._pending

    def live_steps(self, build_id: int) -> list[Step] | None:
        """The steps of a running build as they are now; None when it does not run."""
        run = self._runs.get(build_id)
        return run.steps() if run is not None else None

    async def flush_log(self, build_id: int) -> None:
        """Make all of a running build's log readable."""
        run = self._runs.get(build_id)
        if run is not None:
            await run.flush()

    async def stop(self, *, interrupt: bool) -> None:
        """Start no more builds and wait for those that run; with `interrupt` end their work and leave the records."""
        if self._loop_task is not None:
            self._loop_task.cancel()
            await asyncio.gather(self._loop_task, return_exceptions=True)
        if interrupt:
            self._ends.stop()
            for run in self._runs.values():
                run.interrupt()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _loop(self) -> None:
        while True:
            await self._awake.wait()
            self._awake.clear()
            try:
                await self._pass()
            except Exception:
                _LOG.exception("the build queue stumbled; it goes on with the next event")

    async def _pass(self) -> None:
        assert self._watch is not None
        running = Counter(run.summary.host_id for run in self._runs.values() if run.working)
        waiting: list[tuple[BuildSummary, str]] = []
        for summary in list(self._pending.values()):
            host = self._watch.host(summary.host_id)
            reason = _waits_for(host, running[summary.host_id])
            if host is not None and not reason:
                running[host.id] += 1
                self._begin(summary, host)
            elif summary.waiting_reason != reason:
                waiting.append((summary, reason))
        self._count()
        for summary, reason in waiting:
            await self._say_why(summary, reason)
            if self._awake.is_set():
                return  # a build that can start goes first; the next pass says the rest

    def _begin(self, summary: BuildSummary, host: Host) -> None:
        del self._pending[summary.id]
        run = self._runs[summary.id] = BuildRun(self._workshop, summary, host, ends=self._ends)
        task = asyncio.create_task(self._run(run), name=f"build {summary.id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, run: BuildRun) -> None:
        try:
            await run.run(self.wake)
        finally:
            self._runs.pop(run.summary.id, None)
            self.wake()

    def _count(self) -> None:
        assert self._watch is not None
        self._watch.set_counts(
            Counter(run.summary.host_id for run in self._runs.values() if run.working),
            Counter(summary.host_id for summary in self._pending.values()),
        )

    async def _say_why(self, summary: BuildSummary, reason: str) -> None:
        if summary.id not in self._pending:
            return
        try:
            told, row = await self._workshop.store.builds.set_waiting_reason(summary.id, reason)
        except TrailerError as error:
            _LOG.warning("why build %d waits was not stored: %s", summary.id, error.cause)
            return
        if summary.id in self._pending:
            self._pending[summary.id] = told
            self._workshop.live.tell_both(told, row, reordered=False)


def _waits_for(host: Host | None, running: int) -> str:
    if host is None:
        return "its build host is gone"
    match host.state:
        case HostState.DISABLED:
            return f"{host.name} is disabled"
        case HostState.OFFLINE:
            return f"{host.name} is offline"
        case HostState.UNKNOWN:
            return f"waiting for {host.name} to answer"
    if running >= host.parallel_builds:
        limit = "one build" if host.parallel_builds == 1 else f"{host.parallel_builds} builds"
        return f"{host.name} runs {limit} at a time"
    return ""
