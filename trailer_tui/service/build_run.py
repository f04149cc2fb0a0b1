"""One build from its start to its recorded end: the pipeline's thread, the live picture of it, cancel and interrupt."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from trailer_tui.dockerfile.context import BuildContext
from trailer_tui.dockerfile.generate import build_context
from trailer_tui.dockerfile.inputs import BuildInputs
from trailer_tui.engine.cancel import Cancelled, CancelToken
from trailer_tui.engine.interface import Engine
from trailer_tui.model.build import Build, BuildKind, BuildSummary, Step
from trailer_tui.model.errors import HostUnreachable, TrailerError
from trailer_tui.model.host import DiskSpace, Host
from trailer_tui.model.status import BuildState, StepState
from trailer_tui.service.build_end import BuildEnd, EndRecorder
from trailer_tui.service.build_inputs import BuildInputMaker, BuildOfImage
from trailer_tui.service.failures import build_failure
from trailer_tui.service.live import LiveState
from trailer_tui.service.pipeline import BuildResult, Job, Pipeline
from trailer_tui.service.preflight import disk_warnings
from trailer_tui.service.progress import ProgressTicker
from trailer_tui.service.recorder import BuildRecorder
from trailer_tui.service.recovery import LAST_WORDS
from trailer_tui.service.threads import ThreadCalls, start_thread
from trailer_tui.service.time_limits import TimeLimits
from trailer_tui.store.store import Store

_LOG = logging.getLogger(__name__)

CANCEL_GRACE_SECONDS = 10.0
"""How long a cancelled build waits for the host to confirm."""


@dataclass(frozen=True)
class Workshop:
    """What every build needs."""

    store: Store
    live: LiveState
    calls: ThreadCalls
    inputs: BuildInputMaker
    engine: Callable[[Host], AbstractContextManager[Engine]]
    """The engine of a host while a block runs. May block; called in threads only."""
    suspect: Callable[[int], None]
    """Told the id of a host that could not be reached."""
    secrets: Callable[[str, Sequence[str]], Awaitable[Mapping[str, Callable[[], bytes]]]]
    """What reads the named build secrets of a creator; raises `TrailerError` when one is missing."""
    disk: Callable[[int], Awaitable[DiskSpace | None]]
    """The room on a host's disk, as it was lately."""
    low_disk_gb: float
    """Room below which a build warns."""
    ssh_agent: Path | None
    """Socket of the server's agent."""
    context_key: Callable[[int], str]
    """Names the build context of an image record to engines."""


class BuildRun:
    """One build that was taken from the queue. `run` once; the rest is for others on the event loop."""

    def __init__(self, workshop: Workshop, summary: BuildSummary, host: Host, *, ends: EndRecorder) -> None:
        self.summary = summary
        self.working = True
        """Until nothing more will be written to the log."""
        self._workshop = workshop
        self._host = host
        self._ends = ends
        self._cancel = CancelToken()
        self._cancelled_by = ""
        self._interrupted = False
        self._given_up: TrailerError | None = None
        self._recorder: BuildRecorder | None = None
        self._result = BuildResult()

    # For others

    def cancel(self, by: str) -> None:
        """Ask for the end of the work; the record follows when the host has confirmed, or has not for too long."""
        if self._given_up is None:
            self._cancelled_by = self._cancelled_by or by
        self._workshop.live.set_cancelling(self.summary.id)
        self._ask_cancel()

    def give_up(self, error: TrailerError) -> None:
        """End the work as a failure with this cause; whoever asked for its end before is right."""
        if not self._cancel.cancelled:
            self._given_up = error
            self._ask_cancel()

    def interrupt(self) -> None:
        """End the work on the host and leave the record as it is, for the next start of the server.

        A build that somebody has cancelled before ends as cancelled.
        """
        self._interrupted = not self.unwanted and self._given_up is None
        self._ask_cancel()

    @property
    def unwanted(self) -> bool:
        """Whether somebody has asked for its cancel."""
        return bool(self._cancelled_by)

    def is_on(self, host: Host | None) -> bool:
        """Whether what is known of the host's engine concerns this build; not when its address was changed since."""
        return host is not None and (host.address, host.tls) == (self._host.address, self._host.tls)

    def steps(self) -> list[Step] | None:
        """The steps as they are now; None before the first can exist."""
        return self._recorder.steps() if self._recorder is not None else None

    async def flush(self) -> None:
        """Make the log so far readable."""
        if self._recorder is not None:
            await self._workshop.calls.run(self._recorder.flush)

    def _ask_cancel(self) -> None:
        if self._cancel.cancelled:
            return
        # Closing a socket may block for a moment, for instance over ssh.
        start_thread(f"cancel build {self.summary.id}", self._cancel.cancel)

    # The build

    async def run(self, place_free: Callable[[], None]) -> None:
        """Build, and record the end. Calls `place_free` as soon as the host has nothing more to do with it."""
        try:
            end = await self._build()
        except TrailerError as error:
            end = self._failed_early(error)
        except Exception as error:
            _LOG.exception("build %d failed unexpectedly", self.summary.id)
            end = self._failed_early(error)
        finally:
            self.working = False
            place_free()
            self._workshop.live.bell.ring(self.summary.id)
        if end is not None:
            await self._ends.record(self.summary, end)
        self._workshop.live.bell.ring(self.summary.id)

    async def _build(self) -> BuildEnd | None:
        workshop, build_id, host = self._workshop, self.summary.id, self._host
        build = await workshop.store.builds.get(build_id)
        inputs, context, warnings = BuildInputs(), None, []
        if build.kind is BuildKind.BUILD:
            inputs = await self._inputs(build)
            context = await workshop.calls.run(partial(build_context, build.configuration, inputs))
            warnings = disk_warnings(host.name, await workshop.disk(host.id), workshop.low_disk_gb)
        if self._given_up is not None:
            raise self._given_up
        if self._cancel.cancelled:
            return None if self._interrupted else BuildEnd(BuildState.CANCELLED)
        dockerfile = context.dockerfile if context is not None else build.dockerfile
        self.summary, row = await workshop.store.builds.start(
            build_id, dockerfile=dockerfile, warnings=warnings, locked=inputs.locks
        )
        workshop.live.tell_both(self.summary, row)
        writer = await workshop.calls.run(partial(workshop.store.logs.writer, build_id))
        loop = asyncio.get_running_loop()
        news = asyncio.Event()

        recorder = BuildRecorder(build_id, writer, self._cancel, notify=lambda: _soon(loop, news.set))
        self._recorder = recorder
        for warning in warnings:
            recorder.remark(f"Warning: {warning}")
        ticker = ProgressTicker(
            workshop.store, workshop.live, workshop.calls, self.summary, recorder, news, creator=row.creator
        )
        ticking = asyncio.create_task(ticker.run(), name=f"progress of build {build_id}")
        try:
            work = await self._begin_work(build, context, recorder, row.creator, inputs)
            confirmed = await self._wait(work)
        finally:
            ticking.cancel()
            await asyncio.gather(ticking, return_exceptions=True)
            self.summary = ticker.summary
        return await self._end(work, recorder, confirmed=confirmed)

    async def _inputs(self, build: Build) -> BuildInputs:
        creator = (await self._workshop.store.images.row(build.image_id)).creator
        which = BuildOfImage(build.image_id, build.number, build.resolve_again)
        return await self._workshop.inputs.make(build.configuration, creator=creator, host=self._host, build=which)

    async def _begin_work(
        self, build: Build, context: BuildContext | None, recorder: BuildRecorder, creator: str, inputs: BuildInputs
    ) -> asyncio.Future[None]:
        """The build's thread; one that has failed already when it cannot be given what it needs."""
        loop, host = asyncio.get_running_loop(), self._host
        names = build.configuration.secrets if context is not None and build.configuration.mode != "pull" else []
        try:
            secrets = await self._workshop.secrets(creator, names)
        except TrailerError as error:
            failed: asyncio.Future[None] = loop.create_future()
            failed.set_exception(error)
            return failed
        limits = TimeLimits(host, lambda error: _soon(loop, partial(self.give_up, error)))
        job = Job(
            build,
            context,
            host,
            limits,
            secrets=recorder.mask.watch(secrets),
            ssh_agent=self._workshop.ssh_agent,
            context_key=self._workshop.context_key(build.image_id),
            platform=inputs.platform,
            locks=inputs.locks,
        )
        return start_thread(f"build {build.id}", partial(self._work, job, recorder))

    def _work(self, job: Job, recorder: BuildRecorder) -> None:
        with self._workshop.engine(self._host) as engine:
            pipeline = Pipeline(engine, job, recorder, self._cancel)
            self._result = pipeline.result
            pipeline.run()

    async def _wait(self, work: asyncio.Future[None]) -> bool:
        """Until the thread ended; False when it was asked to and did not for too long."""
        loop, asked = asyncio.get_running_loop(), asyncio.Event()
        asking = asyncio.create_task(asked.wait())
        try:
            with suppress(Cancelled), self._cancel.closing(lambda: _soon(loop, asked.set)):
                either: set[asyncio.Future[Any]] = {work, asking}
                await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                await asyncio.wait({work}, timeout=CANCEL_GRACE_SECONDS)
        finally:
            asking.cancel()
        return work.done()

    async def _end(self, work: asyncio.Future[None], recorder: BuildRecorder, *, confirmed: bool) -> BuildEnd | None:
        error = work.exception() if confirmed else Cancelled(confirmed=False)
        confirmed = not isinstance(error, Cancelled) or error.confirmed
        if isinstance(error, HostUnreachable):
            self._workshop.suspect(self._host.id)
        state = self._state_after(error, recorder)
        recorder.settle(_STEPS_LEFT[state])
        failure = None
        if state is BuildState.FAILED:
            cause = recorder.storage_error or self._given_up or error or RuntimeError("no cause")
            failure = build_failure(cause, recorder)
            recorder.remark(f"{self._noun} failed: {failure.message}{self._doubt(confirmed=confirmed)}")
        else:
            recorder.remark(self._last_words(state, confirmed=confirmed))
        await self._workshop.calls.run(recorder.close)
        if state is BuildState.INTERRUPTED:
            return None
        if recorder.storage_error is not None and failure is None:
            state, failure = BuildState.FAILED, build_failure(recorder.storage_error, recorder)
        return BuildEnd(state, failure, self._result, recorder.steps(), recorder.snapshot())

    def _state_after(self, error: BaseException | None, recorder: BuildRecorder) -> BuildState:
        if recorder.storage_error is not None:
            return BuildState.FAILED
        if error is None:
            return BuildState.FINISHED
        if self._interrupted:
            return BuildState.INTERRUPTED
        if self._given_up is not None:
            return BuildState.FAILED
        # A stream that is closed from outside may end in any error.
        return BuildState.CANCELLED if self._cancel.cancelled else BuildState.FAILED

    def _last_words(self, state: BuildState, *, confirmed: bool) -> str:
        match state:
            case BuildState.FINISHED:
                return f"{self._noun} finished"
            case BuildState.INTERRUPTED:
                return f"{LAST_WORDS}; the {self._noun.lower()} is queued again when it is back"
        return f"{self._noun} cancelled by {self._cancelled_by}{self._doubt(confirmed=confirmed)}"

    @property
    def _noun(self) -> str:
        return self.summary.kind.value.capitalize()

    def _doubt(self, *, confirmed: bool) -> str:
        return "" if confirmed else f"; {self._host.name} did not confirm that, its work may go on there"

    def _failed_early(self, error: Exception) -> BuildEnd | None:
        if self._interrupted:
            return None
        return BuildEnd(BuildState.FAILED, build_failure(error, self._recorder))


_STEPS_LEFT = {
    BuildState.FINISHED: StepState.DONE,
    BuildState.FAILED: StepState.FAILED,
    BuildState.CANCELLED: StepState.CANCELLED,
    BuildState.INTERRUPTED: StepState.CANCELLED,
}


def _soon(loop: asyncio.AbstractEventLoop, call: Callable[[], object]) -> None:
    with suppress(RuntimeError):  # the loop has ended, and with it whoever would be told
        loop.call_soon_threadsafe(call)
