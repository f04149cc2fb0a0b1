"""A squashed image is the same image in one layer, and nothing temporary stays behind."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator

import pytest

from tests.engine.image_content import configuration, listing, unusual_files
from tests.engine.recorded import Recorded
from trailer_tui.dockerfile.context import BuildContext
from trailer_tui.engine import squash as squash_module
from trailer_tui.engine.cancel import Cancelled, CancelToken
from trailer_tui.engine.client import EngineClient
from trailer_tui.engine.docker_engine import DockerEngine
from trailer_tui.engine.interface import BuildRequest
from trailer_tui.engine.wire import HostAddress
from trailer_tui.model.errors import EngineError, HostUnreachable

pytestmark = pytest.mark.engine

EVERYTHING = """\
ENV GREETING="hello world"
LABEL a=b "c d"="e f"
WORKDIR /srv/work
VOLUME /data
EXPOSE 8080 53/udp
STOPSIGNAL SIGUSR1
HEALTHCHECK --interval=5s --retries=2 CMD /bin/true
ONBUILD RUN echo triggered
SHELL ["/bin/bash", "-c"]
USER 1000:1000
ENTRYPOINT ["/bin/echo", "entry"]
CMD ["command"]
"""


@pytest.fixture
def docker(docker_host: str) -> Iterator[EngineClient]:
    """The host as Docker itself shows it."""
    client = EngineClient(HostAddress.parse(docker_host), api_version="1.41", timeout=60)
    yield client
    client.close()
    client.line.close()


def leftovers(docker: EngineClient) -> tuple[set[str], set[str]]:
    """All containers and all tags of the host."""
    containers = {container["Id"] for container in docker.containers(all=True)}
    return containers, {tag for image in docker.images() for tag in image["RepoTags"] or ()}


def new_image(instructions: str = "") -> str:
    """A Dockerfile of a small image that no cache knows."""
    return f"FROM scratch\nLABEL made={uuid.uuid4().hex}\nCOPY Dockerfile /one\n{instructions}"


def built(engine: DockerEngine, dockerfile: str) -> str:
    return engine.build(BuildRequest(BuildContext(dockerfile), "test:1"), Recorded(), CancelToken())


@pytest.mark.parametrize("instructions", [EVERYTHING, "", 'ENTRYPOINT ["/bin/true"]\nCMD []\n'])
def test_one_layer_and_the_same_configuration(
    engine: DockerEngine, base_image: str, docker: EngineClient, recorded: Recorded, instructions: str
) -> None:
    image = built(engine, new_image("COPY Dockerfile /two\nCOPY Dockerfile /three\n" + instructions))
    before = leftovers(docker)
    squashed = engine.squash(image, recorded, CancelToken())
    try:
        facts = engine.facts(squashed)
        assert facts is not None
        assert facts.layers == 1
        assert configuration(docker, squashed) == configuration(docker, image)
        assert leftovers(docker) == before
        assert engine.facts(image) is not None
        assert recorded.end("Squash").error == ""
    finally:
        engine.remove_image(squashed)
        engine.remove_image(image)


def test_the_content_is_the_same(
    engine: DockerEngine, base_image: str, docker: EngineClient, recorded: Recorded
) -> None:
    request = BuildRequest(unusual_files(base_image, megabytes=30, instructions=EVERYTHING), "test:1")
    image = engine.build(request, Recorded(), CancelToken())
    squashed = engine.squash(image, recorded, CancelToken())
    try:
        facts = engine.facts(squashed)
        assert facts is not None
        assert facts.layers == 1
        before, after = listing(docker, image), listing(docker, squashed)
        assert "unusual/capable" in before
        assert {path: held for path, held in before.items() if after.get(path) != held} == {}
        assert set(after) == set(before)
        assert configuration(docker, squashed) == configuration(docker, image)
    finally:
        engine.remove_image(squashed)
        engine.remove_image(image)


def test_the_build_cache_outlives_a_squash(engine: DockerEngine, base_image: str, recorded: Recorded) -> None:
    dockerfile = new_image()
    image = built(engine, dockerfile)
    engine.remove_image(engine.squash(image, Recorded(), CancelToken()))
    assert engine.build(BuildRequest(BuildContext(dockerfile), "test:1"), recorded, CancelToken()) == image
    assert recorded.end("COPY").cached
    engine.remove_image(image)


def test_a_failed_squash_leaves_nothing(
    engine: DockerEngine, base_image: str, docker: EngineClient, recorded: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = built(engine, new_image())
    before, images = leftovers(docker), len(docker.images(all=True))

    def refuse(*_: object, **__: object) -> str:
        raise EngineError("refused")

    monkeypatch.setattr(squash_module, "_commit", refuse)
    with pytest.raises(EngineError, match="refused"):
        engine.squash(image, recorded, CancelToken())
    assert recorded.end("Squash").error == "refused"
    assert leftovers(docker) == before
    assert len(docker.images(all=True)) == images
    engine.remove_image(image)


@pytest.mark.parametrize(
    "end", [HostUnreachable("the connection was closed"), Cancelled(confirmed=False)], ids=["lost", "cancelled"]
)
def test_a_name_that_the_engine_gives_after_nobody_listens_any_more_goes(
    engine: DockerEngine, base_image: str, docker: EngineClient, monkeypatch: pytest.MonkeyPatch, end: Exception
) -> None:
    image = built(engine, new_image())
    before = leftovers(docker)
    names: list[str] = []

    def lose(*arguments: object) -> None:
        name = str(arguments[3])
        names.append(name)
        threading.Timer(0.5, lambda: engine.tag(base_image, name)).start()
        raise end

    monkeypatch.setattr(squash_module, "_copy", lose)
    monkeypatch.setattr(squash_module, "_LATE_SECONDS", 60.0)
    with pytest.raises(type(end)):
        engine.squash(image, Recorded(), CancelToken())
    assert names
    assert leftovers(docker) == before
    engine.remove_image(image)


def test_a_cancelled_squash_leaves_nothing(engine: DockerEngine, base_image: str, docker: EngineClient) -> None:
    image = built(engine, new_image())
    before, images = leftovers(docker), len(docker.images(all=True))
    cancel = CancelToken()
    with pytest.raises(Cancelled):
        engine.squash(image, lambda _: cancel.cancel(), cancel)
    assert leftovers(docker) == before
    assert len(docker.images(all=True)) == images
    engine.remove_image(image)


def test_a_squash_that_is_cancelled_while_it_copies_leaves_nothing(
    engine: DockerEngine, base_image: str, docker: EngineClient
) -> None:
    large = f"FROM {base_image}\nLABEL made={uuid.uuid4().hex}\nRUN head -c 100M /dev/urandom > /large\n"
    image = built(engine, large)
    before, images = leftovers(docker), len(docker.images(all=True))
    cancel = CancelToken()
    timer = threading.Timer(0.4, cancel.cancel)
    with pytest.raises(Cancelled):
        engine.squash(image, lambda _: timer.start(), cancel)
    assert leftovers(docker) == before
    assert len(docker.images(all=True)) == images
    engine.remove_image(image)


def test_an_image_that_has_a_name_keeps_it(engine: DockerEngine, base_image: str, docker: EngineClient) -> None:
    image = built(engine, new_image())
    engine.tag(image, "trailer-test/named:1")
    squashed = engine.squash(image, Recorded(), CancelToken())
    try:
        assert docker.image_details(image)["RepoTags"] == ["trailer-test/named:1"]
        assert not docker.image_details(squashed)["RepoTags"]
    finally:
        engine.remove_image(squashed)
        engine.remove_image("trailer-test/named:1")


def test_an_image_that_is_not_there(engine: DockerEngine, recorded: Recorded) -> None:
    with pytest.raises(EngineError, match="No such image"):
        engine.squash("sha256:" + "0" * 64, recorded, CancelToken())
    assert "No such image" in recorded.end("Squash").error
