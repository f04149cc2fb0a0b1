"""Builds through Trailer beside `docker build` on the same engine: rebuild, large context, millions of lines."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from benchmarks.report import Figure, show
from benchmarks.scene import Scene
from tests.support.base_image import REFERENCE, import_base_image
from tests.support.dockerd import NoEngine, PrivateDockerd
from trailer_tui.dockerfile.context import BuildContext, ContextEntry
from trailer_tui.engine.cancel import CancelToken
from trailer_tui.engine.docker_engine import DockerEngine
from trailer_tui.engine.interface import BuildRequest

RUNS = 5
CONTEXT_BYTES = 200_000_000
AIM = "<= 1.05x"
STOCK = "docker build"


def run() -> None:
    """Start an engine and measure on it; says why when there is none."""
    reason = PrivateDockerd.why_not()
    if reason:
        print(f"no figures of builds: {reason}")
        return
    dockerd = PrivateDockerd()
    try:
        dockerd.start()
        import_base_image(dockerd.address)
        with Scene(docker_host=dockerd.address) as scene, tempfile.TemporaryDirectory() as folder:
            _rebuild(scene, dockerd.address, Path(folder))
            _lines(scene, dockerd.address, Path(folder))
            _context(dockerd.address, Path(folder))
    except NoEngine as error:
        print(f"no figures of builds: {error}")
    finally:
        dockerd.stop()


def _rebuild(scene: Scene, address: str, folder: Path) -> None:
    dockerfile = f"FROM {REFERENCE}\nRUN echo one\nRUN echo two\n"
    _docker_build(address, folder, dockerfile)
    ours = _trailer_build(scene, "rebuild", dockerfile)
    pairs = [(_trailer_build(scene, "rebuild"), _docker_build(address, folder, dockerfile)) for _ in range(RUNS)]
    del ours
    _show("rebuild without a change", pairs)


def _lines(scene: Scene, address: str, folder: Path) -> None:
    def dockerfile(number: int) -> str:
        return f"FROM {REFERENCE}\nRUN : {number}; seq 1 2000000\n"

    pairs = [
        (
            _trailer_build(scene, f"lines-{number}", dockerfile(number)),
            _docker_build(address, folder, dockerfile(number + 100)),
        )
        for number in range(3)
    ]
    _show("2,000,000 lines of output", pairs)


def _context(address: str, folder: Path) -> None:
    """The context goes through the engine layer: records with files of that size are beyond an upload's bound."""
    block = os.urandom(1_000_000)
    data = folder / "data"

    def change() -> None:
        data.write_bytes(os.urandom(16) + block * (CONTEXT_BYTES // len(block)))

    dockerfile = "FROM scratch\nCOPY data /data\n"
    engine = DockerEngine(address)
    pairs = []
    for _ in range(3):
        change()
        entry = ContextEntry("data", data.stat().st_size, 0o644, lambda: data.open("rb"))
        request = BuildRequest(BuildContext(dockerfile, (entry,)), "bench/context:1")
        ours = _seconds(lambda request=request: engine.build(request, lambda _: None, CancelToken()))  # type: ignore[misc]
        change()
        pairs.append((ours, _docker_build(address, folder, dockerfile)))
    engine.close()
    _show("a context of 200 MB", pairs)


def _show(name: str, pairs: list[tuple[float, float]]) -> None:
    ours, stock = (statistics.median(times) for times in zip(*pairs, strict=True))
    show(Figure(name, ours * 1000, "ms", stock * 1000, STOCK, AIM))


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _trailer_build(scene: Scene, name: str, dockerfile: str | None = None) -> float:
    """Seconds from the request to the end of the build, as recorded."""
    if dockerfile is not None:
        scene.run("new", name, "--dockerfile", "-", "--no-build", given=dockerfile)
    scene.run("build", name, "--follow")
    build = json.loads(scene.run("show", name, "--json"))["last_build"]
    times = [datetime.fromisoformat(build[key]) for key in ("created_at", "finished_at")]
    return (times[1] - times[0]).total_seconds()


def _docker_build(address: str, folder: Path, dockerfile: str) -> float:
    """Seconds of the same build by Docker's own command and the same builder."""
    (folder / "Dockerfile").write_text(dockerfile)
    environment = {**os.environ, "DOCKER_HOST": address, "DOCKER_BUILDKIT": "0"}
    return _seconds(
        lambda: subprocess.run(
            ["docker", "build", "--quiet=false", "."], cwd=folder, env=environment, check=True, capture_output=True
        )
    )
