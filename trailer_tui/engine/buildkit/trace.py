"""BuildKit's trace of a build, folded into steps.

The engine repeats each vertex in full at every change; a vertex may start and end twice, and then be cached. Vertexes
are announced before they run, some never do, and the output of a step may arrive after its end.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from dataclasses import replace

from google.protobuf.timestamp_pb2 import Timestamp

from trailer_tui.engine.buildkit.buildkit_pb2 import StatusResponse, Vertex, VertexStatus, VertexWarning
from trailer_tui.engine.buildkit.plain_error import plain_error
from trailer_tui.engine.buildkit.step_numbers import StepNumbers
from trailer_tui.engine.buildkit.step_output import StepTexts, clipping_remark
from trailer_tui.engine.buildkit.step_report import StepReport
from trailer_tui.engine.buildkit.vertex_names import (
    InstructionLines,
    NumberedStep,
    is_export,
    is_reading,
    numbered_step,
    own_work,
)
from trailer_tui.engine.events import Emit, StepStarted
from trailer_tui.model.status import Phase

_EXIT_CODE = re.compile(r"exit code: (\d+)(?::|$)")
_PARSE_ERROR_LINE = re.compile(r"parse error (?:on )?line (\d+)", re.IGNORECASE)
_STOPPED = "context canceled"
_LAYER = re.compile(r"(extracting )?sha256:([0-9a-f]{12,})")
_CONTEXT = "transferring context:"
_SAID_LINE = re.compile(r" \(line \d+\)\Z")
_READING = "read"


class Trace:
    """Takes the messages of `Control/Status` and emits events. Used on one thread."""

    def __init__(self, dockerfile: str, emit: Emit, clock: Callable[[], float] = time.monotonic) -> None:
        """Start without any step.

        Args:
            dockerfile: its text, for the lines of steps.
            emit: takes the events.
            clock: seconds that only grow.
        """
        self.exit_code: int | None = None
        """Of the command that failed, once one has."""
        self.context_bytes = 0
        """Size of the build context, if whoever sends it knows; may be set from any thread."""
        self._emit = emit
        self._clock = clock
        self._lines = InstructionLines(dockerfile)
        self._numbers = StepNumbers(self._lines.stage_steps())
        self._texts = StepTexts()
        self._vertexes: dict[str, StepReport] = {}
        self._steps: dict[str, StepReport] = {}
        self._reading: StepReport | None = None
        self._failed: StepReport | None = None
        """The first step that failed."""

    def feed(self, response: StatusResponse) -> None:
        """Take in one message."""
        self._learn(response.vertexes)
        for vertex in response.vertexes:
            if vertex.HasField("started"):
                self._start(vertex)
        for status in response.statuses:
            self._status(status)
        for digest, stream, text, limit in self._texts.texts(response.logs):
            step = self._vertexes.get(digest)
            if step is not None:
                step.output(stream, text)
                if limit:
                    step.remark(clipping_remark(limit))
        for vertex in response.vertexes:
            if vertex.HasField("completed"):
                self._finish(vertex)
            elif vertex.HasField("started"):
                self._start(vertex)
        for warning in response.warnings:
            self._warn(warning)
        self.tick()

    def tick(self) -> None:
        """Time has passed: to be called now and then, so that work during which the engine says nothing is seen."""
        for step in self._steps.values():
            step.look()

    def finish(self, error: str = "", line: int | None = None) -> None:
        """The build ended.

        Args:
            error: why it failed; empty when it did not.
            line: the Dockerfile line that the engine names with that, from 1.
        """
        for digest in self._vertexes:
            self._drain(digest)
        if not error:
            for step in self._steps.values():
                step.leave()
            return
        error = plain_error(error)
        self.exit_code = _exit_code(error) if self.exit_code is None else self.exit_code
        found = _PARSE_ERROR_LINE.search(error)
        line = line if line is not None or found is None else int(found[1])
        failed = self._failed
        if failed is None:
            failed = self._blamed(line)
            failed.fail(error, line)
        elif failed.event.line is None and line is not None:
            failed.fail(failed.error, line)
        for step in self._steps.values():
            if step.stopped and step is not failed:
                step.remark("The engine stopped this step because another one failed\n")

    # Vertexes

    def _learn(self, vertexes: Iterable[Vertex]) -> None:
        names = {vertex.digest: _text(vertex.name) for vertex in vertexes if vertex.digest not in self._vertexes}
        numbered = {digest: step for digest, name in names.items() if (step := numbered_step(name)) is not None}
        own = {digest: step for digest, named in numbered.items() if (step := self._lines.own(named)) is not None}
        for step in own.values():
            self._numbers.learn(step)
        for digest, name in names.items():
            counted = own.get(digest)
            key = f"{counted.stage} {counted.number}".strip() if counted is not None else digest
            if key not in self._steps:
                self._steps[key] = self._new_step(key, name, numbered.get(digest), counted)
            self._vertexes[digest] = self._steps[key]
            if is_reading(name):
                self._reading = self._steps[key]

    def _new_step(self, key: str, name: str, numbered: NumberedStep | None, counted: NumberedStep | None) -> StepReport:
        """`counted` is the step as the Dockerfile counts it, where it does."""
        title = numbered.instruction if numbered is not None else own_work(name)
        event = StepStarted(key, Phase.BUILD, title, line=self._lines.base_line(name))
        if counted is not None:
            number, total = self._numbers.number(counted), self._numbers.total
            event = replace(event, number=number, total=total, line=self._lines.line(counted))
        return StepReport(self._emit, event, self._clock, quiet=numbered is None and not is_export(name))

    def _start(self, vertex: Vertex) -> None:
        step = self._vertexes[vertex.digest]
        if step.event.total is not None and step.event.total != self._numbers.total:
            step.renumber(self._numbers.total)
        step.start(vertex.digest)

    def _finish(self, vertex: Vertex) -> None:
        step = self._vertexes[vertex.digest]
        self._drain(vertex.digest)
        error = plain_error(_text(vertex.error))
        if error.endswith(_STOPPED):
            step.stopped = True
            return
        if error and self._failed is None:
            self._failed = step
            self.exit_code = _exit_code(error)
        seconds = _seconds(vertex.completed) - _seconds(vertex.started)
        step.finish(vertex.digest, cached=vertex.cached, error=error, seconds=seconds)

    def _drain(self, digest: str) -> None:
        for stream, text in self._texts.rest(digest):
            self._vertexes[digest].output(stream, text)

    def _blamed(self, line: int | None) -> StepReport:
        """The step that a failure belongs to of which no vertex speaks."""
        steps = [step for step in self._steps.values() if step.stopped or step.running]
        found = [step for step in steps if line is not None and step.event.line == line]
        if found or (steps and line is None):
            return (found or steps)[-1]
        return self._reading_step()

    def _reading_step(self) -> StepReport:
        if self._reading is None:
            event = StepStarted(_READING, Phase.BUILD, "Read the Dockerfile")
            self._reading = self._steps[_READING] = StepReport(self._emit, event, self._clock, quiet=True)
        return self._reading

    # Progress, warnings

    def _status(self, status: VertexStatus) -> None:
        step = self._vertexes.get(status.vertex)
        if step is None:
            return
        item = _text(status.id)
        layer = _LAYER.fullmatch(item)
        if layer is not None:
            self._layer(step, status, layer[2][:12], is_extracting=layer[1] is not None)
        elif item == _CONTEXT:
            step.progress("context", "Sending", status.current, max(self.context_bytes, status.current))
        elif item and not item.startswith("transferring"):
            step.work(item)

    def _layer(self, step: StepReport, status: VertexStatus, item: str, *, is_extracting: bool) -> None:
        """A layer is fetched first and extracted then; both ends are told."""
        total = status.total or step.size_of(item)
        if status.HasField("completed"):
            step.progress(item, "Done", total, total)
        elif is_extracting:
            step.progress(item, "Extracting", 0, 0)
        else:
            step.progress(item, _text(status.name).capitalize() or "Downloading", status.current, total)

    def _warn(self, warning: VertexWarning) -> None:
        words = _SAID_LINE.sub("", _text(warning.short))
        line = warning.ranges[0].start.line if warning.ranges else 0
        place = f"Dockerfile line {line}: " if line else ""
        url = _text(warning.url)
        step = self._vertexes.get(warning.vertex)
        if step is None or step.event.number is None:
            step = self._reading_step()
        step.remark(f"Warning: {place}{words}{f' ({url})' if url else ''}\n")


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")


def _seconds(time: Timestamp) -> float:
    return time.seconds + time.nanos / 1e9


def _exit_code(error: str) -> int | None:
    """The exit code that a message names; the command itself, which it quotes before that, may name another."""
    found = _EXIT_CODE.findall(error)
    return int(found[-1]) if found else None
