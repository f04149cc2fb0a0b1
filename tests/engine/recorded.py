"""The events of a build, a pull or a push, collected so that a test can ask what a person would see."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from trailer_tui.engine.events import EngineEvent, StepFinished, StepOutput, StepProgress, StepStarted


@dataclass
class Recorded:
    """An `Emit` that keeps everything."""

    events: list[EngineEvent] = field(default_factory=list)
    output_seen: threading.Event = field(default_factory=threading.Event)
    """Set with the first output of any step."""

    def __call__(self, event: EngineEvent) -> None:
        self.events.append(event)
        if isinstance(event, StepOutput):
            self.output_seen.set()

    @property
    def started(self) -> list[StepStarted]:
        """The steps in order of start."""
        return [event for event in self.events if isinstance(event, StepStarted)]

    @property
    def instructions(self) -> list[str]:
        """What the steps do, in order."""
        return [event.instruction for event in self.started]

    def step(self, instruction: str) -> StepStarted:
        """The step whose instruction contains the text."""
        return next(step for step in self.started if instruction in step.instruction)

    def end(self, instruction: str) -> StepFinished:
        """How that step ended."""
        key = self.step(instruction).key
        return next(event for event in self.events if isinstance(event, StepFinished) and event.key == key)

    def output(self, instruction: str, *streams: str) -> str:
        """Everything that step printed on these streams (all without one)."""
        key = self.step(instruction).key
        return "".join(
            event.text
            for event in self.events
            if isinstance(event, StepOutput) and event.key == key and (not streams or event.stream in streams)
        )

    def progress(self, instruction: str) -> dict[str, StepProgress]:
        """The last progress of each item of that step."""
        key = self.step(instruction).key
        return {event.item: event for event in self.events if isinstance(event, StepProgress) and event.key == key}
