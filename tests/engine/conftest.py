"""What the engine's tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.engine.recorded import Recorded
from trailer_tui.engine.docker_engine import DockerEngine


@pytest.fixture
def engine(docker_host: str, base_image: str) -> Iterator[DockerEngine]:
    """A real engine that has `base_image`."""
    engine = DockerEngine(docker_host)
    yield engine
    engine.close()


@pytest.fixture
def recorded() -> Recorded:
    """Takes the events of one piece of work."""
    return Recorded()
