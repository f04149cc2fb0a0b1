"""Fixtures of a real Docker engine, the ways to reach it, and registries.

Without an engine the tests that ask for one are skipped with the reason; with `TRAILER_REQUIRE_ENGINE=1` they fail.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest

from tests.support.base_image import REFERENCE, import_base_image
from tests.support.certificates import Authority
from tests.support.child import DidNotStart
from tests.support.dockerd import NoEngine, PrivateDockerd
from tests.support.engines import Engines
from tests.support.registry import LocalRegistry, PasswordRegistry, TokenRegistry
from tests.support.ssh_server import SshServer
from trailer_tui.engine.docker_engine import DockerEngine
from trailer_tui.model.errors import TrailerError
from trailer_tui.model.host import TlsFiles

LOCAL_ENGINE = "unix:///var/run/docker.sock"

# Read at import: each test's environment is without it.
_CHOSEN_ENGINE = os.environ.get("DOCKER_HOST", "")
_REQUIRED = os.environ.get("TRAILER_REQUIRE_ENGINE") == "1"


@pytest.fixture(scope="session")
def private_dockerd() -> Iterator[PrivateDockerd | str]:
    """The engine of the test run's own; where there can be none, the reason."""
    reason = PrivateDockerd.why_not()
    if reason:
        yield reason
        return
    dockerd = PrivateDockerd()
    try:
        dockerd.start()
    except NoEngine as error:
        yield str(error)
        return
    yield dockerd
    dockerd.stop()


@pytest.fixture(scope="session")
def docker_host(private_dockerd: PrivateDockerd | str) -> str:
    """Address of an engine that tests may fill: a private one, or the one of the machine."""
    if isinstance(private_dockerd, PrivateDockerd):
        return private_dockerd.address
    found = next((address for address in (_CHOSEN_ENGINE, LOCAL_ENGINE) if address and _answers(address)), None)
    if found is None:
        unavailable(f"no Docker engine: {private_dockerd}; none answers at {_CHOSEN_ENGINE or LOCAL_ENGINE} either")
    return found


@pytest.fixture(scope="session")
def engines() -> Iterator[Engines]:
    """Engines of several releases, each started when it is first asked for."""
    engines = Engines()
    yield engines
    engines.close()


@pytest.fixture(scope="session")
def base_image(docker_host: str) -> Iterator[str]:
    """Reference of a small Debian on that engine."""
    try:
        imported = import_base_image(docker_host)
    except NoEngine as error:
        unavailable(str(error))
    yield REFERENCE
    if imported and docker_host in (_CHOSEN_ENGINE, LOCAL_ENGINE):
        engine = DockerEngine(docker_host)
        engine.remove_image(REFERENCE)
        engine.close()


@pytest.fixture
def build_network(private_dockerd: PrivateDockerd | str) -> Iterator[None]:
    """While the test runs, builds on `docker_host` reach what this machine reaches: apt and pip work in them."""
    if isinstance(private_dockerd, str):
        yield  # The machine's own engine has its own network.
        return
    try:
        with private_dockerd.bridge.way_out():
            yield
    except DidNotStart as error:
        unavailable(f"no network for builds: {error}")


@dataclass(frozen=True)
class TlsHost:
    """`docker_host` over TLS."""

    address: str
    """`tcp://localhost:PORT`; its server only talks to clients with a certificate of its authority."""
    tls: TlsFiles
    """What reaches it."""
    stranger: TlsFiles
    """A client certificate of another authority, which the server refuses; it trusts the right server."""
    wrong_authority: TlsFiles
    """The right client certificate with another authority, which makes the client refuse the server."""


@pytest.fixture(scope="session")
def tls_host(private_dockerd: PrivateDockerd | str, tmp_path_factory: pytest.TempPathFactory) -> TlsHost:
    """`docker_host` over TLS, with the certificates that reach it and with wrong ones."""
    if isinstance(private_dockerd, str):
        unavailable(f"TLS needs an engine of the tests' own: {private_dockerd}")
    known, other = private_dockerd.authority, Authority(tmp_path_factory.mktemp("tls"), "other")
    right, strange = known.client(), other.client("stranger")
    return TlsHost(
        private_dockerd.tls_address,
        right,
        strange.model_copy(update={"ca": right.ca}),
        right.model_copy(update={"ca": strange.ca}),
    )


@pytest.fixture(scope="session")
def ssh_server(docker_host: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshServer]:
    """An sshd on loopback for `docker_host`; `ssh_host` is what most tests want."""
    reason = SshServer.why_not()
    if reason:
        unavailable(reason)
    server = SshServer(tmp_path_factory.mktemp("ssh"), docker_host)
    try:
        server.start()
    except NoEngine as error:
        unavailable(str(error))
    yield server
    server.stop()


@pytest.fixture
def ssh_host(ssh_server: SshServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Address of `docker_host` over ssh; the `ssh` in PATH logs in there with the right key."""
    programs = ssh_server.programs(tmp_path / "ssh-programs")
    monkeypatch.setenv("PATH", str(programs), prepend=":")
    return ssh_server.address


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`localhost:PORT` of an empty registry that asks for no password."""
    local = LocalRegistry(tmp_path_factory.mktemp("registry"))
    with _serving(local):
        yield local.address


@pytest.fixture(scope="session")
def password_registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PasswordRegistry]:
    """A registry that asks for a password; nobody is logged in there until `DOCKER_CONFIG` names its folder."""
    local = PasswordRegistry(tmp_path_factory.mktemp("password-registry"))
    with _serving(local):
        yield local


@pytest.fixture(scope="session")
def token_registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TokenRegistry]:
    """A registry with a token server, from which strangers may pull; nobody is logged in there either."""
    local = TokenRegistry(tmp_path_factory.mktemp("token-registry"))
    with _serving(local):
        yield local


@contextmanager
def _serving(local: LocalRegistry) -> Iterator[None]:
    reason = local.why_not()
    if reason:
        unavailable(reason)
    try:
        local.start()
    except NoEngine as error:
        unavailable(str(error))
    try:
        yield
    finally:
        local.stop()


def unavailable(reason: str) -> NoReturn:
    """Skip the test for this reason, or fail it where engines are required."""
    if _REQUIRED:
        pytest.fail(reason)
    pytest.skip(reason)


def _answers(address: str) -> bool:
    try:
        engine = DockerEngine(address)
        engine.probe()
        engine.close()
    except TrailerError:
        return False
    return True
