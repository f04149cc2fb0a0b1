"""The installed command and its server on a real engine, with everything that it leaves behind to look through."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.registry import PasswordRegistry

TRAILER = [sys.executable, "-m", "trailer_tui"]

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def logins(password_registry: PasswordRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that `DOCKER_CONFIG` names, with the right login."""
    folder = tmp_path / "logins"
    password_registry.write_login(folder)
    monkeypatch.setenv("DOCKER_CONFIG", str(folder))
    return folder


@pytest.fixture(params=["classic", "buildkit"])
def builder(request: pytest.FixtureRequest) -> str:
    """Each builder."""
    return str(request.param)


@pytest.fixture
def trailer(docker_host: str, base_image: str, logins: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Command]:
    """Runs one `trailer` command on a server whose host `local` is the tests' engine; the server ends with the test."""
    monkeypatch.setenv("DOCKER_HOST", docker_host)

    def run(*arguments: str, given: bytes | None = None) -> subprocess.CompletedProcess[str]:
        done = subprocess.run([*TRAILER, *arguments], input=given, capture_output=True, check=False, timeout=120)
        return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())

    yield run
    run("stop", "--now")
