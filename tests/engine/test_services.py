"""Applications of the catalogue, installed on a real engine: on a base that is known, and on one that is found out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.engine.recorded import Recorded
from tests.support.containers import running
from trailer_tui.catalog.catalogue import builtin, merged
from trailer_tui.dockerfile.generate import build_context
from trailer_tui.dockerfile.inputs import BuildInputs
from trailer_tui.engine.cancel import CancelToken
from trailer_tui.engine.client import EngineClient
from trailer_tui.engine.docker_engine import DockerEngine
from trailer_tui.engine.interface import BuildRequest
from trailer_tui.engine.wire import HostAddress
from trailer_tui.model.errors import BuildFailed
from trailer_tui.model.image import GenerateConfiguration

pytestmark = pytest.mark.engine

KNOWN = "debian:12"
PROGRAM = "sqlite3 :memory: 'select 1+1'; ls /var/lib/apt/lists"
SERVER = "/usr/sbin/sshd -T 2>&1 | head -n 1; ls /etc/ssh/ssh_host_* 2>/dev/null; true"


@contextmanager
def named(address: str, image: str, reference: str) -> Iterator[None]:
    """The image under another name meanwhile."""
    client: Any = EngineClient(HostAddress.parse(address), api_version="1.41", timeout=60)
    repository, _, tag = reference.rpartition(":")
    already = any(reference in (found["RepoTags"] or ()) for found in client.images())
    client.tag(image, repository, tag)
    try:
        yield
    finally:
        if not already:
            client.remove_image(reference)
        client.close()
        client.line.close()


def build(
    engine: DockerEngine,
    base: str,
    applications: list[str],
    *,
    inputs: BuildInputs | None = None,
    recorded: Recorded | None = None,
) -> str:
    services = {"applications": applications}
    configuration = GenerateConfiguration.model_validate(
        {"image_name": "a:b", "base_image": base, "services": services}
    )
    context = build_context(configuration, inputs)
    assert context is not None
    assert ("/etc/os-release" in context.dockerfile) is (base != KNOWN)
    return engine.build(BuildRequest(context, "a:b"), recorded or Recorded(), CancelToken())


def test_a_known_base_and_one_that_is_found_out_get_the_same_programs(
    engine: DockerEngine, docker_host: str, base_image: str, build_network: None
) -> None:
    with named(docker_host, base_image, KNOWN):
        known = build(engine, KNOWN, ["sqlite"])
    found_out = build(engine, base_image, ["sqlite", "openssh-server"])
    for image in (known, found_out):
        with running(docker_host, image, command=("sleep", "60")) as container:
            assert container.run("sh", "-c", PROGRAM).output == "2\n"
            # Host keys that every container had would be nobody's.
            shown = container.run("sh", "-c", SERVER).output
            assert ("sshd: no hostkeys available" in shown) is (image == found_out)
            assert "ssh_host" not in shown


def test_what_the_base_cannot_have_fails_the_build_with_the_reason(engine: DockerEngine, base_image: str) -> None:
    entry = """
        applications:
          - id: elsewhere
            label: Elsewhere
            description: Not for Debian
            kind: general
            systems:
              debian: {unavailable: "it's \\"only\\" for $HOME and `others`"}
              alpine: {packages: [elsewhere]}
    """
    inputs = BuildInputs(catalogue=merged(builtin(), {"own.yaml": entry}))
    recorded = Recorded()
    with pytest.raises(BuildFailed):
        build(engine, base_image, ["elsewhere"], inputs=inputs, recorded=recorded)
    assert 'Elsewhere: it\'s "only" for $HOME and `others`: choose another base image' in recorded.output("os-release")
