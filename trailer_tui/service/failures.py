"""From what was raised to the structured cause of a failed build: where, why, and what to do about it."""

from __future__ import annotations

import logging
import re

from trailer_tui.model.build import BuildFailure, BuildKind
from trailer_tui.model.errors import BuildFailed, TrailerError
from trailer_tui.model.image import DockerfileProblem
from trailer_tui.model.status import Phase
from trailer_tui.service.recorder import BuildRecorder

_LOG = logging.getLogger(__name__)

_LINE = re.compile(r"\bline (\d+)\b")

_EXIT_HINTS = {
    126: "the command was found but cannot be run: check its permission bits",
    127: "a command was not found: install it in an earlier step, or check its spelling",
    137: "the process was killed, often because the host ran out of memory",
    139: "the process crashed with a segmentation fault; the image's architecture may differ from the host's",
}


class BuildRefused(Exception):
    """A build that cannot start, with its cause already in parts."""

    def __init__(self, failure: BuildFailure) -> None:
        super().__init__(failure.message)
        self.failure = failure


def dockerfile_failure(problem: DockerfileProblem, dockerfile: str, others: int) -> BuildFailure:
    """The cause when the check of a Dockerfile found an error; `others` is how many more it found."""
    lines = dockerfile.split("\n")
    instruction = lines[problem.line - 1].strip() if 0 < problem.line <= len(lines) else ""
    more = f" ({others} more {'errors' if others > 1 else 'error'} in this Dockerfile)" if others else ""
    return BuildFailure(
        phase=Phase.PREPARE,
        message=f"Dockerfile line {problem.line}: {problem.message}{more}",
        hint="mend the Dockerfile and build again; nothing was sent to the host",
        instruction=instruction[:500],
        line=problem.line,
    )


def build_failure(error: BaseException, recorder: BuildRecorder | None) -> BuildFailure:
    """The structured cause of a build that ended with `error`, with the step and the output that `recorder` kept.

    Without a recorder nothing had been asked of the host yet.
    """
    if isinstance(error, BuildRefused):
        return error.failure
    phase = recorder.phase if recorder is not None else Phase.PREPARE
    found = recorder.failed_step() if recorder is not None else None
    step, last_output = found if found is not None else (None, [])
    message = recorder.mask(_message(error)) if recorder is not None else _message(error)
    exit_code = error.exit_code if isinstance(error, BuildFailed) else None
    line = step.line if step is not None else None
    if line is None and phase is Phase.BUILD:
        named = _LINE.search(message)
        line = int(named.group(1)) if named else None
    return BuildFailure(
        phase=step.phase if step is not None else phase,
        message=message,
        hint=_hint(error, exit_code),
        step=step.ordinal if step is not None else None,
        instruction=step.instruction if step is not None else "",
        line=line,
        exit_code=exit_code,
        last_output=last_output,
    )


def interrupted_failure(phase: Phase, kind: BuildKind, *, twice: bool) -> BuildFailure:
    """The cause when the server ended while the build or push ran."""
    if twice:
        return BuildFailure(
            phase=phase,
            message=f"the server was interrupted twice in the middle of this {kind.value}",
            hint="it was not queued again: `trailer doctor` looks at the server and its disk; then start it by hand",
        )
    return BuildFailure(
        phase=phase,
        message=f"the server ended while this {kind.value} ran",
        hint=f"the {kind.value} was queued again by itself",
    )


def _message(error: BaseException) -> str:
    if isinstance(error, TrailerError):
        return error.cause
    _LOG.error("unexpected error in a build", exc_info=error)
    return f"{type(error).__name__}: {error}"


def _hint(error: BaseException, exit_code: int | None) -> str:
    if not isinstance(error, TrailerError):
        return "this is a defect in Trailer; the server's log has the details"
    if error.hint:
        return error.hint
    return _EXIT_HINTS.get(exit_code, "") if exit_code is not None else ""
