"""Containers of killed servers go, and nobody else's."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator

import pytest

from tests.engine.recorded import Recorded
from trailer_tui.dockerfile.context import BuildContext
from trailer_tui.engine import leftovers
from trailer_tui.engine.cancel import CancelToken
from trailer_tui.engine.client import EngineClient
from trailer_tui.engine.connections import Connections
from trailer_tui.engine.docker_engine import DockerEngine
from trailer_tui.engine.interface import BuildRequest, ReadLimits
from trailer_tui.engine.measuring_container import MeasuringContainer
from trailer_tui.engine.wire import HostAddress
from trailer_tui.model.errors import EngineError

pytestmark = pytest.mark.engine

Make = Callable[..., str]


@pytest.fixture
def docker(docker_host: str) -> Iterator[EngineClient]:
    client = EngineClient(HostAddress.parse(docker_host), api_version="1.41", timeout=60)
    yield client
    client.close()
    client.line.close()


@pytest.fixture
def make(docker: EngineClient, base_image: str) -> Iterator[Make]:
    """Makes containers that are never started."""
    made: list[str] = []

    def run(name: str, **labels: str) -> str:
        config = {"Image": base_image, "Entrypoint": ["x"], "Labels": labels}
        answer = docker.ask("POST", "/containers/create", query={"name": name}, body=config)
        made.append(str(answer["Id"]))
        return made[-1]

    yield run
    for container in made:
        if container in there(docker):
            docker.remove_container(container, force=True)


def there(docker: EngineClient) -> set[str]:
    return {str(container["Id"]) for container in docker.containers(all=True)}


def squash(engine: DockerEngine, docker_host: str) -> None:
    dockerfile = f"FROM scratch\nLABEL made={uuid.uuid4().hex}\nCOPY Dockerfile /one\n"
    image = engine.build(BuildRequest(BuildContext(dockerfile), "test:1"), Recorded(), CancelToken())
    engine.remove_image(engine.squash(image, Recorded(), CancelToken()))
    engine.remove_image(image)


MANY_LOOKS = 20


def measure(engine: DockerEngine, docker_host: str) -> None:
    connections = Connections(HostAddress.parse(docker_host))
    measuring = MeasuringContainer(connections)
    try:
        for _ in range(MANY_LOOKS):
            try:
                measuring.measure()
            except EngineError:
                continue  # a few small images at a time are tried, and other tests left some without df
            return
        pytest.fail("no image has df")
    finally:
        connections.close()


def look(engine: DockerEngine, docker_host: str) -> None:
    engine.disk_usage(CancelToken())


def read(engine: DockerEngine, docker_host: str) -> None:
    image = engine.build(
        BuildRequest(BuildContext("FROM scratch\nCOPY Dockerfile /one\n"), ""), Recorded(), CancelToken()
    )
    assert list(engine.read_files(image, ["/none"], CancelToken(), ReadLimits(1, 1))) == []
    engine.remove_image(image)


@pytest.mark.parametrize("work", [squash, measure, look, read])
def test_what_a_killed_server_left_goes_with_the_next_work(
    engine: DockerEngine,
    docker: EngineClient,
    docker_host: str,
    make: Make,
    monkeypatch: pytest.MonkeyPatch,
    work: Callable[[DockerEngine, str], None],
) -> None:
    squashing = make(leftovers.squash_container_name())
    measuring = make(f"test-{uuid.uuid4().hex}", **{leftovers.MEASURING_LABEL: "1"})
    reading = make(f"test-{uuid.uuid4().hex}", **{leftovers.READING_LABEL: "1"})
    work(engine, docker_host)
    # Young ones may be at work, for this server or another.
    assert {squashing, measuring, reading} <= there(docker)
    monkeypatch.setattr(leftovers, "SQUASH_SECONDS", -5.0)
    monkeypatch.setattr(leftovers, "MEASURING_SECONDS", -5.0)
    monkeypatch.setattr(leftovers, "READING_SECONDS", -5.0)
    others = {
        make(f"mine-{leftovers.squash_container_name()}"),
        make(f"trailer-squash-{uuid.uuid4().hex[:6]}"),
        make(f"test-{uuid.uuid4().hex}", another="1"),
    }
    work(engine, docker_host)
    assert not {squashing, measuring, reading} & there(docker)
    assert others <= there(docker)
