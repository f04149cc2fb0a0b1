"""Images with conda environments for the fake engine: their configuration, and what the image then holds."""

from __future__ import annotations

import json

from tests.support.fake_engine import FakeEngine, FakeStep
from trailer_tui.dockerfile.inputs import DEFAULT_INSTALLER_IMAGE
from trailer_tui.model.environment import CondaPackage, Environment, PypiPackage
from trailer_tui.model.image import GenerateConfiguration

ENVS = "/opt/conda/envs"

Files = dict[str, bytes]
"""Contents by absolute path, for `FakeEngine.files`."""


def prepare(engine: FakeEngine) -> None:
    """Let the engine make environments without understanding how."""
    engine.script = [FakeStep("RUN micromamba create")]
    engine.add_image(DEFAULT_INSTALLER_IMAGE)


def environment(name: str = "ml", *, conda: str = "numpy", pypi: str = "rich") -> Environment:
    """An environment of one package each."""
    return Environment(name=name, conda=[CondaPackage.parse(conda)], pypi=[PypiPackage.parse(pypi)] if pypi else [])


def wanted(*environments: Environment) -> GenerateConfiguration:
    """An image with these environments."""
    return GenerateConfiguration(image_name="tool:latest", base_image="ubuntu:24.04", environments=list(environments))


def conda_file(version: str = "1.0", name: str = "numpy", **other: object) -> bytes:
    """Conda's record of one installed package, with members that nobody reads."""
    url = f"https://conda.example/main/linux-64/{name}-{version}-py311_0.conda"
    record = {"name": name, "version": version, "build": "py311_0", "url": url, "sha256": "a1" * 32, "md5": "b2" * 16}
    return json.dumps({**record, "files": ["bin/x"], "depends": ["python"], **other}).encode()


def made(name: str = "ml", version: str = "1.0", pypi: bytes = b"rich==13.0\n") -> Files:
    """What the image has of one environment."""
    meta = f"{ENVS}/{name}/conda-meta"
    return {
        f"{meta}/history": b"==> now <==\n",
        f"{meta}/numpy-{version}-py311_0.json": conda_file(version),
        f"{meta}/trailer-pypi.txt": pypi,
    }
