"""One build in words: its title line, the notice under it, and the failure as text to copy."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size

from trailer_tui.app.log.escapes import plain_text
from trailer_tui.humanize import duration, ordinal, size
from trailer_tui.model.build import BuildKind
from trailer_tui.model.status import BuildState
from trailer_tui.printable import printable

if TYPE_CHECKING:
    from trailer_tui.app.builds.live_build import LiveBuild
    from trailer_tui.model.build import BuildFailure, BuildSummary, Step

HINT = "  → "
"""Starts the line that says what to do about a failure."""

_STATE_WORDS = {
    BuildState.PENDING: "Build pending",
    BuildState.RUNNING: "Building",
    BuildState.FINISHED: "Build finished",
    BuildState.CANCELLED: "Build cancelled",
    BuildState.FAILED: "Error",
    BuildState.INTERRUPTED: "Interrupted",
}

_PUSH_WORDS = {
    BuildState.PENDING: "Push pending",
    BuildState.RUNNING: "Pushing",
    BuildState.FINISHED: "Push finished",
    BuildState.CANCELLED: "Push cancelled",
}


def outcome_words(build: BuildSummary) -> str:
    """The state in words, of a build or of a push alone: `Build finished`, `Pushing`."""
    words = _PUSH_WORDS if build.kind is BuildKind.PUSH else _STATE_WORDS
    return words.get(build.state, _STATE_WORDS[build.state])


def fitted(line: str, width: int) -> str:
    """`line` cut to `width` cells, with `…` where something is missing."""
    return line if cell_len(line) <= width else set_cell_size(line, max(0, width - 1)).rstrip() + "…"


def clock(seconds: float) -> str:
    """Elapsed time for a running build: `01:32`, so that the line does not change its width each second."""
    minutes, rest = divmod(max(0, int(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"


def state_words(build: BuildSummary, now: datetime) -> str:
    """Symbol, state and time: `◐ Building 01:32`, `✔ Build finished in 02:05`."""
    words = f"{build.state.symbol} {outcome_words(build)}"
    if build.state is BuildState.RUNNING and build.started_at is not None:
        return f"{words} {clock((now - build.started_at).total_seconds())}"
    if build.seconds is not None:
        joint = "in" if build.state is BuildState.FINISHED else "after"
        return f"{words} {joint} {duration(build.seconds)}"
    return words


def title_line(build: BuildSummary, running: Step | None, now: datetime, *, width: int, note: str = "") -> str:
    """The title of a pane: `── torch-dev ─ build 14 ─ ◐ Building 01:32 ─ step 5 of 12 ───── follow ──`.

    Args:
        build: the build.
        running: the step that runs, if one does.
        now: the present time.
        width: cells to fill; parts at the end are left out when they do not fit.
        note: what stands at the right end.
    """
    parts = [printable(build.image_name), f"build {build.number}", state_words(build, now)]
    if running is not None and running.number is not None and running.total:
        parts.append(f"step {running.number} of {running.total}")
    elif running is not None and running.number is None:
        parts.append(running.phase.label.lower())
    right = f" {note} ──" if note else ""
    text = f"── {' ─ '.join(parts)} "
    while len(parts) > 2 and len(text) + len(right) > width:
        parts.pop()
        text = f"── {' ─ '.join(parts)} "
    return text + "─" * max(0, width - len(text) - len(right)) + right


def notice_lines(build: LiveBuild, *, last_lines: int) -> list[str]:
    """What is pinned under the title: the failure with the line of the Dockerfile, or the outcome."""
    warnings = [f"! {printable(warning)}" for warning in build.summary.warnings]
    failure = build.summary.failure
    if failure is None:
        return [*warnings, *outcome(build.summary)]
    line = build.dockerfile_line(failure.line)
    shown = failure.model_copy(update={"instruction": line}) if line else failure
    return [*failure_lines(shown, build.failed_step, last_lines=last_lines), *warnings]


def outcome(build: BuildSummary) -> list[str]:
    """The lines of the notice for a build that did not fail; empty when there is nothing to add."""
    match build.state:
        case BuildState.PENDING:
            reason = printable(build.waiting_reason) or f"for a free place on {printable(build.host_name)}"
            at = build.queue_position
            place = f", {ordinal(at)} in the queue of {printable(build.host_name)}" if at else ""
            return [f"· Waiting{place}: {reason}"]
        case BuildState.FINISHED:
            parts = [printable(build.reference)]
            if build.size is not None:
                parts.append(size(build.size))
            if build.layers is not None:
                parts.append(f"{build.layers} layer" + "s" * (build.layers != 1))
            if build.digest or build.docker_image_id:
                parts.append((build.digest or build.docker_image_id or "")[:19])
            return ["✔ " + " · ".join(parts)]
        case BuildState.CANCELLED:
            begun = "; what it had begun on the host was ended" if build.started_at is not None else " before it began"
            return [f"⊘ Cancelled{begun}."]
        case BuildState.INTERRUPTED:
            return ["↯ The server ended while this build ran; the build was queued again."]
        case _:
            return []


def failure_lines(failure: BuildFailure, step: Step | None, *, last_lines: int) -> list[str]:
    """The pinned failure: where, the instruction with its line, what was printed last, what to do.

    Args:
        failure: the structured cause.
        step: the failed step, if it is known.
        last_lines: how many lines of output there is room for.
    """
    where = [failure.phase.label]
    if step is not None and step.number is not None:
        where = [f"Step {step.number}/{step.total}" if step.total else f"Step {step.number}"]
    if failure.exit_code is not None:
        where.append(f"exit code {failure.exit_code}")
    lines = [f"✖ {' · '.join(where)} · {printable(failure.message)}"]
    instruction = failure.instruction or (step.instruction if step else "")
    if failure.line is not None:
        lines.append(f"  Dockerfile line {failure.line}: {printable(instruction)}")
    elif instruction and instruction not in failure.message:
        lines.append(f"  {printable(instruction)}")
    lines.extend(f"  │ {plain_text(line)}" for line in failure.last_output[-last_lines:] if last_lines > 0)
    if failure.hint:
        lines.append(f"{HINT}{printable(failure.hint)}")
    return lines


def failure_report(build: BuildSummary, step: Step | None) -> str:
    """The failure as text to hand to somebody else."""
    if build.failure is None:
        return ""
    head = f"{printable(build.image_name)}, build {build.number} on {printable(build.host_name)}"
    return "\n".join([head, *failure_lines(build.failure, step, last_lines=20)])
