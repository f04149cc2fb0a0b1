"""The output of steps: bytes cut anywhere become text, and what the engine left out is said.

An engine lets through 200 KiB a second and 2 MiB of each stream of a step, unless its environment says otherwise.
Source: moby/buildkit, `util/progress/logs/logs.go`.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator

from trailer_tui.engine.buildkit.buildkit_pb2 import VertexLog
from trailer_tui.model.log import STREAM_ERROR, STREAM_OUT

_Stream = tuple[str, int]
"""A vertex and the number of its stream."""

_STANDARD_ERROR = 2
_CLIPPED = re.compile(rb"\n\[output clipped, log limit (\S+) reached\]\n\Z")
_MARK_LENGTH = 120
_DECODER = codecs.getincrementaldecoder("utf-8")


class StepTexts:
    """Decodes what steps print; one for each build."""

    def __init__(self) -> None:
        self._decoders: dict[_Stream, codecs.IncrementalDecoder] = {}

    def texts(self, logs: Iterable[VertexLog]) -> Iterator[tuple[str, str, str, str]]:
        """Output as it arrived: vertex, `model.log` stream, text, and the limit that cut it off after that, if any.

        What one stream printed without another between is one text.
        """
        stream: _Stream = ("", 0)
        pieces: list[bytes] = []
        for log in logs:
            its_stream = (log.vertex, log.stream)
            if its_stream != stream:
                if pieces:
                    yield self._text(stream, pieces, "")
                stream, pieces = its_stream, []
            message = log.message
            pieces.append(message)
            if b"[output clipped" in message[-_MARK_LENGTH:] and (found := _CLIPPED.search(message)):
                yield self._text(stream, pieces, found[1].decode("ascii", "replace"))
                pieces = []
        if pieces:
            yield self._text(stream, pieces, "")

    def rest(self, vertex: str) -> Iterator[tuple[str, str]]:
        """What the streams of an ended step still hold: the start of a character that never came whole."""
        for stream in [stream for stream in self._decoders if stream[0] == vertex]:
            text = self._decoders.pop(stream).decode(b"", final=True)
            if text:
                yield _name(stream), text

    def _text(self, stream: _Stream, pieces: list[bytes], limit: str) -> tuple[str, str, str, str]:
        decoder = self._decoders.get(stream)
        if decoder is None:
            decoder = self._decoders[stream] = _DECODER("replace")
        return stream[0], _name(stream), decoder.decode(b"".join(pieces)), limit


def clipping_remark(limit: str) -> str:
    """What to say where the engine left out output; `limit` is as it named it, such as `200KiB/s`."""
    rate = limit.endswith("/s")
    amount = limit.removesuffix("/s").replace("KiB", " KiB").replace("MiB", " MiB")
    lets_through = f"{amount} a second" if rate else f"{amount} of a step's output"
    variable = "BUILDKIT_STEP_LOG_MAX_SPEED" if rate else "BUILDKIT_STEP_LOG_MAX_SIZE"
    return (
        f"Output of this step is missing here: the engine lets through {lets_through} and drops the rest.\n"
        "To have all of it, choose the classic builder for this host, or start its Docker daemon with "
        f"{variable}=-1 in its environment; not on Docker 20.10, which then drops all output.\n"
    )


def _name(stream: _Stream) -> str:
    return STREAM_ERROR if stream[1] == _STANDARD_ERROR else STREAM_OUT
