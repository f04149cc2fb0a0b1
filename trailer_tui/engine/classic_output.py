"""The classic builder's text, taken apart into steps and their output.

The builder mixes its own remarks with what the containers print. Between `Running in <id>` and `Removing intermediate
container <id>` (newer engines: `Removed`) every word is the container's, whatever it looks like; outside, every word
is the builder's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from trailer_tui.dockerfile.parse import parse
from trailer_tui.engine.events import Emit, StepFinished, StepOutput, StepStarted
from trailer_tui.engine.message_stream import Message
from trailer_tui.engine.transfer_progress import TransferProgress
from trailer_tui.model.log import STREAM_ERROR, STREAM_OUT, STREAM_TRAILER
from trailer_tui.model.status import Phase

_STEP = re.compile(r"Step (\d+)/(\d+) : (.*)", re.DOTALL)
_RUNNING = re.compile(r" ---> Running in ([0-9a-f]+)\n")
_REMARK = re.compile(r" ---> [0-9a-f]+\n|Successfully (?:built|tagged) .*\n|\n", re.DOTALL)
_GONE = re.compile(r"No such container|is already in progress")
_GIVEN_UP = ("Build cancelled", "context canceled")
_KILLED = 137
_CACHED = " ---> Using cache\n"
# The builder wraps each piece of standard error in these.
_RED, _PLAIN = "\x1b[91m", "\x1b[0m"


class ClassicOutput:
    """Feeds on the builder's messages and emits events; holds the result: image id or error."""

    def __init__(self, dockerfile: str, emit: Emit) -> None:
        self._instructions = parse(dockerfile).instructions
        self._emit = emit
        self._key: str | None = None
        self._cached = False
        self._container: str | None = None
        self._early: list[StepOutput] = []
        self._transfers: TransferProgress | None = None
        self.image_id = ""
        """The id of the last stage that was built, once it is."""
        self.error = ""
        """The engine's message, once the build failed."""
        self.exit_code: int | None = None
        self.killed = False
        """Whether the command was killed, by whomever."""
        self.given_up = False
        """Whether the engine itself ended the build, as it does when its client is gone."""
        self._was_removed = False

    def feed(self, batch: Iterable[Message]) -> None:
        """Take in messages; consecutive output of one stream becomes one event."""
        stream = STREAM_OUT
        texts: list[str] = []
        for message in batch:
            text = message.get("stream")
            if isinstance(text, str) and self._is_container_output(text):
                its_stream = STREAM_OUT
                if text.startswith(_RED) and text.endswith(_PLAIN):
                    its_stream, text = STREAM_ERROR, text[len(_RED) : -len(_PLAIN)]
                if its_stream != stream and texts:
                    self._output(stream, "".join(texts))
                    texts = []
                stream = its_stream
                texts.append(text)
                continue
            if texts:
                self._output(stream, "".join(texts))
                texts = []
            self._builder_says(message)
        if texts:
            self._output(stream, "".join(texts))

    def finish(self) -> None:
        """The stream ended: the running step did too, with the error if there is one."""
        if self._early and self._key is None:
            self._start("0", StepStarted("0", Phase.BUILD, "Read the Dockerfile"))
        self._finish_step(self.error)

    def _is_container_output(self, text: str) -> bool:
        """Whether a container runs, and the text is not the builder's word on its end."""
        if self._container is None:
            return False
        container = f"intermediate container {self._container}"
        removed = text in (f"Removing {container}\n", f" ---> Removed {container}\n")
        return not removed and not text.startswith(f"Error removing {container}: ")

    def _builder_says(self, message: Message) -> None:
        text = message.get("stream")
        if isinstance(text, str):
            self._remark(text)
        elif "error" in message:
            detail = message.get("errorDetail") or {}
            self.error = str(detail.get("message") or message["error"])
            code = detail.get("code")
            self.exit_code = code if isinstance(code, int) and code else _exit_code(self.error)
            self.killed = self.exit_code == _KILLED
            # The engine kills and removes the container beside its builder, which then finds it killed and gone.
            self.given_up = self.error in _GIVEN_UP or (self.killed and self._was_removed)
        elif isinstance(message.get("aux"), dict):
            self.image_id = str(message["aux"].get("ID") or self.image_id)
        elif "status" in message:
            self._transfer(message)

    def _remark(self, text: str) -> None:
        if self._container is not None:
            self._was_removed = text.startswith("Error removing ") and _GONE.search(text) is not None
            self._container = None
        elif started := _STEP.fullmatch(text):
            self._begin(int(started[1]), int(started[2]), started[3])
        elif running := _RUNNING.fullmatch(text):
            self._container = running[1]
        elif text == _CACHED:
            self._cached = True
        elif text.startswith(_RED) and text.endswith(_PLAIN):
            self._output(STREAM_ERROR, text[len(_RED) : -len(_PLAIN)])
        elif not _REMARK.fullmatch(text):
            self._output(STREAM_TRAILER, text)

    def _begin(self, number: int, total: int, instruction: str) -> None:
        self._finish_step("")
        line = None
        if number <= len(self._instructions):
            found = self._instructions[number - 1]
            line = found.line if instruction.upper().startswith(found.keyword) else None
        key = str(number)
        self._start(key, StepStarted(key, Phase.BUILD, instruction.strip(), number, total, line))

    def _start(self, key: str, event: StepStarted) -> None:
        self._key, self._cached, self._transfers = key, False, None
        self._emit(event)
        for early in self._early:
            self._emit(StepOutput(key, early.stream, early.text))
        self._early = []

    def _finish_step(self, error: str) -> None:
        if self._key is not None:
            self._emit(StepFinished(self._key, cached=self._cached and not error, error=error))
        self._key, self._container = None, None

    def _output(self, stream: str, text: str) -> None:
        if self._key is None:
            self._early.append(StepOutput("", stream, text))
        else:
            self._emit(StepOutput(self._key, stream, text))

    def _transfer(self, message: Message) -> None:
        """A FROM that pulls, or an ADD that downloads."""
        if self._key is None:
            return
        if self._transfers is None:
            self._transfers = TransferProgress(self._key, self._emit)
        self._transfers.feed(message)


def _exit_code(message: str) -> int | None:
    found = re.search(r"returned a non-zero code: (\d+)\s*$", message)
    return int(found[1]) if found else None
