"""What is told of a build: its trace as events, remarks beside it, and how it ended."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from trailer_tui.engine.build_failure import build_failure
from trailer_tui.engine.buildkit.buildkit_pb2 import StatusResponse
from trailer_tui.engine.buildkit.trace import Trace
from trailer_tui.engine.credentials import CredentialsUnreadable
from trailer_tui.engine.events import Emit, EngineEvent, StepFinished, StepOutput
from trailer_tui.model.errors import EngineError, TrailerError
from trailer_tui.model.log import STREAM_TRAILER


class Report:
    """Everything that one build tells, from several threads, as events one after the other."""

    def __init__(self, dockerfile: str, emit: Emit) -> None:
        self._lock = threading.Lock()
        self._pass_on = emit
        self._trace = Trace(dockerfile, self._emit)
        self._dockerfile = dockerfile
        self._step_error = ""

    def feed(self, response: StatusResponse | None) -> None:
        """Take in a part of the trace, or None now and then when there is none."""
        if response is None:
            self._trace.tick()
        else:
            self._trace.feed(response)

    def sent(self, _: int, total: int) -> None:
        """Take in how large the files of the build context are together, in bytes."""
        self._trace.context_bytes = total

    def remark(self, trouble: CredentialsUnreadable) -> None:
        """Say that a registry is asked without credentials."""
        self._emit(StepOutput("", STREAM_TRAILER, f"{trouble}; trying without\n"))

    def image_id(self, exported: Mapping[str, str]) -> str:
        """The image's id in what the exporter said, with which the build has ended well."""
        self._trace.finish()
        found = exported.get("containerimage.digest")
        if not found:
            raise EngineError("The engine ended the build without naming an image", hint="build again")
        return found

    def failure(self, message: str, line: int | None, own: TrailerError | None) -> TrailerError:
        """The error for a build that the engine ended with this message, at this line of the Dockerfile.

        `own` is what went wrong here while the engine was served: then that is the real cause. Otherwise it is the
        failed step's own error, to which the message adds only where it went through.
        """
        self._trace.finish(own.cause if own else message, line)
        if own is not None:
            return own
        return build_failure(self._step_error or message, message, self._trace.exit_code, self._dockerfile)

    def _emit(self, event: EngineEvent) -> None:
        with self._lock:
            if isinstance(event, StepFinished):
                self._step_error = self._step_error or event.error
            self._pass_on(event)
