"""Fixtures of a real Docker engine: `docker_host`, `base_image`, `registry`.

Without an engine the tests that ask for one are skipped with the reason; with `TRAILER_REQUIRE_ENGINE=1` they fail.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from tests.support.base_image import REFERENCE, import_base_image
from tests.support.dockerd import NoEngine, PrivateDockerd
from tests.support.registry import LocalRegistry
from trailer_tui.engine.docker_engine import DockerEngine
from trailer_tui.model.errors import TrailerError

LOCAL_ENGINE = "unix:///var/run/docker.sock"

# Read at import: each test's environment is without it.
_CHOSEN_ENGINE = os.environ.get("DOCKER_HOST", "")
_REQUIRED = os.environ.get("TRAILER_REQUIRE_ENGINE") == "1"


@pytest.fixture(scope="session")
def docker_host() -> Iterator[str]:
    """Address of an engine that tests may fill: a private one, or the one of the machine."""
    reason = PrivateDockerd.why_not()
    if not reason:
        dockerd = PrivateDockerd()
        try:
            dockerd.start()
        except NoEngine as error:
            reason = str(error)
        else:
            try:
                yield dockerd.address
            finally:
                dockerd.stop()
            return
    for address in (_CHOSEN_ENGINE, LOCAL_ENGINE):
        if address and _answers(address):
            yield address
            return
    _unavailable(f"no Docker engine: {reason}; none answers at {_CHOSEN_ENGINE or LOCAL_ENGINE} either")


@pytest.fixture(scope="session")
def base_image(docker_host: str) -> Iterator[str]:
    """Reference of a small Debian on that engine."""
    try:
        imported = import_base_image(docker_host)
    except NoEngine as error:
        _unavailable(str(error))
    yield REFERENCE
    if imported and docker_host in (_CHOSEN_ENGINE, LOCAL_ENGINE):
        engine = DockerEngine(docker_host)
        engine.remove_image(REFERENCE)
        engine.close()


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`localhost:PORT` of an empty registry that asks for no password."""
    folder: Path = tmp_path_factory.mktemp("registry")
    reason = LocalRegistry.why_not()
    if reason:
        _unavailable(reason)
    local = LocalRegistry(folder)
    try:
        local.start()
    except NoEngine as error:
        _unavailable(str(error))
    try:
        yield local.address
    finally:
        local.stop()


def _answers(address: str) -> bool:
    try:
        engine = DockerEngine(address)
        engine.probe()
        engine.close()
    except TrailerError:
        return False
    return True


def _unavailable(reason: str) -> NoReturn:
    if _REQUIRED:
        pytest.fail(reason)
    pytest.skip(reason)
