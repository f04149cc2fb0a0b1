"""The same engine, reached in other ways than a unix socket, with each of its builders."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.cancelling import end_of_cancelled, unique_sleep
from tests.engine.forwarder import Forwarder
from tests.engine.processes import appears, gone
from tests.engine.recorded import Recorded
from tests.support.engine import TlsHost
from tests.support.ssh_server import SshServer
from trailer_tui.dockerfile.context import BuildContext
from trailer_tui.engine.cancel import Cancelled, CancelToken
from trailer_tui.engine.docker_engine import DockerEngine
from trailer_tui.engine.interface import BuildRequest
from trailer_tui.model.errors import HostUnreachable
from trailer_tui.model.host import BuilderChoice

pytestmark = pytest.mark.engine


@pytest.fixture(params=[BuilderChoice.CLASSIC, BuilderChoice.BUILDKIT])
def builder(request: pytest.FixtureRequest) -> BuilderChoice:
    """Each builder."""
    choice: BuilderChoice = request.param
    return choice


@pytest.fixture(params=["tcp", "tls", "ssh"])
def remote(
    request: pytest.FixtureRequest, builder: BuilderChoice, docker_host: str, base_image: str
) -> Iterator[DockerEngine]:
    """The engine of the tests over another transport."""
    if request.param == "tcp":
        if not docker_host.startswith("unix://"):
            pytest.skip("the engine of the tests is no local one")
        forwarder = Forwarder(docker_host.removeprefix("unix://"))
        engine = DockerEngine(forwarder.address, builder=builder)
        yield engine
        engine.close()
        forwarder.close()
        return
    if request.param == "tls":
        host: TlsHost = request.getfixturevalue("tls_host")
        engine = DockerEngine(host.address, tls=host.tls, builder=builder)
    else:
        engine = DockerEngine(request.getfixturevalue("ssh_host"), builder=builder)
    yield engine
    engine.close()


def test_a_build_over_it(remote: DockerEngine, builder: BuilderChoice, base_image: str, recorded: Recorded) -> None:
    found = remote.probe()
    assert (found.operating_system, found.builder) == ("linux", builder)
    word = uuid.uuid4().hex
    request = BuildRequest(BuildContext(f"FROM {base_image}\nRUN echo {word}\n"), "test:1")
    image = remote.build(request, recorded, CancelToken())
    assert recorded.output("RUN") == f"{word}\n"
    remote.remove_image(image)


def test_a_push_over_it(remote: DockerEngine, registry: str, recorded: Recorded) -> None:
    reference = f"{registry}/wires/{uuid.uuid4().hex}:1"
    request = BuildRequest(BuildContext(f"FROM scratch\nLABEL name={reference}\nCOPY Dockerfile /\n"), reference)
    remote.tag(remote.build(request, Recorded(), CancelToken()), reference)
    digest = remote.push(reference, recorded, CancelToken())
    assert digest in recorded.output("Push")
    remote.remove_image(reference)
    assert remote.pull(reference, Recorded(), CancelToken()).digests[0].endswith(digest)
    remote.remove_image(reference)


def test_cancel_over_it_ends_the_process(remote: DockerEngine, base_image: str, recorded: Recorded) -> None:
    sleep = unique_sleep()
    request = BuildRequest(BuildContext(f"FROM {base_image}\nRUN {' '.join(sleep)}\n"), "test:1")
    ended = end_of_cancelled(lambda cancel: remote.build(request, recorded, cancel), lambda: appears(*sleep))
    assert isinstance(ended, Cancelled)
    assert gone(*sleep)


def refused(engine: DockerEngine) -> HostUnreachable:
    """The error of a host that lets nobody in, which every call gives."""
    request = BuildRequest(BuildContext("FROM scratch\nCOPY Dockerfile /\n"), "test:1")
    for call in (lambda: engine.build(request, Recorded(), CancelToken()), engine.probe):
        with pytest.raises(HostUnreachable) as raised:
            call()
    engine.close()
    return raised.value


def test_a_wrong_ssh_key_is_told_in_the_words_of_ssh(
    ssh_server: SshServer, builder: BuilderChoice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = ssh_server.programs(tmp_path / "ssh-programs", key=ssh_server.wrong_key)
    monkeypatch.setenv("PATH", str(programs), prepend=":")
    error = refused(DockerEngine(ssh_server.address, builder=builder))
    assert "Permission denied (publickey)" in error.cause
    assert "ssh" in error.hint


def test_an_unknown_ssh_host_is_told_in_the_words_of_ssh(
    ssh_server: SshServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = ssh_server.programs(tmp_path / "ssh-programs", known=False)
    monkeypatch.setenv("PATH", str(programs), prepend=":")
    assert "Host key verification failed" in refused(DockerEngine(ssh_server.address)).cause


def test_an_ssh_server_that_went_away(ssh_host: str, base_image: str) -> None:
    address, _, _ = ssh_host.rpartition(":")
    assert "Connection refused" in refused(DockerEngine(f"{address}:1")).cause


def test_a_certificate_that_the_host_does_not_know(tls_host: TlsHost, builder: BuilderChoice) -> None:
    error = refused(DockerEngine(tls_host.address, tls=tls_host.stranger, builder=builder))
    assert "certificate" in error.cause.lower()
    assert "TLS" in error.hint


def test_a_host_of_another_authority(tls_host: TlsHost, builder: BuilderChoice) -> None:
    error = refused(DockerEngine(tls_host.address, tls=tls_host.wrong_authority, builder=builder))
    assert "certificate verify failed" in error.cause
    assert "TLS" in error.hint


def test_a_tls_host_spoken_to_in_the_clear(tls_host: TlsHost) -> None:
    assert "HTTPS" in refused(DockerEngine(tls_host.address)).cause
