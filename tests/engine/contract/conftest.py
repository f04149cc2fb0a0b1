"""The subjects of the contract: `subject` is every engine, the fake one too; `host` every real one."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator

import pytest

from tests.engine.contract.subject import Subject
from tests.support.base_image import SHELL_REFERENCE
from tests.support.dockerd import NoEngine
from tests.support.engine import unavailable
from tests.support.engines import COLUMNS, Column, Engines
from tests.support.fake_engine import FakeEngine
from trailer_tui.engine.docker_engine import DockerEngine

REAL = [pytest.param(column, marks=pytest.mark.engine, id=column.id) for column in COLUMNS]


# Of module scope, so that the tests of one engine run together.
@pytest.fixture(scope="module", params=["fake", *REAL])
def subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    """The fake engine, then the real ones with each of their builders."""
    if request.param == "fake":
        fake = FakeEngine()
        yield Subject(fake, "ubuntu:24.04", "localhost:5000", fake.capabilities)
        return
    yield from _real(request)


@pytest.fixture(scope="module", params=REAL)
def host(request: pytest.FixtureRequest) -> Iterator[Subject]:
    """The real engines with each of their builders."""
    yield from _real(request)


@pytest.fixture
def differs(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Tell the table of engines that the promise is not kept here, and what happens instead."""
    return lambda what: record_property("differs", what)


@pytest.fixture
def remark(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Tell the table of engines something about how the promise is kept here."""
    return lambda what: record_property("remark", what)


@pytest.fixture
def word() -> str:
    """A word that no cache knows."""
    return uuid.uuid4().hex


@pytest.fixture(autouse=True)
def version_of_the_column(request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> None:
    """Tell the table of engines which engine this was."""
    for name in ("subject", "host"):
        if name in request.fixturenames:
            found = request.getfixturevalue(name).capabilities
            release = ".".join(found.engine_version.split(".")[:2])
            record_property("engine", f"{found.engine} {release}" + ", containerd store" * found.containerd_store)


def _real(request: pytest.FixtureRequest) -> Iterator[Subject]:
    column: Column = request.param
    registry: str = request.getfixturevalue("registry")
    engines: Engines = request.getfixturevalue("engines")
    try:
        address = engines.address(column.kind)
    except NoEngine as error:
        unavailable(str(error))
    engine = DockerEngine(address, builder=column.builder)
    yield Subject(engine, SHELL_REFERENCE, registry, engine.probe(), address)
    engine.close()
