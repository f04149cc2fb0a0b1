"""The queue: pending builds per host in a fair order, up to the host's limit, with the reason why one waits."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Iterable

from trailer_tui.model.build import BuildSummary, Step
from trailer_tui.model.errors import NotApplicable, TrailerError
from trailer_tui.model.host import Host
from trailer_tui.model.rows import ImageRow
from trailer_tui.model.status import BuildState, HostState
from trailer_tui.service.build_end import EndRecorder
from trailer_tui.service.build_run import BuildRun, Workshop
from trailer_tui.service.fair_queue import FairQueue
from trailer_tui.service.host_watch import HostWatch
from trailer_tui.service.lost_hosts import LostHosts
from trailer_tui.service.queue_news import QueueNews
from trailer_tui.service.recovery import note_cancelled

_LOG = logging.getLogger(__name__)

REST = 3.0
"""Times as long as it took to order the queue it is left alone: a long one must not keep the server busy."""


class Scheduler:
    """Queue and running builds of the server. Used on the event loop only."""

    def __init__(self, workshop: Workshop, ends: EndRecorder) -> None:
        self._workshop = workshop
        self._ends = ends
        self._watch: HostWatch | None = None
        self._pending = FairQueue()
        self._news = QueueNews(workshop.store, workshop.live, self._pending.get)
        self._lost = LostHosts(self._host, self.wake)
        self._moving: set[int] = set()
        """Builds that must not start now, because they are on their way to another host."""
        self._runs: dict[int, BuildRun] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._awake = asyncio.Event()
        self._loop_tasks: list[asyncio.Task[None]] = []

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
        for summary in pending:
            self._pending.put(summary)
        self._loop_tasks = [
            asyncio.create_task(self._loop(), name="build queue"),
            asyncio.create_task(self._news.run(), name="news of the build queue"),
        ]
        self.wake()

    def wake(self) -> None:
        """Something changed that may let a build start: a host, a limit, the queue."""
        self._awake.set()

    def add(self, summary: BuildSummary) -> None:
        """Queue a build that the store has as pending."""
        self._pending.put(summary)
        self.wake()

    async def move(self, build_id: int, host_id: int) -> tuple[BuildSummary, ImageRow]:
        """Send a pending build to another host.

        Raises:
            NotApplicable: it has started.
            TrailerError: what the store raises; the build then waits where it did.
        """
        if build_id in self._runs:
            raise NotApplicable("the build has started meanwhile")
        self._moving.add(build_id)
        try:
            moved, row = await self._workshop.store.builds.move(build_id, host_id)
            # Its place there is known after the next pass.
            self._workshop.live.positions.pop(build_id, None)
            if build_id in self._pending:  # nobody has cancelled it meanwhile
                self._pending.put(moved)
            return moved, row
        finally:
            self._moving.discard(build_id)
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
        summary = self._pending.take(build_id)
        if summary is None:
            return None
        try:
            return await self._workshop.store.builds.finish(build_id, state=BuildState.CANCELLED)
        except TrailerError:
            self._pending.put(summary)
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
        for task in self._loop_tasks:
            task.cancel()
        await asyncio.gather(*self._loop_tasks, return_exceptions=True)
        self._lost.stop()
        if interrupt:
            self._ends.stop()
            for run in self._runs.values():
                run.interrupt()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _loop(self) -> None:
        while True:
            await self._awake.wait()
            self._awake.clear()
            started = time.perf_counter()
            try:
                waiting = self._begin_all()
                rest = REST * (time.perf_counter() - started)
                await self._say_why_all(waiting)
            except Exception:
                _LOG.exception("the build queue stumbled; it goes on with the next event")
            else:
                await asyncio.sleep(rest)

    def _begin_all(self) -> list[tuple[BuildSummary, str]]:
        """Start what can start; returns the builds that wait for another reason than was said, with that."""
        self._give_up_lost()
        positions: dict[int, int] = {}
        waiting: list[tuple[BuildSummary, str]] = []
        for host_id, pending in self._pending.by_host().items():
            host, running = self._host(host_id), self._running(host_id)
            ordered = self._pending.ordered(host_id, pending, running)
            working = running.total()
            for summary in [summary for summary in ordered if summary.id not in self._moving]:
                if host is None or _waits_for(host, working):
                    break
                ordered.remove(summary)
                self._begin(summary, host)
                working += 1
            positions |= {summary.id: place for place, summary in enumerate(ordered, start=1)}
            reason = _waits_for(host, working)
            waiting += [(summary, reason) for summary in ordered if summary.waiting_reason != reason]
        self._news.set(positions)
        self._count()
        return waiting

    async def _say_why_all(self, waiting: list[tuple[BuildSummary, str]]) -> None:
        for summary, reason in waiting:
            await self._say_why(summary, reason)
            if self._awake.is_set():
                return  # a build that can start goes first; the next pass says the rest

    def _host(self, host_id: int) -> Host | None:
        assert self._watch is not None
        return self._watch.host(host_id)

    def _running(self, host_id: int) -> Counter[str]:
        """How many builds each user runs on a host."""
        runs = (run.summary for run in self._runs.values() if run.working)
        return Counter(summary.requested_by for summary in runs if summary.host_id == host_id)

    def _give_up_lost(self) -> None:
        working = [run for run in self._runs.values() if run.working and run.is_on(self._host(run.summary.host_id))]
        lost = self._lost.look(run.summary.host_id for run in working)
        for run in working:
            if run.summary.host_id in lost:
                run.give_up(lost[run.summary.host_id])

    def _begin(self, summary: BuildSummary, host: Host) -> None:
        self._pending.take(summary.id)
        self._pending.started(summary)
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
            Counter(summary.host_id for summary in self._pending),
        )

    async def _say_why(self, summary: BuildSummary, reason: str) -> None:
        if self._pending.get(summary.id) is not summary:
            return
        try:
            told, row = await self._workshop.store.builds.set_waiting_reason(summary.id, reason)
        except TrailerError as error:
            _LOG.warning("why build %d waits was not stored: %s", summary.id, error.cause)
            return
        waiting = self._pending.get(summary.id)
        if waiting is not None and waiting.host_id == summary.host_id:
            self._pending.put(told)
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
