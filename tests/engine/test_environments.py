"""Environments of a generated Dockerfile, built and used on a real engine."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from tests.engine.recorded import Recorded
from tests.support.busybox_image import build_busybox_image, why_no_busybox
from tests.support.conda_channel import CondaChannel
from tests.support.containers import Container, running
from tests.support.engine import unavailable
from trailer_tui.dockerfile.generate import build_context
from trailer_tui.dockerfile.inputs import BuildInputs
from trailer_tui.engine.cancel import CancelToken
from trailer_tui.engine.docker_engine import DockerEngine
from trailer_tui.engine.events import StepOutput
from trailer_tui.engine.interface import BuildRequest
from trailer_tui.model.environment import CondaPackage, Environment, PypiPackage
from trailer_tui.model.errors import BuildFailed
from trailer_tui.model.host import BuilderChoice
from trailer_tui.model.image import GenerateConfiguration
from trailer_tui.model.resolved import ResolvedCondaPackage, ResolvedEnvironment, ResolvedPypiPackage, specification_of

pytestmark = pytest.mark.engine

ALPINE = "alpine:3"
"""Of the family that has no glibc; in these tests it is busybox alone."""
UNKNOWN_BASE = "trailer-test/bare:1"
PEOPLE = ("0", "2001", "65534:65534")
USED = "/opt/conda/envs"


def environment(name: str, channel: CondaChannel, *conda: str, pypi: Sequence[str] = ()) -> Environment:
    return Environment(
        name=name,
        channels=[channel.address],
        conda=[CondaPackage.parse(package) for package in conda],
        pypi=[PypiPackage.parse(package) for package in pypi],
    )


def build(
    engine: DockerEngine,
    base: str,
    installer: str,
    *environments: Environment,
    locks: Sequence[ResolvedEnvironment] = (),
    recorded: Recorded | None = None,
) -> str:
    configuration = GenerateConfiguration(image_name="a:b", base_image=base, environments=list(environments))
    context = build_context(configuration, BuildInputs(installer_image=installer, locks=locks))
    assert context is not None
    recorded = recorded if recorded is not None else Recorded()
    return engine.build(BuildRequest(context, "a:b"), recorded, CancelToken())


def lock_of(
    container: Container, environment: Environment, *, pypi: Sequence[ResolvedPypiPackage]
) -> ResolvedEnvironment:
    """What the image says of the conda packages, with these of the package index."""
    records = container.run(
        "sh", "-c", f"cd {USED}/{environment.name}/conda-meta && for f in *.json; do cat $f; echo; echo =; done"
    )
    found = [json.loads(record) for record in records.output.split("\n=\n") if record.strip()]
    conda = [ResolvedCondaPackage.model_validate(record) for record in found]
    return ResolvedEnvironment(
        name=environment.name,
        platform="linux-64",
        specification=specification_of(environment),
        conda=conda,
        pypi=list(pypi),
    )


def test_environments(
    engine: DockerEngine,
    docker_host: str,
    base_image: str,
    installer_image: str,
    conda_channel: CondaChannel,
    build_network: None,
) -> None:
    """One test, because the builders' caches then make most environments once."""
    reason = why_no_busybox()
    if reason:
        unavailable(reason)
    ml = environment("ml", conda_channel, "hello-env", "activation-test", pypi=["humanize>=4"])
    web = environment("web", conda_channel, "small-tool")
    image = build(engine, base_image, installer_image, ml, web)
    with running(docker_host, image, command=("ws-run", "web", "sleep", "600")) as container:
        hold_their_packages_for_any_user(container)
        tell_what_is_wrong(container)
        lock = lock_of(container, ml, pypi=[ResolvedPypiPackage(name="humanize", version="4.9.0")])

    build_busybox_image(engine, ALPINE, UNKNOWN_BASE)
    image = build(engine, ALPINE, installer_image, ml, web)
    with running(docker_host, image, command=("sleep", "600"), user="2001") as container:
        run_on_a_copied_c_library(container)
    output = output_of_failed(engine, UNKNOWN_BASE, installer_image, ml, web)
    assert "has no glibc, which conda packages need: choose a base image" in output
    output = output_of_failed(engine, base_image, installer_image, environment("bad", conda_channel, "nosuch"))
    assert "nosuch" in output
    assert "The environment bad could not be made; why is told above" in output

    conda_channel.add_hello("2.0")
    newer = environment("newer", conda_channel, "hello-env")
    classic = DockerEngine(docker_host, builder=BuilderChoice.CLASSIC)
    image = build(classic, base_image, installer_image, ml, newer, locks=[lock])
    classic.close()
    with running(docker_host, image, command=("sleep", "600"), user="2001") as container:
        assert container.run("ws-run", "ml", "hello-env").output == f"hello 1.0 from {USED}/ml\n"
        assert container.run("ws-run", "newer", "hello-env").output == f"hello 2.0 from {USED}/newer\n"
        assert container.run("cat", f"{USED}/ml/conda-meta/trailer-pypi.txt").output == "humanize==4.9.0\n"


def hold_their_packages_for_any_user(container: Container) -> None:
    for person in PEOPLE:
        assert container.run("ws-run", "ml", "hello-env", user=person).output == f"hello 1.0 from {USED}/ml\n"
    shown = "import humanize, json, os; print(json.dumps(dict(os.environ)))"
    variables = json.loads(container.run("ws-run", "ml", "python", "-c", shown, user="2001").output)
    assert variables["FROM_SCRIPT"] == "a  b c'd"
    assert variables["FROM_JSON"] == "é 'single' \"double\" $HOME"
    assert (variables["CONDA_PREFIX"], variables["CONDA_DEFAULT_ENV"]) == (f"{USED}/ml", "ml")
    assert variables["PATH"].split(":")[:2] == [f"{USED}/ml/bin", "/usr/local/sbin"]
    # Each has its own packages, and a shell may start one too.
    assert container.run("sh", "-c", "ws-run web small-tool | cat").output == "tool in web\n"
    assert container.run("ws-run", "web", "hello-env").code == 127
    assert container.run("cat", f"{USED}/ml/conda-meta/trailer-pypi.txt").output.startswith("humanize==4.")
    # The main process became the command: nothing stands between it and the container's signals.
    assert container.run("cat", "/proc/1/cmdline").output == "sleep\0" + "600\0"


def tell_what_is_wrong(container: Container) -> None:
    unknown = container.run("ws-run", "nosuch", "true", user="2001")
    assert (unknown.code, unknown.output) == (127, "ws-run: there is no environment nosuch; there are: ml web\n")
    assert container.run("ws-run", "ml").code == 2


def run_on_a_copied_c_library(container: Container) -> None:
    assert container.run("ws-run", "ml", "hello-env").output == f"hello 1.0 from {USED}/ml\n"
    assert container.run("ws-run", "ml", "sh", "-c", "echo $FROM_SCRIPT").output == "a b c'd\n"
    uses = "import ctypes, socket, ssl, sqlite3, subprocess; print(socket.gethostbyname('localhost'))"
    assert container.run("ws-run", "ml", "python", "-c", uses).output == "127.0.0.1\n"


def output_of_failed(engine: DockerEngine, base: str, installer: str, *environments: Environment) -> str:
    """What the step said that ended the build."""
    recorded = Recorded()
    with pytest.raises(BuildFailed):
        build(engine, base, installer, *environments, recorded=recorded)
    return "".join(event.text for event in recorded.events if isinstance(event, StepOutput))
