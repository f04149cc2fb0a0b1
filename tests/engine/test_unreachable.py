"""A host that does not answer says its real reason, and what to do."""

from __future__ import annotations

import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from trailer_tui.dockerfile.context import BuildContext
from trailer_tui.engine import connections
from trailer_tui.engine.cancel import Cancelled, CancelToken
from trailer_tui.engine.docker_engine import DockerEngine
from trailer_tui.engine.errors import unreachable
from trailer_tui.engine.events import EngineEvent, StepStarted
from trailer_tui.engine.interface import BuildRequest
from trailer_tui.engine.wire import HostAddress
from trailer_tui.model.errors import HostUnreachable, InvalidInput
from trailer_tui.model.host import TlsFiles


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder whose path is short enough for a socket."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        yield Path(name)


@contextmanager
def listening(path: Path, answer: bytes | None) -> Iterator[None]:
    """Something on a unix socket that answers every request with the same bytes, or never."""
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(path))
    server.listen()
    taken: list[socket.socket] = []

    def serve() -> None:
        while True:
            try:
                client, _ = server.accept()
            except OSError:
                return
            taken.append(client)
            if answer is not None:
                client.recv(65536)
                client.sendall(answer)
                client.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield
    finally:
        server.shutdown(socket.SHUT_RDWR)
        thread.join()
        for client in [server, *taken]:
            client.close()


def probe(address: str) -> HostUnreachable:
    with pytest.raises(HostUnreachable) as raised:
        DockerEngine(address).probe()
    return raised.value


def test_a_missing_socket(folder: Path) -> None:
    error = probe(f"unix://{folder}/docker.sock")
    assert error.cause == f"{folder}/docker.sock: No such file or directory"
    assert "systemctl start docker" in error.hint


def test_no_socket_at_the_usual_place_may_mean_no_docker() -> None:
    missing = FileNotFoundError(2, "No such file or directory")
    error = unreachable(HostAddress.parse("unix:///var/run/docker.sock"), missing)
    assert "apt-get install docker.io" in error.hint
    assert "systemctl start docker" in error.hint


def test_a_socket_that_nobody_serves(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(folder / "docker.sock"))
    error = probe(f"unix://{folder}/docker.sock")
    assert "Connection refused" in error.cause
    assert "systemctl start docker" in error.hint


def test_a_closed_port() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    error = probe(f"tcp://127.0.0.1:{port}")
    assert "Connection refused" in error.cause
    assert f"127.0.0.1:{port}" in error.hint


def test_a_name_that_does_not_exist() -> None:
    error = probe("tcp://no-such-host.invalid:2375")
    assert "no-such-host.invalid" in error.cause
    assert "spelling" in error.hint


def test_no_permission() -> None:
    address = HostAddress.parse("unix:///run/docker.sock")
    error = unreachable(address, PermissionError(13, "Permission denied"))
    assert error.cause == "/run/docker.sock: Permission denied"
    assert "docker group" in error.hint


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        b'HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{"a": true}',
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]",
        b"",
    ],
)
def test_something_else_answers(folder: Path, answer: bytes) -> None:
    with listening(folder / "docker.sock", answer):
        error = probe(f"unix://{folder}/docker.sock")
    assert str(folder) in error.cause
    assert error.hint


def test_a_web_server_is_told_by_its_status(folder: Path) -> None:
    with listening(folder / "docker.sock", b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"):
        error = probe(f"unix://{folder}/docker.sock")
    assert error.cause == f"{folder}/docker.sock: what answers is no Docker engine (HTTP status 404, Not Found)"


def test_a_host_that_never_answers(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "PROBE_SECONDS", 0.2)
    with listening(folder / "docker.sock", None):
        error = probe(f"unix://{folder}/docker.sock")
    assert "timed out" in error.cause or "no answer in time" in error.cause


def test_ssh_speaks_for_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "ssh"
    program.write_text("#!/bin/sh\nprintf 'read: reset by peer\\r\\nConnection reset.\\r\\n' >&2\nexit 255\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    error = probe("ssh://ada@build-01")
    assert error.cause == "ssh://ada@build-01: read: reset by peer; Connection reset."
    assert "ssh ada@build-01 docker version" in error.hint


@pytest.mark.parametrize(
    ("authority", "problem"),
    [(None, "ca.pem cannot be read: No such file"), ("no certificate", "ca.pem is no certificate: ")],
)
def test_tls_files_that_cannot_be_used(tmp_path: Path, authority: str | None, problem: str) -> None:
    files = TlsFiles(ca=f"{tmp_path}/ca.pem", certificate=f"{tmp_path}/cert.pem", key=f"{tmp_path}/key.pem")
    if authority is not None:
        for path in (files.ca, files.certificate, files.key):
            Path(path).write_text(authority)
    with pytest.raises(HostUnreachable, match=problem) as raised:
        DockerEngine("tcp://127.0.0.1", tls=files).probe()
    assert str(tmp_path) in raised.value.cause
    assert "TLS files" in raised.value.hint


def test_the_environment_does_not_choose_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_TLS_VERIFY", "1")
    address = HostAddress.parse("tcp://build-01")
    assert (address.tls, address.port) == (None, 2375)


def test_an_engine_that_wants_tls(folder: Path) -> None:
    text = b"Client sent an HTTP request to an HTTPS server."
    with listening(folder / "docker.sock", b"HTTP/1.0 400 Bad Request\r\n\r\n" + text):
        error = probe(f"unix://{folder}/docker.sock")
    assert "TLS files" in error.hint


@pytest.mark.parametrize("address", ["", "docker.sock", "http://x", "tcp://", "ssh://", "unix://"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(InvalidInput):
        DockerEngine(address)


def test_every_method_tells_of_an_unreachable_host(folder: Path) -> None:
    engine = DockerEngine(f"unix://{folder}/docker.sock")
    with pytest.raises(HostUnreachable):
        engine.facts("debian:bookworm")
    with pytest.raises(HostUnreachable):
        engine.remove_image("debian:bookworm")


@contextmanager
def frozen(path: Path) -> Iterator[None]:
    """An engine that tells its version, begins every build, and says nothing more whatever happens."""
    server = socket.create_server(str(path), family=socket.AF_UNIX)
    taken: list[socket.socket] = []
    version = b'{"ApiVersion": "1.41", "Version": "20.10", "Os": "linux", "Arch": "amd64"}'
    begun = b'{"stream": "Step 1/1 : FROM ubuntu\\n"}\r\n'

    def serve() -> None:
        while True:
            try:
                client, _ = server.accept()
            except OSError:
                return
            taken.append(client)
            head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
            if b"/version" in client.recv(65536):
                client.sendall(head + b"Content-Length: %d\r\n\r\n%b" % (len(version), version))
            else:
                client.sendall(head + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n" % (len(begun), begun))

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield
    finally:
        server.shutdown(socket.SHUT_RDWR)
        thread.join()
        for client in [server, *taken]:
            client.close()


def test_a_cancel_that_a_frozen_host_does_not_answer_is_not_confirmed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "_LAST_WORD_SECONDS", 0.2)
    cancel = CancelToken()

    def emit(event: EngineEvent) -> None:
        if isinstance(event, StepStarted):
            cancel.cancel()

    with frozen(folder / "docker.sock"):
        engine = DockerEngine(f"unix://{folder}/docker.sock")
        with pytest.raises(Cancelled) as ended:
            engine.build(BuildRequest(BuildContext("FROM ubuntu\n"), "frozen:1"), emit, cancel)
        engine.close()
    assert not ended.value.confirmed
