"""Taking WINDOW_UPDATE frames together before the protocol sees them.

An engine gives room back for every frame that it has read, in a message of its own and once more for the connection:
tens of thousands for a large build context. Taken one by one they cost more than sending it.
"""

from __future__ import annotations

import struct

from h2.exceptions import FrameTooLargeError

_HEADER = struct.Struct(">HBBBI")
_INCREMENT = struct.Struct(">I")
_WINDOW_UPDATE = 8
_LARGEST = 2**31 - 1
_LARGEST_FRAME = 16_384
"""What this end allows the other one, so anything larger is no frame."""


class WindowUpdates:
    """Passes frames on, but all room given to one stream in one piece of data as one frame."""

    def __init__(self, preface: int) -> None:
        """`preface` is how many bytes come before the first frame."""
        self._preface = preface
        self._rest = b""

    def merge(self, data: bytes) -> bytes:
        """The same frames with fewer updates. An update stays before later frames of its own stream.

        Raises:
            FrameTooLargeError: what comes is no frame; the protocol itself would wait for all of it.
        """
        data = self._rest + data if self._rest else data
        at, self._preface = min(self._preface, len(data)), max(0, self._preface - len(data))
        merged = [data[:at]]
        rooms: dict[int, int] = {}
        while len(data) - at >= _HEADER.size:
            high, low, kind, _, stream = _HEADER.unpack_from(data, at)
            size = high << 8 | low
            end = at + _HEADER.size + size
            if size > _LARGEST_FRAME:
                raise FrameTooLargeError(f"a frame of {size} bytes was announced")
            if end > len(data):
                break
            stream &= _LARGEST
            if kind == _WINDOW_UPDATE and size == _INCREMENT.size:
                room = _INCREMENT.unpack_from(data, end - _INCREMENT.size)[0] & _LARGEST
                # No room at all is an error that the protocol has to see, and so is too much.
                if room and rooms.get(stream, 0) + room <= _LARGEST:
                    rooms[stream] = rooms.get(stream, 0) + room
                    at = end
                    continue
            if stream in rooms:
                merged.append(_update(stream, rooms.pop(stream)))
            merged.append(data[at:end])
            at = end
        self._rest = data[at:]
        merged += [_update(stream, room) for stream, room in rooms.items()]
        return b"".join(merged)


def _update(stream: int, room: int) -> bytes:
    return _HEADER.pack(0, _INCREMENT.size, _WINDOW_UPDATE, 0, stream) + _INCREMENT.pack(room)
