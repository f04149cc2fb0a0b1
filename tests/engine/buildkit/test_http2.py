"""Two ends of an HTTP/2 connection: streams, flow control, and every way to end."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from tests.engine.buildkit.ends import connected, wires
from trailer_tui.engine.buildkit.grpc import Request, call
from trailer_tui.engine.buildkit.http2 import STREAM_WINDOW, Connection
from trailer_tui.engine.buildkit.stream import ConnectionLost, StreamReset
from trailer_tui.engine.buildkit.transport import SocketTransport

LARGE = bytes(range(256)) * (5 * STREAM_WINDOW // 256)
PATIENCE = 20.0
CANCEL = 8
"""HTTP/2's code."""


def in_thread(work: Callable[[], object]) -> tuple[threading.Thread, list[BaseException]]:
    """Start work whose errors are collected."""
    errors: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread, errors


def echo(request: Request) -> None:
    while (message := request.receive()) is not None:
        request.send(message)


def test_messages_come_back_in_order() -> None:
    with connected({"/echo": echo}) as (client, _):
        asked = call(client, "/echo")
        for size in (0, 1, 16_384, 100_000):
            asked.send(bytes(size))
            assert asked.receive() == bytes(size)
        asked.stream.end()
        assert asked.receive() is None


def test_a_writer_waits_until_the_reader_reads() -> None:
    reading = threading.Event()
    received: list[bytes | None] = []

    def late(request: Request) -> None:
        reading.wait(PATIENCE)
        received.append(request.receive())

    with connected({"/late": late}) as (client, _):
        asked = call(client, "/late")
        thread, errors = in_thread(lambda: asked.send(LARGE, end=True))
        thread.join(0.2)
        assert thread.is_alive(), "five times the window went out though nobody read"
        reading.set()
        assert asked.receive() is None
        thread.join(PATIENCE)
    assert received == [LARGE]
    assert errors == []


def test_both_ends_write_more_than_the_window_before_they_read() -> None:
    def both(request: Request) -> None:
        writer, errors = in_thread(lambda: request.send(LARGE))
        assert request.receive() == LARGE
        writer.join(PATIENCE)
        assert errors == []

    with connected({"/both": both}) as (client, _):
        asked = call(client, "/both")
        writer, errors = in_thread(lambda: asked.send(LARGE, end=True))
        assert asked.receive() == LARGE
        assert asked.receive() is None
        writer.join(PATIENCE)
    assert errors == []


def test_a_stream_that_nobody_reads_holds_up_no_other() -> None:
    def flood(request: Request) -> None:
        request.send(LARGE)

    with connected({"/flood": flood, "/echo": echo}) as (client, _):
        for _ in range(4):
            call(client, "/flood").stream.end()
        asked = call(client, "/echo")
        asked.send(b"word")
        assert asked.receive(PATIENCE) == b"word"


def test_a_reset_wakes_both_sides() -> None:
    ended: list[StreamReset] = []
    waiting, woken = threading.Event(), threading.Event()

    def wait(request: Request) -> None:
        waiting.set()
        try:
            request.receive()
        except StreamReset as error:
            ended.append(error)
        woken.set()

    with connected({"/wait": wait, "/echo": echo}) as (client, _):
        asked = call(client, "/wait")
        thread, errors = in_thread(asked.receive)
        assert waiting.wait(PATIENCE)
        asked.cancel()
        thread.join(PATIENCE)
        assert woken.wait(PATIENCE)
        assert [type(error) for error in errors] == [StreamReset]
        assert [error.code for error in ended] == [CANCEL]
        other = call(client, "/echo")
        other.send(b"still here")
        assert other.receive() == b"still here"


def test_a_reset_wakes_a_writer_that_waits_for_room() -> None:
    release = threading.Event()

    def never(_: Request) -> None:
        release.wait(PATIENCE)

    with connected({"/never": never}) as (client, _):
        asked = call(client, "/never")
        thread, errors = in_thread(lambda: asked.send(LARGE))
        thread.join(0.1)
        asked.cancel()
        thread.join(PATIENCE)
        release.set()
    assert [type(error) for error in errors] == [StreamReset]


def test_closing_wakes_whoever_waits() -> None:
    with wires() as (ours, _):
        client = Connection(SocketTransport(ours), client=True, name="client")
        asked = call(client, "/nobody")
        reader, reader_errors = in_thread(asked.receive)
        writer, writer_errors = in_thread(lambda: call(client, "/nobody").send(LARGE))
        client.close()
        for thread in (reader, writer):
            thread.join(PATIENCE)
    assert [type(error) for error in reader_errors + writer_errors] == [ConnectionLost, ConnectionLost]


@pytest.mark.parametrize("garbage", [b"HTTP/1.1 400 Bad Request\r\n\r\n", bytes(100), b"\xff" * 100])
def test_an_end_that_speaks_something_else(garbage: bytes) -> None:
    with wires() as (ours, theirs):
        client = Connection(SocketTransport(ours), client=True, name="client")
        asked = call(client, "/any")
        theirs.socket.sendall(garbage)
        theirs.hang_up()
        with pytest.raises(ConnectionLost):
            asked.receive()
        client.close()


def test_an_end_that_hangs_up_is_named() -> None:
    with wires() as (ours, theirs):
        client = Connection(SocketTransport(ours), client=True, name="client")
        asked = call(client, "/any")
        theirs.hang_up()
        with pytest.raises(ConnectionLost, match="closed the connection"):
            asked.receive()
        client.close()


def test_silence_is_the_end() -> None:
    with wires() as (ours, _):
        client = Connection(SocketTransport(ours), client=True, name="client", silence=0.3)
        with pytest.raises(ConnectionLost, match="no sign of life"):
            call(client, "/any").receive()
        client.close()


def test_silence_ends_a_writer_whose_words_nobody_takes() -> None:
    with wires() as (ours, theirs):
        server = Connection(SocketTransport(theirs), client=False, name="server")
        client = Connection(SocketTransport(ours), client=True, name="client", silence=0.5)
        server.close()
        with pytest.raises(ConnectionLost):
            call(client, "/any").send(LARGE)
        client.close()


def test_an_answer_to_ping_is_a_sign_of_life() -> None:
    release = threading.Event()

    def slow(request: Request) -> None:
        release.wait(PATIENCE)
        request.send(b"at last")

    with connected({"/slow": slow}, silence=0.3) as (client, _):
        asked = call(client, "/slow")
        with pytest.raises(TimeoutError):
            asked.receive(1.0)
        release.set()
        assert asked.receive() == b"at last"
