"""What is told of one step: its start, progress, output and end; work of no interest stays untold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from trailer_tui.engine.events import Emit, StepFinished, StepOutput, StepProgress, StepStarted
from trailer_tui.humanize import duration
from trailer_tui.model.log import STREAM_TRAILER

QUIET_SECONDS = 0.3
"""How long quiet work may run untold."""
QUIET_BYTES = 1_000_000
"""How much it may move untold."""
_SLOW_SECONDS = 1.0


class StepReport:
    """One step, to which several vertexes may belong: an ADD of a URL has one for the download and one for the copy."""

    def __init__(self, emit: Emit, event: StepStarted, clock: Callable[[], float], *, quiet: bool) -> None:
        """`quiet` work is told only when it fails, prints something, takes long or moves much."""
        self.event = event
        self.error = ""
        """Why it failed."""
        self.stopped = False
        """Whether the engine ended it because another step failed, or all of the build was to end."""
        self._emit = emit
        self._clock = clock
        self._quiet = quiet
        self._told = False
        self._ended = False
        self._running: set[str] = set()
        self._began = 0.0
        self._progress: dict[str, StepProgress] = {}
        self._sizes: dict[str, int] = {}
        self._lines: set[str] = set()
        self._remarks: set[str] = set()

    @property
    def running(self) -> bool:
        """Whether one of its vertexes is at work."""
        return bool(self._running)

    @property
    def key(self) -> str:
        """Names the step in events."""
        return self.event.key

    def start(self, vertex: str) -> None:
        """A vertex began, or began again."""
        if vertex in self._running:
            return
        if not self._running:
            self._began = self._clock()
        self._running.add(vertex)
        if not self._quiet:
            self._tell()

    def renumber(self, total: int) -> None:
        """More steps became known than when this one was."""
        self.event = replace(self.event, total=total)

    def look(self) -> None:
        """Tell quiet work that has run for long by now."""
        if self._running and not self._told and self._clock() - self._began >= QUIET_SECONDS:
            self._tell()

    def progress(self, item: str, action: str, current: int, total: int) -> None:
        """Bytes moved of one item."""
        event = StepProgress(self.key, item, action, current, total)
        if self._progress.get(item) == event:
            return
        self._progress[item] = event
        self._sizes[item] = max(total, self._sizes.get(item, 0))
        if self._told:
            self._emit(event)
        elif current >= QUIET_BYTES:
            self._tell()

    def size_of(self, item: str) -> int:
        """The largest size that was told of an item, in bytes; 0 when none was."""
        return self._sizes.get(item, 0)

    def work(self, text: str) -> None:
        """A part of the work without a measure, such as `exporting layers`; told once."""
        if text not in self._lines:
            self._lines.add(text)
            if self._told:
                self._emit(StepOutput(self.key, STREAM_TRAILER, f"{text}\n"))

    def output(self, stream: str, text: str) -> None:
        """Something was printed."""
        if not self._told:
            self._tell()
        if text:
            self._emit(StepOutput(self.key, stream, text))

    def remark(self, text: str) -> None:
        """Something Trailer says; the same only once."""
        if text not in self._remarks:
            self._remarks.add(text)
            self.output(STREAM_TRAILER, text)
            if not self._running and not self._ended:
                self._end(StepFinished(self.key))

    def finish(self, vertex: str, *, cached: bool = False, error: str = "", seconds: float = 0.0) -> None:
        """A vertex ended after `seconds`; the step with its last one, or with an error at once."""
        self._running.discard(vertex)
        if error:
            self.fail(error)
            return
        if self._running or self.error:
            return
        if not self._told and not self._quiet:
            self._tell()
        elif not self._told and seconds >= _SLOW_SECONDS:
            self.output(STREAM_TRAILER, f"This took {duration(seconds)}\n")
        if self._told:
            self._end(StepFinished(self.key, cached=cached))

    def fail(self, error: str, line: int | None = None) -> None:
        """The step is the one that failed; `line` is where, if it is not known yet."""
        if self.event.line is None and line is not None:
            self.event = replace(self.event, line=line)
            self._tell()
        elif not self._told:
            self._tell()
        self.error = error
        self._end(StepFinished(self.key, error=error))

    def leave(self) -> None:
        """The build ended, and the engine said nothing more of this step."""
        if self._running and self._told and not self._ended:
            self._end(StepFinished(self.key))

    def _tell(self) -> None:
        self._told, self._ended = True, False
        self._emit(self.event)
        for event in self._progress.values():
            self._emit(event)

    def _end(self, event: StepFinished) -> None:
        self._ended = True
        self._emit(event)
