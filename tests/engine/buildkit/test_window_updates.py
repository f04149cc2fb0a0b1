"""Window updates taken together, whatever else comes and wherever the bytes are cut."""

from __future__ import annotations

import struct
from collections import defaultdict
from itertools import pairwise

import pytest
from h2.exceptions import FrameTooLargeError
from hypothesis import given
from hypothesis import strategies as st

from trailer_tui.engine.buildkit.window_updates import WindowUpdates

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
WINDOW_UPDATE = 8

Frame = tuple[int, int, bytes]


def update(stream: int, room: int) -> Frame:
    return WINDOW_UPDATE, stream, struct.pack(">I", room)


def encoded(frame: Frame) -> bytes:
    kind, stream, body = frame
    return len(body).to_bytes(3, "big") + bytes([kind, 0]) + struct.pack(">I", stream) + body


def decoded(data: bytes) -> list[Frame]:
    frames = []
    while data:
        size = int.from_bytes(data[:3], "big")
        frames.append((data[3], int.from_bytes(data[5:9], "big"), data[9 : 9 + size]))
        data = data[9 + size :]
    return frames


def rooms(frames: list[Frame]) -> dict[int, list[int | bytes]]:
    """What each stream sees: its frames in order, room between two of them as one number."""
    seen: dict[int, list[int | bytes]] = defaultdict(list)
    for kind, stream, body in frames:
        if kind != WINDOW_UPDATE:
            seen[stream].append(body)
        elif seen[stream] and isinstance(seen[stream][-1], int):
            seen[stream][-1] += int.from_bytes(body, "big")  # type: ignore[operator]
        else:
            seen[stream].append(int.from_bytes(body, "big"))
    return seen


def test_many_become_one_for_each_stream() -> None:
    data = b"".join(encoded(frame) for _ in range(100) for frame in (update(0, 10), update(3, 10)))
    assert sorted(decoded(WindowUpdates(0).merge(data))) == [update(0, 1000), update(3, 1000)]


def test_what_is_no_frame_is_told_at_once() -> None:
    garbage = b"HTTP/1.1 400 Bad Request\r\n\r\n"
    with pytest.raises(FrameTooLargeError):
        WindowUpdates(0).merge(garbage)


def test_an_update_without_room_is_for_the_protocol_to_refuse() -> None:
    assert decoded(WindowUpdates(0).merge(encoded(update(1, 0)))) == [update(1, 0)]


def test_updates_never_add_up_to_more_than_one_may_give() -> None:
    large = 2**31 - 1
    data = encoded(update(1, large)) + encoded(update(1, 5))
    assert decoded(WindowUpdates(0).merge(data)) == [update(1, large), update(1, 5)]


FRAMES = st.one_of(
    st.builds(update, st.sampled_from([0, 1, 3]), st.integers(1, 1000)),
    st.tuples(st.sampled_from([0, 1, 3]), st.sampled_from([0, 1, 3]), st.binary(max_size=20)),
)


@given(st.lists(FRAMES), st.lists(st.integers(0, 400)), st.booleans())
def test_every_stream_sees_the_same(frames: list[Frame], cuts: list[int], preface: bool) -> None:
    data = (PREFACE if preface else b"") + b"".join(map(encoded, frames))
    merger = WindowUpdates(len(PREFACE) if preface else 0)
    places = [0, *sorted(cuts), len(data)]
    merged = b"".join(merger.merge(data[start:end]) for start, end in pairwise(places))
    if preface:
        assert merged.startswith(PREFACE)
        merged = merged[len(PREFACE) :]
    assert rooms(decoded(merged)) == rooms(frames)
