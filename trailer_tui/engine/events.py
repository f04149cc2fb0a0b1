"""What a builder, a pull or a push reports while it works.

A step is named by a key that is unique within the build. The shapes fit BuildKit's trace as well as the classic
builder's text: a step may start and finish more than once, steps may overlap, and output may be cut anywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from trailer_tui.model.status import Phase


@dataclass(frozen=True, slots=True)
class StepStarted:
    """A step began, or was announced with what is known of it."""

    key: str
    phase: Phase
    instruction: str
    """The instruction, or what the step does: `Pull ubuntu:24.04`."""
    number: int | None = None
    """The builder's own number."""
    total: int | None = None
    line: int | None = None
    """The Dockerfile line where the instruction starts, from 1."""


@dataclass(frozen=True, slots=True)
class StepProgress:
    """Bytes moved for one layer or file of a step."""

    key: str
    item: str
    action: str
    current: int
    total: int


@dataclass(frozen=True, slots=True)
class StepOutput:
    """Output of a step: any piece of text, with or without line breaks."""

    key: str
    stream: str
    """`model.log.STREAM_OUT`, `STREAM_ERROR` or `STREAM_TRAILER`."""
    text: str


@dataclass(frozen=True, slots=True)
class StepFinished:
    """A step ended."""

    key: str
    cached: bool = False
    error: str = ""


@dataclass(frozen=True, slots=True)
class PhaseFinished:
    """A phase of the build ended well."""

    phase: Phase


EngineEvent = StepStarted | StepProgress | StepOutput | StepFinished | PhaseFinished

Emit = Callable[[EngineEvent], None]
"""Takes events on the thread that works; returns quickly or applies back-pressure."""
