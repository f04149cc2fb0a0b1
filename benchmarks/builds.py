"""Builds through Trailer beside `docker build` on the same engine: rebuild, large context, millions of lines."""

from __future__ import annotations

import json
import os
import shutil
import socket
import statistics
import struct
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
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
from trailer_tui.model.host import BuilderChoice

REBUILDS = 15
"""One takes a tenth of a second: the median of a few says more of the machine's other work."""
FLOODS = 5
CONTEXT_BYTES = 200_000_000
LINES = 2_000_000
AIM = "<= 1.05x"


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
        for builder in (BuilderChoice.BUILDKIT, BuilderChoice.CLASSIC):
            _with(builder, dockerd.address)
    except NoEngine as error:
        print(f"no figures of builds: {error}")
    finally:
        dockerd.stop()


def _with(builder: BuilderChoice, address: str) -> None:
    stock = StockBuild(address, builder)
    if stock.program is None:
        print(f"no figures of builds with {builder}: no docker command here can use it")
        return
    with Scene(docker_host=address) as scene, tempfile.TemporaryDirectory() as folder:
        scene.run("hosts", "edit", _only_host(scene), "--builder", builder)
        before = _server_memory(scene, "VmRSS")
        _rebuild(scene, stock, Path(folder))
        _lines(scene, stock, Path(folder))
        _show_memory(scene, builder, before)
        _context(stock, Path(folder))


class StockBuild:
    """`docker build` with one builder, by a command on this machine that can use it."""

    def __init__(self, address: str, builder: BuilderChoice) -> None:
        self.address = address
        self.builder = builder
        buildkit = "1" if builder is BuilderChoice.BUILDKIT else "0"
        self._environment = {**os.environ, "DOCKER_HOST": address, "DOCKER_BUILDKIT": buildkit}
        programs = dict.fromkeys(filter(None, (shutil.which("docker"), shutil.which("docker", path="/usr/bin"))))
        self.program = next(filter(self._works, programs), None)

    def seconds(self, folder: Path, dockerfile: str) -> float:
        """How long it builds `dockerfile` in `folder`."""
        (folder / "Dockerfile").write_text(dockerfile)
        return _seconds(lambda: self._run(str(self.program), folder).check_returncode())

    def _works(self, program: str) -> bool:
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "Dockerfile").write_text("FROM scratch\nCOPY Dockerfile /\n")
            return self._run(program, Path(folder)).returncode == 0

    def _run(self, program: str, folder: Path) -> subprocess.CompletedProcess[bytes]:
        command = [program, "build", "--quiet=false", "."]
        return subprocess.run(command, cwd=folder, env=self._environment, check=False, capture_output=True)


def _rebuild(scene: Scene, stock: StockBuild, folder: Path) -> None:
    dockerfile = f"FROM {REFERENCE}\nRUN echo one\nRUN echo two\n"
    stock.seconds(folder, dockerfile)
    _trailer_build(scene, "rebuild", dockerfile)
    runs = [(_trailer_build(scene, "rebuild"), stock.seconds(folder, dockerfile)) for _ in range(REBUILDS)]
    _show("rebuild without a change", stock, [(ours.recorded, theirs) for ours, theirs in runs])
    _show("the same, with the command's own start", stock, [(ours.command, theirs) for ours, theirs in runs], aim="")


def _lines(scene: Scene, stock: StockBuild, folder: Path) -> None:
    def dockerfile(number: int) -> str:
        return f"FROM {REFERENCE}\nRUN : {stock.builder} {number}; seq 1 {LINES}\n"

    runs = [
        (_trailer_build(scene, f"lines-{number}", dockerfile(number)), stock.seconds(folder, dockerfile(number + 100)))
        for number in range(FLOODS)
    ]
    lines = json.loads(scene.run("show", "lines-0", "--json"))["last_build"]["log_lines"]
    _show(f"{LINES:,} lines ({lines:,} in the log)", stock, [(ours.recorded, theirs) for ours, theirs in runs])
    _show("the same, all of it printed", stock, [(ours.command, theirs) for ours, theirs in runs], aim="")


def _context(stock: StockBuild, folder: Path) -> None:
    """The context goes through the engine layer: records with files of that size are beyond an upload's bound."""
    block = os.urandom(1_000_000)
    data = folder / "data"

    def change() -> None:
        data.write_bytes(os.urandom(16) + block * (CONTEXT_BYTES // len(block)))

    dockerfile = "FROM scratch\nCOPY data /data\n"
    engine = DockerEngine(stock.address, builder=stock.builder)

    def ours() -> float:
        entry = ContextEntry("data", data.stat().st_size, 0o644, lambda: data.open("rb"))
        request = BuildRequest(BuildContext(dockerfile, (entry,)), "bench/context:1", context_key="bench")
        return _seconds(lambda: engine.build(request, lambda _: None, CancelToken()))

    engine.probe()
    changed, unchanged = [], []
    for _ in range(3):
        change()
        first = ours()
        unchanged_ours = ours()
        change()
        changed.append((first, stock.seconds(folder, dockerfile)))
        unchanged.append((unchanged_ours, stock.seconds(folder, dockerfile)))
    engine.close()
    _show("a context of 200 MB", stock, changed)
    _show("the same context again", stock, unchanged)


def _show_memory(scene: Scene, builder: BuilderChoice, before: float) -> None:
    show(
        Figure(f"{builder}: most memory of the server", _server_memory(scene, "VmHWM"), "MB", before, "before a build")
    )
    show(Figure(f"{builder}: its memory afterwards", _server_memory(scene, "VmRSS"), "MB", before, "before a build"))


def _server_memory(scene: Scene, name: str) -> float:
    """Megabytes that the kernel counts for the server under that name."""
    status = Path(f"/proc/{_server_pid(scene)}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith(f"{name}:")).split()[1]) / 1000


def _server_pid(scene: Scene) -> int:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(scene.environment["TRAILER_SOCKET"])
        credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        return int(struct.unpack("3i", credentials)[0])


def _only_host(scene: Scene) -> str:
    return str(json.loads(scene.run("hosts", "--json"))[0]["name"])


def _show(name: str, stock: StockBuild, pairs: list[tuple[float, float]], *, aim: str = AIM) -> None:
    ours, theirs = (statistics.median(times) for times in zip(*pairs, strict=True))
    baseline = f"docker build, {stock.builder}"
    show(Figure(f"{stock.builder}: {name}", ours * 1000, "ms", theirs * 1000, baseline, aim))


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


@dataclass(frozen=True)
class _Took:
    """How many seconds one build through Trailer took."""

    recorded: float
    """From the request to the end of the build, as everybody sees it who watches the app."""
    command: float
    """The whole of `trailer build --follow`, with the start of its interpreter and all that it prints."""


def _trailer_build(scene: Scene, name: str, dockerfile: str | None = None) -> _Took:
    if dockerfile is not None:
        scene.run("new", name, "--dockerfile", "-", "--no-build", given=dockerfile)
    command = _seconds(lambda: scene.run("build", name, "--follow"))
    build = json.loads(scene.run("show", name, "--json"))["last_build"]
    times = [datetime.fromisoformat(build[key]) for key in ("created_at", "finished_at")]
    return _Took((times[1] - times[0]).total_seconds(), command)
