"""Services on a real engine behind a proxy."""

from __future__ import annotations

import io
import os
import shutil
import tarfile
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.resilience.real_world import RealWorld
from tests.support.fault_proxy import FaultProxy
from trailer_tui.engine.client import EngineClient
from trailer_tui.engine.docker_engine import DockerEngine
from trailer_tui.engine.wire import HostAddress
from trailer_tui.model.host import BuilderChoice


@pytest.fixture
def proxy(docker_host: str) -> Iterator[FaultProxy]:
    """A proxy in front of the engine."""
    if not docker_host.startswith("unix://"):
        pytest.skip("the engine has no unix socket")
    # A socket's path may have 108 bytes, so pytest's own long folders will not do.
    folder = Path(tempfile.mkdtemp(prefix="trailer-proxy-", dir="/tmp"))
    made = FaultProxy(Path(docker_host.removeprefix("unix://")), listen=folder / f"{os.getpid()}.sock")
    yield made
    made.close()
    shutil.rmtree(folder)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits that a person would not mind are too long for a test."""
    monkeypatch.setattr("trailer_tui.service.lost_hosts.LOST_SECONDS", 0.5)
    monkeypatch.setattr("trailer_tui.engine.connections.PROBE_SECONDS", 1.0)
    monkeypatch.setattr("trailer_tui.engine.connections.CALL_SECONDS", 4.0)
    monkeypatch.setattr("trailer_tui.engine.connections._LAST_WORD_SECONDS", 0.5)
    monkeypatch.setattr("trailer_tui.engine.buildkit.builder.SILENCE_SECONDS", 3.0)
    monkeypatch.setattr("trailer_tui.service.build_run.CANCEL_GRACE_SECONDS", 4.0)


@pytest.fixture(params=[BuilderChoice.CLASSIC, BuilderChoice.BUILDKIT], ids=lambda choice: str(choice.value))
def builder(request: pytest.FixtureRequest, docker_host: str) -> BuilderChoice:
    """Each builder that the engine has."""
    choice = BuilderChoice(request.param)
    engine = DockerEngine(docker_host, builder=choice)
    try:
        if engine.probe().builder != choice.value:
            pytest.skip(f"the engine has no {choice.value} builder")
    finally:
        engine.close()
    return choice


@pytest.fixture
async def world(
    tmp_path: Path, proxy: FaultProxy, docker_host: str, base_image: str, builder: BuilderChoice, impatient: None
) -> AsyncIterator[RealWorld]:
    """A service with a host behind the proxy and one that is not."""
    made = RealWorld(tmp_path / "data", proxy.address, docker_host, base_image)
    await made.open(builder)
    try:
        yield made
    finally:
        proxy.heal()
        proxy.cut_all()
        await made.close()


@pytest.fixture
def docker(docker_host: str) -> Iterator[EngineClient]:
    """The host as Docker itself shows it."""
    client = EngineClient(HostAddress.parse(docker_host), api_version="1.41", timeout=60)
    yield client
    client.close()
    client.line.close()


@pytest.fixture
def small_image(docker: EngineClient) -> str:
    """An image of a few megabytes that cannot be packed, on the host."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        member = tarfile.TarInfo("random")
        member.size = 3_000_000
        tar.addfile(member, io.BytesIO(os.urandom(member.size)))
    tag = uuid.uuid4().hex
    docker.import_image_from_data(archive.getvalue(), repository="trailer-test/small", tag=tag)
    return f"trailer-test/small:{tag}"
