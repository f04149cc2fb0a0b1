"""One build as the app knows it: read once, then kept current from the server's events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trailer_tui.model.status import BuildState, StepState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trailer_tui.model.build import Build, BuildSummary, Step


class LiveBuild:
    """A build, its steps and what is known of its log."""

    def __init__(self, build: Build) -> None:
        self.summary: BuildSummary = build
        self.dockerfile = build.dockerfile
        self._steps = {step.ordinal: step for step in build.steps}

    @property
    def id(self) -> int:
        """Id of the build."""
        return self.summary.id

    @property
    def steps(self) -> list[Step]:
        """All steps in the order in which they began."""
        return [self._steps[ordinal] for ordinal in sorted(self._steps)]

    @property
    def is_running(self) -> bool:
        """Whether time passes for it."""
        return self.summary.state is BuildState.RUNNING

    @property
    def has_log(self) -> bool:
        """Whether there is something to read: it began, and its log was not removed."""
        return self.summary.started_at is not None and self.summary.log_kept

    @property
    def failed_step(self) -> Step | None:
        """The step that made the build fail, if one did."""
        failure = self.summary.failure
        if failure is not None and failure.step is not None:
            return self._steps.get(failure.step)
        return next((step for step in self.steps if step.state is StepState.FAILED), None)

    @property
    def running_step(self) -> Step | None:
        """The step that began last of those that run."""
        return next((step for step in reversed(self.steps) if step.state is StepState.RUNNING), None)

    def dockerfile_line(self, line: int | None) -> str:
        """One line of the Dockerfile as it was built, without surrounding blanks; empty when there is none."""
        lines = (self.dockerfile or "").split("\n")
        return lines[line - 1].strip() if line is not None and 0 < line <= len(lines) else ""

    @property
    def why_no_log(self) -> str:
        """Why there is nothing to read yet or any more; empty when there is."""
        if self.summary.started_at is None:
            return "Nothing to read yet: the build has not started." if self.summary.state.is_active else ""
        if not self.summary.log_kept:
            return "The log of this build was removed: only the newest logs of an image are kept."
        return ""

    def step(self, ordinal: int | None) -> Step | None:
        """One step."""
        return self._steps.get(ordinal) if ordinal is not None else None

    def take_summary(self, summary: BuildSummary) -> None:
        """The build moved on."""
        self.summary = summary
        if self.summary.state.is_active:
            return
        for ordinal, step in self._steps.items():
            if step.state in (StepState.RUNNING, StepState.PENDING):
                failed = summary.failure is not None and summary.failure.step == ordinal
                state = StepState.FAILED if failed else StepState.CANCELLED
                if summary.state is BuildState.FINISHED:
                    state = StepState.DONE
                self._steps[ordinal] = step.model_copy(update={"state": state})

    def take_steps(self, steps: Iterable[Step]) -> None:
        """Some steps changed."""
        for step in steps:
            self._steps[step.ordinal] = step

    def elapsed_ms(self, now: float) -> int | None:
        """Milliseconds since it started, at `now` in seconds since the epoch; None unless it runs."""
        if not self.is_running or self.summary.started_at is None:
            return None
        return max(0, int((now - self.summary.started_at.timestamp()) * 1000))
