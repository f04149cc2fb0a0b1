"""Both builders of a real engine get the same files, and see a change that nobody can see from outside."""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterator

import pytest

from tests.engine.recorded import Recorded
from trailer_tui.dockerfile.context import BuildContext, ContextEntry
from trailer_tui.engine.cancel import CancelToken
from trailer_tui.engine.docker_engine import DockerEngine
from trailer_tui.engine.interface import BuildRequest
from trailer_tui.model.host import BuilderChoice

pytestmark = pytest.mark.engine


@pytest.fixture(params=[BuilderChoice.BUILDKIT, BuilderChoice.CLASSIC])
def engine(request: pytest.FixtureRequest, docker_host: str, base_image: str) -> Iterator[DockerEngine]:
    """The engine with one of its builders."""
    engine = DockerEngine(docker_host, builder=request.param)
    yield engine
    engine.close()


def file(path: str, content: bytes = b"") -> ContextEntry:
    return ContextEntry(path, len(content), 0o644, lambda: io.BytesIO(content))


def built(engine: DockerEngine, dockerfile: str, *entries: ContextEntry, key: str = "") -> str:
    """What the last RUN printed."""
    recorded = Recorded()
    request = BuildRequest(BuildContext(dockerfile, entries), "test:1", context_key=key)
    image = engine.build(request, recorded, CancelToken())
    engine.remove_image(image)
    return recorded.output("RUN", "o")


def test_ignored_files_stay_out(engine: DockerEngine, base_image: str) -> None:
    entries = [
        file(".dockerignore", b"*.md\n!keep.md\nd\n!d/kept\n[!a]x\n"),
        *map(file, ("a.md", "keep.md", "d/kept", "d/lost", "!x", "bx", "e/f")),
    ]
    dockerfile = f"FROM {base_image}\nCOPY . /c\nRUN : {uuid.uuid4().hex}; cd /c; echo * */*\n"
    assert built(engine, dockerfile, *entries) == "Dockerfile bx d e keep.md d/kept e/f\n"


def test_a_change_that_keeps_the_size_is_built(engine: DockerEngine, base_image: str) -> None:
    dockerfile = f"FROM {base_image}\nCOPY a /a\nRUN cat /a\n"
    first, second = uuid.uuid4().hex.encode(), uuid.uuid4().hex.encode()
    key = uuid.uuid4().hex
    assert built(engine, dockerfile, file("a", first), key=key) == first.decode()
    assert built(engine, dockerfile, file("a", second), key=key) == second.decode()
