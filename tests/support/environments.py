"""Fixtures of conda environments: a channel that builds reach, and an image with an installer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.conda_channel import CondaChannel, activation_package, tool_package
from tests.support.conda_package import CondaPackage
from tests.support.conda_python import pip_package, python_package, why_no_python
from tests.support.dockerd import PrivateDockerd
from tests.support.engine import unavailable
from tests.support.installer_image import REFERENCE, build_installer_image
from trailer_tui.engine.client import EngineClient
from trailer_tui.engine.wire import HostAddress


@dataclass(frozen=True, slots=True)
class MadePackages:
    """The packages that take long to make, with their files."""

    python: tuple[CondaPackage, Path]
    pip: tuple[CondaPackage, Path]


@pytest.fixture(scope="session")
def made_packages(tmp_path_factory: pytest.TempPathFactory) -> MadePackages:
    """Python and pip as conda packages."""
    reason = why_no_python()
    if reason:
        unavailable(f"no conda channel: {reason}")
    folder = tmp_path_factory.mktemp("conda-packages")
    python, pip = python_package(), pip_package()
    return MadePackages((python, python.write(folder)), (pip, pip.write(folder)))


@pytest.fixture
def conda_channel(
    made_packages: MadePackages, docker_host: str, private_dockerd: PrivateDockerd | str, tmp_path: Path
) -> Iterator[CondaChannel]:
    """A channel that builds on `docker_host` reach without a network.

    It has Python, pip, `hello-env` 1.0, `activation-test` and `small-tool`; `add_hello("2.0")` offers a newer one.
    """
    host = private_dockerd.bridge.address if isinstance(private_dockerd, PrivateDockerd) else _gateway(docker_host)
    with serving_channel(tmp_path / "conda-channel", host, made_packages) as channel:
        yield channel


@contextmanager
def serving_channel(folder: Path, host: str, made: MadePackages) -> Iterator[CondaChannel]:
    """What `conda_channel` gives, in a folder that is made and under another name of this machine."""
    folder.mkdir()
    channel = CondaChannel(folder, host)
    channel.add_file(*made.python)
    channel.add_file(*made.pip)
    channel.add_hello("1.0")
    channel.add(activation_package())
    channel.add(tool_package())
    try:
        yield channel
    finally:
        channel.close()


@pytest.fixture(scope="session")
def installer_image(docker_host: str, base_image: str, made_packages: MadePackages) -> str:
    """Reference of an image on `docker_host` whose micromamba makes environments; for `BuildInputs.installer_image`.

    Its pip trusts the authorities of this machine.
    """
    _, python = made_packages.python
    build_installer_image(docker_host, python)
    return REFERENCE


def _gateway(docker_host: str) -> str:
    """This machine, as containers of its own engine reach it."""
    client: Any = EngineClient(HostAddress.parse(docker_host), api_version="1.41", timeout=60)
    try:
        configured = client.inspect_network("bridge")["IPAM"]["Config"]
    finally:
        client.close()
        client.line.close()
    gateway = next((entry["Gateway"] for entry in configured if entry.get("Gateway")), "")
    if not gateway:
        unavailable("no conda channel: the engine's network has no gateway")
    return str(gateway)
