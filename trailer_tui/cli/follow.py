"""`trailer build --follow`: a build's steps and output as they happen, one line each, steps told apart by `#`."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING

from trailer_tui.cli.exits import CANCELLED, FAILED, OK
from trailer_tui.cli.log_lines import log_blocks, runs, write_numbered
from trailer_tui.cli.table import cut
from trailer_tui.cli.terminal import drop_output, note
from trailer_tui.humanize import duration, size
from trailer_tui.model.build import Build, Step
from trailer_tui.model.events import BuildChanged, Hello, Resync, StepsChanged
from trailer_tui.model.status import BuildState, StepState
from trailer_tui.printable import printable

if TYPE_CHECKING:
    from trailer_tui.client.client import TrailerClient

_ERROR_CELLS = 200
"""Of a step's error: engines put the whole command into it, and the build's cause follows."""
_RECORD_SECONDS = 30.0
_FIRST_LOOK_SECONDS = 0.004
_LONGEST_LOOK_SECONDS = 0.1


async def follow_build(client: TrailerClient, build_id: int) -> int:
    """Print the build until it ends; the exit code says how. Ctrl-C and a closed pipe leave the build alone."""
    narrator = _Narrator()
    watcher = asyncio.create_task(_watch(client, build_id, narrator))
    try:
        await _print_log(client, build_id, narrator)
    except (asyncio.CancelledError, BrokenPipeError) as error:
        if isinstance(error, BrokenPipeError):
            drop_output()
        note("the build goes on in the background; `trailer cancel` ends it, `trailer logs -f` follows it again")
        if isinstance(error, BrokenPipeError):
            return CANCELLED
        raise
    finally:
        watcher.cancel()
        with contextlib.suppress(Exception, asyncio.CancelledError):
            await watcher
    return _tell_end(await _ended(client, build_id), narrator)


async def _ended(client: TrailerClient, build_id: int) -> Build:
    """The build once its end is recorded, which is a moment after its log ended; longer on a full disk."""
    pause, deadline = _FIRST_LOOK_SECONDS, time.monotonic() + _RECORD_SECONDS
    while (build := await client.build(build_id)).state.is_active and time.monotonic() < deadline:
        await asyncio.sleep(pause)
        pause = min(2 * pause, _LONGEST_LOOK_SECONDS)
    return build


async def _print_log(client: TrailerClient, build_id: int, narrator: _Narrator) -> None:
    async with log_blocks(client, build_id, follow=True) as blocks:
        async for block in blocks:
            for step, lines in runs(block):
                if step and step not in narrator.begun:
                    narrator.tell_steps_before(step, await client.steps(build_id))
                narrator.tell_lines(step, lines)
            narrator.catch_up()
            sys.stdout.flush()


async def _watch(client: TrailerClient, build_id: int, narrator: _Narrator) -> None:
    """Tell of steps without output and of what the build waits for, from the live events."""
    async with contextlib.aclosing(client.events()) as events:
        async for event in events:
            if isinstance(event, Hello | Resync):
                narrator.tell_waiting((await client.build(build_id)).waiting_reason)
            elif isinstance(event, StepsChanged) and event.build_id == build_id:
                narrator.expect(event.log_size, event.steps)
            elif isinstance(event, BuildChanged) and event.build.id == build_id:
                narrator.tell_waiting(event.build.waiting_reason if event.build.state is BuildState.PENDING else "")


class _Narrator:
    """Prints each thing once. News of steps wait until the output that came before them was printed."""

    def __init__(self) -> None:
        self.begun: set[int] = set()
        self._ended: set[int] = set()
        self._waiting = ""
        self._printed = 0
        self._news: deque[tuple[int, Sequence[Step]]] = deque()

    def tell_lines(self, step: int, lines: bytes) -> None:
        """Lines of output of one step, as they are stored."""
        while lines:
            self.catch_up()
            size = len(lines)
            if self._news:
                size = lines.find(b"\n", self._news[0][0] - self._printed - 1) + 1 or size
            write_numbered(step, lines[:size])
            self._printed += size
            lines = lines[size:]

    def expect(self, log_size: int, steps: Sequence[Step]) -> None:
        """News that were true when the log had `log_size` bytes."""
        self._news.append((log_size, steps))
        self.catch_up()
        sys.stdout.flush()

    def catch_up(self) -> None:
        """Tell the news whose time has come."""
        while self._news and self._news[0][0] <= self._printed:
            self.tell_steps(self._news.popleft()[1])

    def tell_steps_before(self, ordinal: int, steps: Sequence[Step]) -> None:
        """The beginnings of steps up to `ordinal`, whose output is next, and the ends of those before it."""
        for step in steps:
            if step.ordinal < ordinal:
                self.tell_steps([step])
            elif step.ordinal == ordinal:
                self._begin(step)

    def tell_steps(self, steps: Sequence[Step]) -> None:
        """What is new in `steps`."""
        for step in sorted(steps, key=lambda step: step.ordinal):
            if step.state is StepState.PENDING:
                continue
            self._begin(step)
            if step.state is not StepState.RUNNING and step.ordinal not in self._ended:
                self._ended.add(step.ordinal)
                print(printable(f"#{step.ordinal} {_ending(step)}"))

    def tell_waiting(self, reason: str) -> None:
        """Why the build does not start."""
        if reason and reason != self._waiting:
            note(f"waiting: {reason}")
        self._waiting = reason

    def _begin(self, step: Step) -> None:
        if step.ordinal not in self.begun:
            self.begun.add(step.ordinal)
            number = f"[{step.number}/{step.total}] " if step.number else ""
            print(printable(f"#{step.ordinal} {number}{step.instruction}"))


def _ending(step: Step) -> str:
    took = f" {duration(step.duration_ms / 1000)}" if step.duration_ms is not None else ""
    match step.state:
        case StepState.CACHED:
            return "cached"
        case StepState.FAILED:
            return f"FAILED{took}: {cut(step.error, _ERROR_CELLS)}" if step.error else f"FAILED{took}"
        case state:
            return f"{state.value}{took}"


def _tell_end(build: Build, narrator: _Narrator) -> int:
    narrator.tell_steps(build.steps)
    sys.stdout.flush()
    took = f" in {duration(build.seconds)}" if build.seconds is not None else ""
    what = f"{build.image_name}: {build.kind.value} {build.number}"
    match build.state:
        case BuildState.FINISHED:
            amount = f", {size(build.size)}" if build.size is not None else ""
            digest = f", {build.digest}" if build.digest else ""
            note(f"{what} finished{took}: {build.reference}{amount}{digest}")
            return OK
        case BuildState.CANCELLED:
            note(f"{what} was cancelled{took}")
            return CANCELLED
        case BuildState.FAILED:
            _tell_failure(what, build)
        case BuildState.INTERRUPTED:
            note(f"{what} was interrupted, because the server ended; it is queued again")
        case state:
            note(f"{what} is {state.label.lower()}, and its log has ended")
    return FAILED


def _tell_failure(what: str, build: Build) -> None:
    failure = build.failure
    if failure is None:
        note(f"{what} failed")
        return
    place = f" at line {failure.line} of the Dockerfile" if failure.line else ""
    code = f" with exit code {failure.exit_code}" if failure.exit_code is not None else ""
    note(f"{what} failed{place}{code}: {failure.message}")
    if failure.hint:
        note(f"  {failure.hint}")
