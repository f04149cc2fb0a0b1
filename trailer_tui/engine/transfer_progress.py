"""Progress messages of a pull, a push or a download, as events of one step."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from trailer_tui.engine.events import StepOutput, StepProgress
from trailer_tui.engine.message_stream import Message
from trailer_tui.model.log import STREAM_OUT

_DONE = frozenset({"Download complete", "Pull complete", "Pushed", "Already exists", "Layer already exists"})
_LAYER_WORDS = frozenset(
    {
        "Pulling fs layer",
        "Waiting",
        "Downloading",
        "Verifying Checksum",
        "Extracting",
        "Preparing",
        "Pushing",
        "Retrying",
        "Mounted from",
        *_DONE,
    }
)

_DIGEST = re.compile(r"\bdigest: (sha256:[0-9a-f]{64})\b", re.IGNORECASE)
"""At the end of a pull and of a push; not every engine gives a push's digest in a message of its own."""


class TransferProgress:
    """Turns `status` messages into `StepProgress` for each layer and `StepOutput` for the lines about the whole."""

    def __init__(self, key: str, emit: Callable[[StepProgress | StepOutput], None]) -> None:
        self._key = key
        self._emit = emit
        self._totals: dict[str, int] = {}
        self.digest = ""
        """`sha256:…`, once the registry gave it."""
        self.error = ""
        """The engine's words, once it failed."""

    def feed(self, message: Message) -> None:
        """Take in one message."""
        if "error" in message:
            detail = message.get("errorDetail") or {}
            self.error = str(detail.get("message") or message["error"])
        elif isinstance(message.get("aux"), dict):
            self.digest = str(message["aux"].get("Digest") or self.digest)
        elif "status" in message:
            self._status(message)

    def _status(self, message: Message) -> None:
        status, item = str(message.get("status") or ""), str(message.get("id") or "")
        detail: dict[str, Any] = message.get("progressDetail") or {}
        if named := _DIGEST.search(status):
            self.digest = named[1]
        if detail.get("current") is not None or (item and _is_layer_word(status)):
            self._layer(item or "download", status, detail)
        elif status.strip():
            line = f"{item}: {status}" if item else status
            self._emit(StepOutput(self._key, STREAM_OUT, line.rstrip("\n") + "\n"))

    def _layer(self, item: str, status: str, detail: dict[str, Any]) -> None:
        current, total = int(detail.get("current") or 0), int(detail.get("total") or 0)
        if status in _DONE:
            total = self._totals.get(item, total)
            current = total
        elif total > 0:
            self._totals[item] = total
        # The engine says -1 for a size that it does not know.
        self._emit(StepProgress(self._key, item, status, max(current, 0), max(total, 0)))


def _is_layer_word(status: str) -> bool:
    return status in _LAYER_WORDS or status.startswith(("Retrying in", "Mounted from", "Downloading", "Waiting"))
