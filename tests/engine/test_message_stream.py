"""Progress messages survive whatever the wire does to them."""

from __future__ import annotations

import io
import json
from http.client import HTTPResponse
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailer_tui.engine.message_stream import StreamBroken, body_pieces, messages

texts = st.text(st.characters(exclude_categories=["Cs"]))
message_lists = st.lists(st.dictionaries(st.sampled_from(["stream", "status", "id"]), texts, min_size=1), max_size=8)


def cut(data: bytes, points: list[int]) -> list[bytes]:
    edges = sorted({0, len(data), *(point % (len(data) + 1) for point in points)})
    return [data[start:end] for start, end in pairwise(edges)]


def collect(pieces: list[bytes]) -> list[dict[str, Any]]:
    return [message for batch in messages(pieces) for message in batch]


class Wire(io.RawIOBase):
    """Gives its pieces one read at a time, as a socket would."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = [piece for piece in pieces if piece]

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._pieces:
            return 0
        piece = self._pieces[0][: len(buffer)]
        self._pieces[0] = self._pieces[0][len(piece) :]
        if not self._pieces[0]:
            self._pieces.pop(0)
        buffer[: len(piece)] = piece
        return len(piece)


class Socket:
    """As much of a socket as http.client reads from."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = pieces

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(Wire(self._pieces))


def response(pieces: list[bytes]) -> HTTPResponse:
    answer = HTTPResponse(Socket(pieces))  # type: ignore[arg-type]
    answer.begin()
    return answer


@given(message_lists, st.lists(st.integers(min_value=0), max_size=12), st.booleans())
def test_messages_may_be_cut_anywhere(sent: list[dict[str, str]], points: list[int], ascii_only: bool) -> None:
    data = "".join(json.dumps(message, ensure_ascii=ascii_only) + "\r\n" for message in sent).encode()
    assert collect(cut(data, points)) == sent


@given(message_lists)
def test_a_last_line_without_its_break_counts(sent: list[dict[str, str]]) -> None:
    data = "\n".join(json.dumps(message) for message in sent).encode()
    assert collect([data]) == sent


def test_several_objects_on_a_line_and_rubbish_between_them() -> None:
    assert collect([b'{"stream":"a"}{"stream":"b"} oops\n\n{"stream":"c"}\n']) == [
        {"stream": "a"},
        {"stream": "b"},
        {"stream": "c"},
    ]


def test_invalid_utf8_is_replaced_and_the_rest_is_kept() -> None:
    assert collect([b'{"stream":"a\xffb"}\r\n{"stream":"c"}\r\n']) == [{"stream": "a\ufffdb"}, {"stream": "c"}]


def test_what_is_no_object_is_left_out() -> None:
    assert collect([b'1\n"text"\n[2]\n{"stream":"a"}\n']) == [{"stream": "a"}]


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=6), st.lists(st.integers(min_value=0), max_size=12))
def test_a_chunked_body_may_be_cut_anywhere(chunks: list[bytes], points: list[int]) -> None:
    body = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert b"".join(body_pieces(response([head, *cut(body, points)]))) == b"".join(chunks)


def test_a_body_with_a_length_is_read_to_its_end() -> None:
    assert b"".join(body_pieces(response([b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe", b"llo"]))) == b"hello"


@pytest.mark.parametrize("body", [b"5\r\nhel", b"5\r\nhello\r\n", b"zz\r\nhello\r\n", b"\x93" * 300])
def test_a_connection_that_is_cut_is_told(body: bytes) -> None:
    answer = response([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", body])
    with pytest.raises(StreamBroken):
        list(body_pieces(answer))
