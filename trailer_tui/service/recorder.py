"""Takes what an engine reports on the build's thread: output goes to the log, steps are kept for whoever looks.

Everything else reads snapshots from other threads; the lock is held only while a few fields change.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from trailer_tui.engine.cancel import Cancelled, CancelToken
from trailer_tui.engine.events import (
    EngineEvent,
    PhaseFinished,
    StepFinished,
    StepOutput,
    StepProgress,
    StepStarted,
)
from trailer_tui.model.build import LayerProgress, Step
from trailer_tui.model.errors import TrailerError
from trailer_tui.model.log import STREAM_OUT, STREAM_TRAILER
from trailer_tui.model.status import Phase, StepState
from trailer_tui.service.lines import LineCutter, Tail
from trailer_tui.service.masking import SecretMask
from trailer_tui.store.logs import LogWriter

MAX_LAYERS = 1000
"""Transfers shown of one step; an image has at most 127 layers."""


@dataclass
class _Step:
    """One step as it is known so far."""

    ordinal: int
    phase: Phase
    instruction: str
    number: int | None
    total: int | None
    line: int | None
    started_ms: int
    state: StepState = StepState.RUNNING
    duration_ms: int | None = None
    error: str = ""
    layers: dict[str, LayerProgress] = field(default_factory=dict)
    cutters: dict[str, LineCutter] = field(default_factory=dict)
    tail: Tail = field(default_factory=Tail)

    def record(self, build_id: int) -> Step:
        """The step as a record."""
        return Step(
            build_id=build_id,
            ordinal=self.ordinal,
            phase=self.phase,
            number=self.number,
            total=self.total,
            instruction=self.instruction,
            line=self.line,
            state=self.state,
            started_ms=self.started_ms,
            duration_ms=self.duration_ms,
            error=self.error,
            layers=list(self.layers.values()) if self.state is StepState.RUNNING else [],
        )


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What changed since the last snapshot, and where the build stands."""

    steps: list[Step]
    """Only those that changed."""
    steps_done: int
    """The step that the builder is at, as it counts them."""
    steps_total: int | None
    log_size: int
    log_lines: int


class BuildRecorder:
    """The record of one running build. `emit` belongs to the build's thread; the rest is safe from any."""

    def __init__(
        self,
        build_id: int,
        writer: LogWriter,
        cancel: CancelToken,
        *,
        notify: Callable[[], None] = lambda: None,
        elapsed: Callable[[], float] | None = None,
    ) -> None:
        """`elapsed` gives seconds since the build's start; by default they count from now.

        `notify` is called from any thread when something is new, once until the next `snapshot`.
        """
        started = time.monotonic()
        self.build_id = build_id
        self.phase = Phase.PREPARE
        """What the pipeline is at."""
        self.storage_error: TrailerError | None = None
        """Why nothing more could be written."""
        self.mask = SecretMask()
        """Takes out of output and errors what it has learnt."""
        self._writer = writer
        self._cancel = cancel
        self._elapsed = elapsed or (lambda: time.monotonic() - started)
        self._lock = threading.Lock()
        self._steps: dict[str, _Step] = {}
        self._changed: set[str] = set()
        self._failed: str | None = None
        self._left: str | None = None
        self._latest: str | None = None
        self._done = 0
        self._total: int | None = None
        self._before_steps = LineCutter(self.mask)
        self._notify = notify
        self._news = False
        self._settled = False
        self._closed = False

    # On the build's thread

    def emit(self, event: EngineEvent) -> None:
        """Take one event.

        Raises:
            Cancelled: the record is closed, or the log could not be written; the work must end.
        """
        with self._lock:
            if self._settled or self.storage_error is not None:
                raise Cancelled
            match event:
                case StepOutput():
                    self._output(event.key, event.stream, event.text)
                case StepProgress():
                    self._progress(event)
                case StepStarted():
                    self._started(event)
                case StepFinished():
                    self._finished(event)
                case PhaseFinished():
                    return
            first, self._news = not self._news, True
        if first:
            self._notify()
        if self.storage_error is not None:
            self._cancel.cancel()
            raise Cancelled

    def remark(self, text: str) -> None:
        """Write a line of Trailer's own, at the step that is running; ignored when nothing can be written."""
        with self._lock:
            if self._closed or self.storage_error is not None:
                return
            step = self._steps.get(self._latest) if self._latest is not None else None
            self._write(step.ordinal if step else 0, STREAM_TRAILER, self.mask(text))

    # From any thread

    @property
    def log_size(self) -> int:
        """Bytes of the log so far."""
        return self._writer.size

    def flush(self) -> None:
        """Make the log so far readable; a full disk ends the build."""
        with self._lock:
            if self._closed or self.storage_error is not None:
                return
            self._guard(self._writer.flush)
        if self.storage_error is not None:
            self._cancel.cancel()

    def fail_storage(self, error: TrailerError) -> None:
        """End the build because its record cannot be stored."""
        with self._lock:
            self.storage_error = self.storage_error or error
        self._cancel.cancel()

    def snapshot(self) -> Snapshot:
        """What changed since the last call."""
        with self._lock:
            self._news = False
            changed = sorted((self._steps[key] for key in self._changed), key=lambda step: step.ordinal)
            self._changed.clear()
            steps = [step.record(self.build_id) for step in changed]
            return Snapshot(steps, self._done, self._total, self._writer.size, self._writer.lines)

    def steps(self) -> list[Step]:
        """All steps so far, in order of start."""
        with self._lock:
            return [step.record(self.build_id) for step in self._steps.values()]

    def failed_step(self) -> tuple[Step, list[str]] | None:
        """The step that failed, with its last output; None when none did."""
        with self._lock:
            step = self._steps.get(self._failed) if self._failed is not None else None
            return (step.record(self.build_id), step.tail.lines()) if step is not None else None

    def settle(self, left: StepState) -> None:
        """No more events: the rest of the output is written, and steps that still ran end as `left`.

        With `left` failed and no step that reported its failure, the last one that ran is the one that failed.
        """
        with self._lock:
            if self._settled:
                return
            self._settled = True
            now = self._milliseconds()
            for key, step in self._steps.items():
                self._drain(step)
                if step.state in _UNFINISHED:
                    step.state, step.duration_ms, step.error = left, now - step.started_ms, ""
                    self._changed.add(key)
                    self._left = key
            if left is StepState.FAILED and self._failed is None:
                self._failed = self._left
            rest = self._before_steps.rest()
            if rest is not None:
                self._write(0, STREAM_OUT, rest)

    def close(self) -> None:
        """Close the log; nothing can be written after."""
        with self._lock:
            if self._closed:
                return
            self._settled = self._closed = True
            self._guard(self._writer.close)

    # With the lock held

    def _started(self, event: StepStarted) -> None:
        step = self._steps.get(event.key)
        if step is None:
            ordinal = len(self._steps) + 1
            step = self._steps[event.key] = _Step(
                ordinal,
                event.phase,
                event.instruction,
                event.number,
                event.total,
                event.line,
                self._milliseconds(),
            )
        else:
            # A builder repeats a step in full as it learns more of it, and may start it again.
            step.instruction = event.instruction or step.instruction
            step.number = event.number if event.number is not None else step.number
            step.total = event.total if event.total is not None else step.total
            step.line = event.line if event.line is not None else step.line
            step.state, step.duration_ms = StepState.RUNNING, None
        if step.number is not None:
            self._done = max(self._done, step.number)
        if step.total is not None:
            self._total = max(self._total or 0, step.total)
        self._latest = event.key
        self._changed.add(event.key)

    def _finished(self, event: StepFinished) -> None:
        step = self._steps.get(event.key)
        if step is None:
            return
        self._drain(step)
        step.duration_ms = self._milliseconds() - step.started_ms
        step.error = self.mask(event.error)
        if event.error:
            step.state = StepState.FAILED
            self._failed = event.key
        else:
            step.state = StepState.CACHED if event.cached else StepState.DONE
        self._changed.add(event.key)

    def _progress(self, event: StepProgress) -> None:
        step = self._steps.get(event.key)
        if step is None or (event.item not in step.layers and len(step.layers) >= MAX_LAYERS):
            return
        step.layers[event.item] = LayerProgress(
            layer=event.item, action=event.action, current=event.current, total=event.total
        )
        self._changed.add(event.key)

    def _output(self, key: str, stream: str, text: str) -> None:
        step = self._steps.get(key)
        if step is None:
            block = self._before_steps.feed(text)
            if block is not None:
                self._write(0, stream, block)
            return
        cutter = step.cutters.get(stream)
        if cutter is None:
            cutter = step.cutters[stream] = LineCutter(self.mask)
        block = cutter.feed(text)
        if block is not None:
            self._write(step.ordinal, stream, block)
            step.tail.feed(block)

    def _drain(self, step: _Step) -> None:
        for stream, cutter in step.cutters.items():
            rest = cutter.rest()
            if rest is not None:
                self._write(step.ordinal, stream, rest)
                step.tail.feed(rest)

    def _write(self, ordinal: int, stream: str, block: str) -> None:
        if self.storage_error is not None:
            return
        try:
            self._writer.write_lines(ordinal, self._milliseconds(), stream, block)
        except (TrailerError, OSError) as error:
            self._unwritable(error)

    def _guard(self, work: Callable[[], None]) -> None:
        try:
            work()
        except (TrailerError, OSError) as error:
            self._unwritable(error)

    def _unwritable(self, error: TrailerError | OSError) -> None:
        if self.storage_error is None:
            wrapped = TrailerError(f"the log cannot be written: {error}")
            self.storage_error = error if isinstance(error, TrailerError) else wrapped

    def _milliseconds(self) -> int:
        return int(self._elapsed() * 1000)


_UNFINISHED = (StepState.RUNNING, StepState.PENDING)
