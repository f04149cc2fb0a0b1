"""What a session gives the engine, and what it does not."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.engine.buildkit.ends import connected
from trailer_tui.dockerfile.context import BuildContext
from trailer_tui.engine.buildkit import auth, secrets, ssh_agent
from trailer_tui.engine.buildkit.buildkit_pb2 import (
    BytesMessage,
    CheckAgentRequest,
    CredentialsRequest,
    CredentialsResponse,
    GetSecretRequest,
    GetSecretResponse,
)
from trailer_tui.engine.buildkit.grpc import NOT_FOUND, CallFailed, Handler, call
from trailer_tui.engine.buildkit.session import Session
from trailer_tui.engine.credentials import CredentialsUnreadable
from trailer_tui.engine.interface import BuildRequest

CREDENTIALS = "/moby.filesync.v1.Auth/Credentials"
SECRET = "/moby.buildkit.secrets.v1.Secrets/GetSecret"
CHECK_AGENT, FORWARD_AGENT = "/moby.sshforward.v1.SSH/CheckAgent", "/moby.sshforward.v1.SSH/ForwardAgent"


def ask(handlers: Mapping[str, Handler], method: str, question: bytes) -> bytes:
    """The answer of a session's service."""
    with connected(handlers) as (client, _):
        asked = call(client, method)
        asked.send(question, end=True)
        return asked.answer()


@pytest.fixture
def configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Docker configuration with a password for two registries; returns its file."""
    file = tmp_path / "config.json"
    # ada:secret-word
    entry = '{"auth": "YWRhOnNlY3JldC13b3Jk"}'
    file.write_text(f'{{"auths": {{"registry.lan:5001": {entry}, "https://index.docker.io/v1/": {entry}}}}}')
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    return file


@pytest.mark.parametrize(
    ("host", "registries", "found"),
    [
        ("registry.lan:5001", ["registry.lan:5001"], ("ada", "secret-word")),
        ("registry-1.docker.io", ["docker.io"], ("ada", "secret-word")),
        ("registry.lan:5001", ["docker.io"], ("", "")),
        ("registry-1.docker.io", ["registry.lan:5001"], ("", "")),
        ("other.lan", ["other.lan"], ("", "")),
    ],
)
def test_credentials_go_to_registries_that_the_dockerfile_names(
    configuration: Path, host: str, registries: list[str], found: tuple[str, str]
) -> None:
    troubles: list[CredentialsUnreadable] = []
    handlers = auth.handlers(registries, troubles.append)
    answer = CredentialsResponse.FromString(
        ask(handlers, CREDENTIALS, CredentialsRequest(host=host).SerializeToString())
    )
    assert (answer.username, answer.secret) == found
    assert troubles == []


def test_a_broken_configuration_is_told_and_answered_anonymously(configuration: Path) -> None:
    configuration.write_text("{broken")
    troubles: list[CredentialsUnreadable] = []
    handlers = auth.handlers(["registry.lan:5001"], troubles.append)
    question = CredentialsRequest(host="registry.lan:5001").SerializeToString()
    assert CredentialsResponse.FromString(ask(handlers, CREDENTIALS, question)) == CredentialsResponse()
    assert "registry.lan:5001" in str(troubles[0])


def test_a_secret_is_read_when_it_is_asked_for() -> None:
    values = [b"second", b"first"]
    handlers = secrets.handlers({"token": values.pop})
    question = GetSecretRequest(id="token").SerializeToString()
    assert [GetSecretResponse.FromString(ask(handlers, SECRET, question)).data for _ in range(2)] == [
        b"first",
        b"second",
    ]


@pytest.mark.parametrize(
    ("name", "served"),
    [("token", b"a\nb\n"), ("GIT_AUTH_TOKEN.git.lan:3000", b"a\nb"), ("HTTP_AUTH_HEADER_git.lan", b"a\nb")],
)
def test_only_what_becomes_a_header_loses_the_line_end_of_its_file(name: str, served: bytes) -> None:
    handlers = secrets.handlers({name: lambda: b"a\nb\n"})
    answer = ask(handlers, SECRET, GetSecretRequest(id=name).SerializeToString())
    assert GetSecretResponse.FromString(answer).data == served


@pytest.mark.parametrize("name", ["other", "", "GIT_AUTH_TOKEN.git.lan", "HTTP_AUTH_HEADER_registry.lan"])
def test_a_secret_that_was_not_given_is_not_found(name: str) -> None:
    handlers = secrets.handlers({"token": lambda: b"value"})
    with pytest.raises(CallFailed) as raised:
        ask(handlers, SECRET, GetSecretRequest(id=name).SerializeToString())
    assert raised.value.code == NOT_FOUND


@contextmanager
def agent(path: Path) -> Iterator[None]:
    """An ssh agent of sorts: answers each request with its capitals."""

    def serve() -> None:
        stream, _ = listener.accept()
        with stream:
            while data := stream.recv(4096):
                stream.sendall(data.upper())

    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        threading.Thread(target=serve, daemon=True).start()
        yield


def test_the_agent_is_reached_through_the_session(tmp_path: Path) -> None:
    with agent(tmp_path / "agent"), connected(ssh_agent.handlers(tmp_path / "agent")) as (client, _):
        checked = call(client, CHECK_AGENT)
        checked.send(CheckAgentRequest(id="default").SerializeToString(), end=True)
        assert checked.answer() == b""
        forwarded = call(client, FORWARD_AGENT, [("buildkit.ssh.id", "default")])
        for word in (b"list keys", b"sign"):
            forwarded.send(BytesMessage(data=word).SerializeToString())
            message = forwarded.receive()
            assert message is not None
            assert BytesMessage.FromString(message).data == word.upper()
        forwarded.stream.end()
        assert forwarded.receive() is None


@pytest.mark.parametrize(("wanted", "given"), [("default", False), ("other", True)])
def test_only_the_default_agent_is_forwarded(tmp_path: Path, wanted: str, given: bool) -> None:
    handlers = ssh_agent.handlers(tmp_path / "agent" if given else None)
    with pytest.raises(CallFailed) as raised:
        ask(handlers, CHECK_AGENT, CheckAgentRequest(id=wanted).SerializeToString())
    assert raised.value.code == NOT_FOUND


def test_an_agent_that_is_gone_ends_the_call(tmp_path: Path) -> None:
    with connected(ssh_agent.handlers(tmp_path / "agent")) as (client, _):
        forwarded = call(client, FORWARD_AGENT)
        with pytest.raises(CallFailed, match="does not answer"):
            forwarded.receive()


def test_a_session_without_a_context_key_shares_files_with_no_other() -> None:
    request = BuildRequest(BuildContext("FROM scratch\n"), "test:1")
    keys = {session_of(request)["x-docker-expose-session-sharedkey"] for _ in range(2)}
    assert len(keys) == 2
    named = BuildRequest(request.context, "test:1", context_key="image 1")
    assert session_of(named)["x-docker-expose-session-sharedkey"] == "image 1"


def session_of(request: BuildRequest) -> dict[str, str]:
    return dict(headers_of(request))


def headers_of(request: BuildRequest) -> list[tuple[str, str]]:
    return Session.of(request, lambda *_: None, lambda _: None).headers()


def test_every_method_of_a_session_has_a_header_of_its_own() -> None:
    request = BuildRequest(BuildContext("FROM scratch\n"), "test:1")
    methods = [value for name, value in headers_of(request) if name == "x-docker-expose-session-grpc-method"]
    assert "/moby.filesync.v1.FileSync/DiffCopy" in methods
    assert all("," not in method for method in methods)


def test_nothing_is_left_open(tmp_path: Path) -> None:
    before = open_files(), threading.active_count()
    for _ in range(5):
        test_the_agent_is_reached_through_the_session(tmp_path)
        (tmp_path / "agent").unlink()
    assert (open_files(), threading.active_count()) == before


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))
