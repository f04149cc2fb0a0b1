"""A build's log and record in memory, behind the client's method names, and an app around one widget."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.signal import Signal
from textual.widget import Widget

from trailer_tui.app.session import Session
from trailer_tui.app.stylesheets import stylesheets
from trailer_tui.app.themes import THEMES
from trailer_tui.model.build import Build, BuildFailure, Step
from trailer_tui.model.errors import NotFound, ServerUnavailable
from trailer_tui.model.events import Event
from trailer_tui.model.image import WriteConfiguration
from trailer_tui.model.log import format_line
from trailer_tui.model.status import BuildState, Phase, StepState

STARTED = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
DOCKERFILE = "FROM debian:bookworm\nENV A=b\nRUN echo one\nRUN nonsense --now\n"


class LogClient:
    """Serves one log that grows when a test says so."""

    def __init__(self, *, ended: bool = False) -> None:
        self.data = bytearray()
        self.ended = ended
        self.away = False
        self.removed = False
        self.requests: list[tuple[int, bool]] = []
        """Offset and follow of every call."""
        self.builds: dict[int, Build] = {}
        self._news = asyncio.Event()

    def write(self, *texts: str, step: int = 1, stream: str = "o") -> None:
        """Add lines."""
        for text in texts:
            self.data += format_line(step, 1000, stream, text)
        self._news.set()

    def end(self) -> None:
        """The build has ended."""
        self.ended = True
        self._news.set()

    async def log(self, build_id: int, *, offset: int = 0, follow: bool = False) -> AsyncIterator[bytes]:
        """The bytes from `offset`, then what is added."""
        self.requests.append((offset, follow))
        if self.removed:
            raise NotFound("no log")
        while True:
            if self.away:
                raise ServerUnavailable("gone")
            if offset < len(self.data):
                chunk = bytes(self.data[offset : offset + 7000])
                offset += len(chunk)
                yield chunk
            elif follow and not self.ended:
                self._news.clear()
                await self._news.wait()
            else:
                return

    async def build(self, build_id: int) -> Build:
        """The record."""
        if self.away:
            raise ServerUnavailable("gone")
        return self.builds[build_id]


def steps(*states: str) -> list[Step]:
    """Steps of a build, one a second, for the instructions of `DOCKERFILE`."""
    return [
        Step(
            build_id=1,
            ordinal=ordinal,
            phase=Phase.BUILD,
            number=ordinal,
            total=len(states),
            instruction=instruction,
            line=ordinal,
            state=StepState(state),
            started_ms=ordinal * 1000,
            duration_ms=None if state in ("running", "pending") else 1000,
        )
        for ordinal, (state, instruction) in enumerate(zip(states, DOCKERFILE.splitlines(), strict=False), 1)
    ]


def build(state: BuildState = BuildState.RUNNING, *, build_steps: list[Step] | None = None, **changes: Any) -> Build:
    """Build 14 of torch-dev; `changes` are other fields."""
    ended = state not in (BuildState.PENDING, BuildState.RUNNING)
    fields: dict[str, Any] = {
        "id": 1,
        "image_id": 5,
        "image_name": "torch-dev",
        "number": 14,
        "state": state,
        "host_id": 1,
        "host_name": "build-01",
        "requested_by": "ada",
        "created_at": STARTED,
        "started_at": None if state is BuildState.PENDING else STARTED,
        "finished_at": STARTED + timedelta(seconds=125) if ended else None,
        "reference": "registry.lan/ml/torch-dev:latest",
        "steps_done": 2,
        "steps_total": 4,
        "configuration": WriteConfiguration(image_name="torch-dev:latest", dockerfile=DOCKERFILE),
        "dockerfile": DOCKERFILE,
        "steps": build_steps or [],
    }
    return Build(**(fields | changes))


def failure() -> BuildFailure:
    """What step 4 of `DOCKERFILE` came to."""
    return BuildFailure(
        phase=Phase.BUILD,
        message="the command returned 127",
        hint="install the package that has it",
        step=4,
        instruction="RUN nonsense --now",
        line=4,
        exit_code=127,
        last_output=["/bin/sh: 1: [red]nonsense[/]: not found"],
    )


class WidgetApp(App[None]):
    """One widget, the app's styles, and events at the test's command."""

    CSS_PATH = [str(path) for path in stylesheets()]

    def __init__(self, client: LogClient, make: Callable[[Session], Widget]) -> None:
        super().__init__()
        self.session = Session(client, Signal(self, "events"), 0.01, clock=lambda: STARTED.timestamp() + 92)  # type: ignore[arg-type]
        self.shown = make(self.session)
        self.toasts: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.shown

    def on_mount(self) -> None:
        """Look as the real app does."""
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = "trailer-dark"

    def notify(self, message: str, **options: Any) -> None:
        """Note what the user is told."""
        self.toasts.append(message)

    def tell(self, event: Event) -> None:
        """The server says something."""
        self.session.events.publish(event)


def screen_text(app: App[Any]) -> str:
    """What is on the screen, as text."""
    width, height = app.size
    lines = app.screen._compositor.render_strips()
    del width, height
    return "\n".join(strip.text.rstrip() for strip in lines)


async def expect(pilot: Pilot[Any], condition: Callable[[], object], what: str = "") -> None:
    """Wait until `condition` holds, at most some seconds."""
    for _ in range(400):
        if condition():
            return
        await pilot.pause(0.01)
    raise AssertionError(f"{what or 'the condition'} did not come true\n{screen_text(pilot.app)}")
