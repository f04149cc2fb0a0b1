"""Builds, their steps and the structured cause of a failure."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from trailer_tui.model.image import ImageConfiguration
from trailer_tui.model.resolved import PackageChange, ResolvedEnvironment
from trailer_tui.model.status import BuildState, Phase, StepState


class _Model(BaseModel):
    model_config = ConfigDict(extra="ignore")


class BuildKind(StrEnum):
    """What an entry of the queue does."""

    BUILD = "build"
    """Everything that the configuration asks for."""
    PUSH = "push"
    """Only the push of the image that the last build left on the host."""


class LayerProgress(_Model):
    """Transfer of one layer of a pull or a push."""

    layer: str
    action: str
    """The engine's word: `Downloading`, `Extracting`, `Pushed`."""
    current: int
    """Bytes done."""
    total: int
    """Bytes in all; 0 when the engine has not said."""


class Step(_Model):
    """One step of a build, as the pane shows it."""

    build_id: int
    ordinal: int
    """From 1 in order of start; the first column of the log."""
    phase: Phase
    number: int | None = None
    """The builder's own number (`5` of `5/12`); None for steps around the build, such as a pull."""
    total: int | None = None
    instruction: str
    line: int | None = None
    """The Dockerfile line where the instruction starts, from 1."""
    state: StepState
    started_ms: int
    """Milliseconds after the build's start."""
    duration_ms: int | None = None
    error: str = ""
    layers: list[LayerProgress] = []
    """Current transfers, while the step pulls or pushes."""


class BuildFailure(_Model):
    """Why a build failed, in parts that the screen can point at."""

    phase: Phase
    message: str
    hint: str = ""
    step: int | None = None
    """Ordinal of the failed step."""
    instruction: str = ""
    line: int | None = None
    """The Dockerfile line that caused it."""
    exit_code: int | None = None
    last_output: list[str] = []
    """The last lines that the failed step printed, at most 20."""


class BuildSummary(_Model):
    """One line of the build history."""

    id: int
    image_id: int
    image_name: str
    """Name of the record, not the reference."""
    number: int
    """Counts the builds of one image, from 1."""
    state: BuildState
    host_id: int
    host_name: str
    requested_by: str
    kind: BuildKind = BuildKind.BUILD
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    reference: str
    steps_done: int = 0
    steps_total: int | None = None
    waiting_reason: str = ""
    """Why a pending build has not started."""
    queue_position: int | None = None
    """Place of a pending build in its host's queue, from 1; live, not stored."""
    warnings: list[str] = []
    """What was said before it began, such as that the host's disk is nearly full."""
    docker_image_id: str | None = None
    digest: str | None = None
    """The digest that a registry gave, after a push or pull."""
    size: int | None = None
    """Bytes of the image."""
    layers: int | None = None
    log_size: int = 0
    """Bytes of the log on the server."""
    log_lines: int = 0
    log_kept: bool = True
    """False once the log was removed to keep the setting's bound."""
    failure: BuildFailure | None = None
    retry_of: int | None = None
    """The interrupted build that this one repeats."""
    resolve_again: bool = False
    """Whether its environments are solved anew, whatever earlier builds resolved."""

    @property
    def seconds(self) -> float | None:
        """Duration, once it ended."""
        if self.started_at is None or self.finished_at is None:
            return None
        return (self.finished_at - self.started_at).total_seconds()


class Build(BuildSummary):
    """A build with everything that was kept of it but the log."""

    configuration: ImageConfiguration
    dockerfile: str | None = None
    """As it was built; None for a pull."""
    steps: list[Step] = []
    resolved: list[ResolvedEnvironment] = []
    """What its environments became: the exact packages. Empty when there are none, or they could not be read."""
    locked: list[ResolvedEnvironment] = []
    """The environments that it took as an earlier build resolved them."""
    package_changes: list[PackageChange] = []
    """What differs from what the build `compared_with` resolved."""
    compared_with: int | None = None
    """Number of the newest build before it, for the same platform, whose packages are known."""
