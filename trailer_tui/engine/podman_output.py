"""The text of Podman's builder, taken apart into steps and their output.

Podman speaks neither of Docker's two dialects: it numbers the steps within each stage, `[2/3] STEP 1/4: FROM base`, and
does not say where a container's output ends or on which stream it came. What a container prints in exactly the words of
the builder (a line `COMMIT`, say) cannot be told from the builder's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from trailer_tui.dockerfile.parse import Instruction, parse
from trailer_tui.engine.events import Emit, StepFinished, StepOutput, StepStarted
from trailer_tui.engine.message_stream import Message
from trailer_tui.model.log import STREAM_OUT, STREAM_TRAILER
from trailer_tui.model.status import Phase

_STEP = re.compile(r"(?:\[(\d+)/\d+\] )?STEP (\d+)/\d+: (.*)\n", re.DOTALL)
_CACHED = re.compile(r"--> Using cache [0-9a-f]+\n")
_REMARK = re.compile(r"--> [0-9a-f]+\n|(?:\[\d+/\d+\] )?COMMIT.*\n|[0-9a-f]{64}\n|Successfully (?:built|tagged) .*\n")
_EXIT = re.compile(r"while running runtime: exit status (\d+)$")


class PodmanOutput:
    """Feeds on the builder's messages and emits events; holds the result: image id or error."""

    def __init__(self, dockerfile: str, emit: Emit) -> None:
        self._instructions = parse(dockerfile).instructions
        self._emit = emit
        self._next = 0
        """Index of the first instruction that no step was of."""
        self._key: str | None = None
        self._cached = False
        self.image_id = ""
        """The id of the image, once it is built."""
        self.error = ""
        """The engine's message, once the build failed."""
        self.exit_code: int | None = None

    def feed(self, batch: Iterable[Message]) -> None:
        """Take in messages; consecutive output becomes one event."""
        texts: list[str] = []
        for message in batch:
            text = message.get("stream")
            if isinstance(text, str) and not self._is_builders(text):
                texts.append(text)
                continue
            self._output(texts)
            texts = []
            if isinstance(text, str):
                self._remark(text)
            elif "error" in message:
                detail = message.get("errorDetail") or {}
                self.error = str(detail.get("message") or message["error"]).strip()
                status = _EXIT.search(self.error)
                self.exit_code = int(status[1]) if status else None
            elif isinstance(message.get("aux"), dict):
                self.image_id = str(message["aux"].get("ID") or self.image_id)
        self._output(texts)

    def finish(self) -> None:
        """The stream ended: the running step did too, with the error if there is one."""
        if self._key is None and self.error:
            self._start(StepStarted("0", Phase.BUILD, "Read the Dockerfile"))
        self._finish_step(self.error)

    def _is_builders(self, text: str) -> bool:
        return any(pattern.fullmatch(text) for pattern in (_CACHED, _REMARK)) or self._instruction_of(text) is not None

    def _instruction_of(self, text: str) -> Instruction | None:
        """The next instruction when this is the announcement of its step."""
        announced = _STEP.fullmatch(text)
        if announced is None:
            return None
        keyword = announced[3].partition(" ")[0].upper()
        rest = self._instructions[self._next :]
        if announced[2] == "1":
            # A stage that nothing needs is left out, and so are the ARGs before the first.
            stages = [found for found in rest if found.keyword == "FROM"]
            return next((found for found in stages if found.source.split() == announced[3].split()), None) or next(
                iter(stages), None
            )
        return rest[0] if rest and rest[0].keyword == keyword else None

    def _remark(self, text: str) -> None:
        found = self._instruction_of(text)
        if found is not None:
            self._finish_step("")
            self._next = self._instructions.index(found) + 1
            announced = _STEP.fullmatch(text)
            said = announced[3].strip() if announced else found.text
            number, total = found.number, len(self._instructions)
            self._start(StepStarted(str(number), Phase.BUILD, said, number, total, found.line))
        elif _CACHED.fullmatch(text):
            self._cached = True

    def _start(self, event: StepStarted) -> None:
        self._key, self._cached = event.key, False
        self._emit(event)

    def _finish_step(self, error: str) -> None:
        if self._key is not None:
            self._emit(StepFinished(self._key, cached=self._cached and not error, error=error))
        self._key = None

    def _output(self, texts: list[str]) -> None:
        text = "".join(texts)
        if text and self._key is None:
            self._start(StepStarted("0", Phase.BUILD, "Read the Dockerfile"))
        if text and self._key is not None:
            stream = STREAM_OUT if self._runs_a_container() else STREAM_TRAILER
            self._emit(StepOutput(self._key, stream, text))

    def _runs_a_container(self) -> bool:
        return self._next > 0 and self._instructions[self._next - 1].keyword == "RUN"
