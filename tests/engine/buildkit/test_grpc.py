"""Calls, their metadata and how they end."""

from __future__ import annotations

import base64

import h2.config
import h2.connection
import h2.events
import pytest

from tests.engine.buildkit.ends import PiecesTransport, connected
from trailer_tui.engine.buildkit import health
from trailer_tui.engine.buildkit.buildkit_pb2 import HealthCheckResponse
from trailer_tui.engine.buildkit.grpc import (
    INTERNAL,
    NOT_FOUND,
    UNIMPLEMENTED,
    UNKNOWN,
    CallFailed,
    Request,
    Server,
    call,
    unary,
)
from trailer_tui.model.errors import BuildFailed

HEALTHY = HealthCheckResponse(status=HealthCheckResponse.SERVING).SerializeToString()


class RecordedEngine:
    """An engine's half of one health check, as bytes."""

    def __init__(self) -> None:
        self.protocol = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True))
        self.protocol.initiate_connection()
        names = (":method", "POST"), (":scheme", "http"), (":path", "/grpc.health.v1.Health/Check")
        more = (":authority", "localhost"), ("content-type", "application/grpc"), ("te", "trailers")
        self.protocol.send_headers(1, [*names, *more])
        self.protocol.send_data(1, bytes(5), end_stream=True)
        self.bytes = bytes(self.protocol.data_to_send())

    def answer(self, pieces: list[bytes]) -> bytes:
        """What a server answers to the bytes when they come in these pieces."""
        transport = PiecesTransport(pieces)
        server = Server(transport, health.handlers(), "server")
        data, ended = b"", False
        while not ended:
            for event in self.protocol.receive_data(transport.sent()):
                data += event.data or b"" if isinstance(event, h2.events.DataReceived) else b""
                ended = ended or isinstance(event, h2.events.StreamEnded)
        server.close()
        return data


def test_the_first_bytes_may_be_cut_anywhere() -> None:
    message = b"\0" + len(HEALTHY).to_bytes(4, "big") + HEALTHY
    size = len(RecordedEngine().bytes)
    for cut in range(size):
        engine = RecordedEngine()
        assert engine.answer([piece for piece in (engine.bytes[:cut], engine.bytes[cut:]) if piece]) == message
    engine = RecordedEngine()
    assert engine.answer([engine.bytes[at : at + 1] for at in range(size)]) == message


def test_an_unknown_method_is_unimplemented() -> None:
    with connected({}) as (client, _):
        asked = call(client, "/moby.filesync.v1.Auth/FetchToken")
        asked.send(b"", end=True)
        with pytest.raises(CallFailed) as raised:
            asked.answer()
    assert raised.value.code == UNIMPLEMENTED


@pytest.mark.parametrize("message", ["plain", "100 % of it: ä\nline", ""])
def test_a_status_carries_its_message(message: str) -> None:
    def refuse(_: bytes) -> bytes:
        raise CallFailed(NOT_FOUND, message)

    with connected({"/refuse": unary(refuse)}) as (client, _):
        asked = call(client, "/refuse")
        asked.send(b"", end=True)
        with pytest.raises(CallFailed) as raised:
            asked.answer()
    assert (raised.value.code, raised.value.message) == (NOT_FOUND, message)


def test_the_details_of_a_status_are_decoded() -> None:
    def refuse(request: Request) -> None:
        details = base64.b64encode(b"what went wrong").decode().rstrip("=")
        request.stream.send_headers([("grpc-status", "2"), ("grpc-status-details-bin", details)], end=True)

    with connected({"/refuse": refuse}) as (client, _):
        asked = call(client, "/refuse")
        with pytest.raises(CallFailed) as raised:
            asked.answer()
    assert (raised.value.code, raised.value.details) == (UNKNOWN, b"what went wrong")


def test_metadata_may_repeat_a_name() -> None:
    seen: list[dict[str, list[str]]] = []

    def look(request: Request) -> None:
        seen.append(request.metadata())

    with connected({"/look": look}) as (client, _):
        asked = call(client, "/look", [("followpaths", "a"), ("followpaths", "b"), ("dir-name", "context")])
        assert asked.receive() is None
    assert seen[0]["followpaths"] == ["a", "b"]
    assert seen[0]["dir-name"] == ["context"]


def test_the_first_error_of_ours_is_kept() -> None:
    def fail(_: bytes) -> bytes:
        raise BuildFailed("The file x is gone")

    with connected({"/fail": unary(fail)}) as (client, server):
        for _ in range(2):
            asked = call(client, "/fail")
            asked.send(b"", end=True)
            with pytest.raises(CallFailed, match="The file x is gone"):
                asked.answer()
        assert isinstance(server.failure, BuildFailed)


def test_a_mistake_of_ours_ends_the_call_and_tells_nothing_of_its_data() -> None:
    def fail(_: bytes) -> bytes:
        raise RuntimeError("the password is hunter2")

    with connected({"/fail": unary(fail)}) as (client, _):
        asked = call(client, "/fail")
        asked.send(b"", end=True)
        with pytest.raises(CallFailed) as raised:
            asked.answer()
    assert raised.value.code == INTERNAL
    assert "hunter2" not in raised.value.message


def test_a_large_message_arrives_whole() -> None:
    with connected({"/echo": unary(lambda question: question * 2)}) as (client, _):
        asked = call(client, "/echo")
        asked.send(bytes(450_000), end=True)
        assert asked.answer() == bytes(900_000)


def test_a_compressed_message_is_refused() -> None:
    with connected({"/echo": unary(lambda question: question)}) as (client, _):
        asked = call(client, "/echo")
        asked.stream.send(b"\1\0\0\0\0", end=True)
        with pytest.raises(Exception, match="reset"):
            asked.answer()
