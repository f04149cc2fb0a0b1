"""The engine's progress messages: JSON objects, one a line, decoded in batches while they arrive.

A build can print millions of lines, so both the HTTP chunks and the JSON objects are taken in as many at once as one
read of the socket gave.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterable, Iterator
from typing import IO, Any

Message = dict[str, Any]

_READ_SIZE = 256 * 1024
_LONGEST_SIZE_LINE = 256
"""Bytes before a chunk that name its size; more of them without an end are something else."""


class StreamBroken(OSError):
    """The connection ended in the middle of an answer."""


def body_pieces(response: http.client.HTTPResponse) -> Iterator[bytes]:
    """The body of a response as it arrives, in pieces of any size.

    Raises:
        StreamBroken: the connection ended before the body did.
        OSError: the transport failed.
    """
    if response.chunked:
        yield from _chunked(response.fp)
        return
    while piece := response.read1(_READ_SIZE):
        yield piece


def messages(pieces: Iterable[bytes]) -> Iterator[list[Message]]:
    """Batches of the JSON objects in `pieces`, which may be cut anywhere; text that is no object is left out."""
    rest: list[bytes] = []
    for piece in pieces:
        end = piece.rfind(b"\n") + 1
        if not end:
            rest.append(piece)
            continue
        rest.append(piece[:end])
        batch = _decode(b"".join(rest))
        rest = [piece[end:]] if end < len(piece) else []
        if batch:
            yield batch
    if rest and (batch := _decode(b"".join(rest))):
        yield batch


def _decode(text: bytes) -> list[Message]:
    """All objects of whole lines. A line break inside a JSON string is always escaped, so lines are whole objects."""
    lines = [line for line in text.split(b"\n") if line and line != b"\r"]
    try:
        found = json.loads(b"[" + b",".join(lines) + b"]")
    except ValueError:
        return _decode_singly(text.decode("utf-8", "replace"))
    return [entry for entry in found if isinstance(entry, dict)]


def _decode_singly(text: str) -> list[Message]:
    """Objects one after the other, for an engine that sends several on one line or something broken between them."""
    decoder = json.JSONDecoder()
    found: list[Message] = []
    position = 0
    while (position := text.find("{", position)) >= 0:
        try:
            entry, position = decoder.raw_decode(text, position)
        except ValueError:
            position += 1
            continue
        found.append(entry)
    return found


def _chunked(source: IO[bytes]) -> Iterator[bytes]:
    """The payload of HTTP's chunked encoding, all chunks of one read joined."""
    buffer = b""
    while True:
        payload, consumed, ended = _take_chunks(buffer)
        if payload:
            yield payload
        if ended:
            return
        buffer = buffer[consumed:]
        more = source.read1(_READ_SIZE)  # type: ignore[attr-defined]
        if not more:
            raise StreamBroken("the connection was closed in the middle of an answer")
        buffer += more


def _take_chunks(buffer: bytes) -> tuple[bytes, int, bool]:
    """Payload of the complete chunks in `buffer`, how many bytes they took, and whether the last chunk was there."""
    parts: list[bytes] = []
    position = 0
    while (line_end := buffer.find(b"\r\n", position)) >= 0:
        try:
            size = int(buffer[position:line_end].partition(b";")[0], 16)
        except ValueError:
            raise StreamBroken("the answer is no chunked HTTP stream") from None
        if size == 0:
            return b"".join(parts), line_end + 2, True
        start = line_end + 2
        if len(buffer) < start + size + 2:
            break
        parts.append(buffer[start : start + size])
        position = start + size + 2
    else:
        if len(buffer) - position > _LONGEST_SIZE_LINE:
            raise StreamBroken("the answer is no chunked HTTP stream")
    return b"".join(parts), position, False
