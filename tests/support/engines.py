"""The engines that the contract of the engine layer is checked on."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from tests.support.base_image import import_shell_image
from tests.support.dockerd import NoEngine, PrivateDockerd, why_no_engine
from tests.support.engine_roots import EngineRoots
from tests.support.podman import PodmanService
from trailer_tui.model.host import BuilderChoice

CLASSIC, BUILDKIT = BuilderChoice.CLASSIC, BuilderChoice.BUILDKIT


class RunningEngine(Protocol):
    """An engine of the tests' own."""

    address: str

    def stop(self) -> None:
        """End it and remove everything it had."""


@dataclass(frozen=True)
class EngineKind:
    """One engine of the table in `docs/engines.md`."""

    id: str
    suite: str
    """The Debian release that has it."""
    builders: tuple[BuilderChoice, ...] = (CLASSIC, BUILDKIT)
    settings: Mapping[str, object] = field(default_factory=dict)
    """Goes into `daemon.json`."""


ENGINES = (
    EngineKind("docker-20.10", "bookworm"),
    EngineKind("docker-26", "trixie"),
    EngineKind("docker-newest", "sid"),
    EngineKind("docker-newest-containerd", "sid", settings={"features": {"containerd-snapshotter": True}}),
    EngineKind("podman-5", "trixie", (CLASSIC,)),
)


@dataclass(frozen=True)
class Column:
    """An engine with one of its builders."""

    kind: EngineKind
    builder: BuilderChoice

    @property
    def id(self) -> str:
        """As in the names of tests: `docker-26-buildkit`."""
        return f"{self.kind.id}-{self.builder}"


CLONING = ENGINES[1]
"""The oldest whose builder clones git addresses."""

COLUMNS = tuple(Column(kind, builder) for kind in ENGINES for builder in kind.builders)


class Engines:
    """Starts each engine when it is first asked for, with the image of a shell on it."""

    def __init__(self) -> None:
        self._roots = EngineRoots()
        self._running: dict[str, RunningEngine] = {}
        self._reasons: dict[str, str] = {}

    def address(self, kind: EngineKind) -> str:
        """Where this engine answers.

        Raises:
            NoEngine: it cannot be had here; the message says why.
        """
        if kind.id not in self._running and kind.id not in self._reasons:
            try:
                self._start(kind)
            except NoEngine as error:
                self._reasons[kind.id] = f"no engine {kind.id}: {error}"
        if kind.id in self._reasons:
            raise NoEngine(self._reasons[kind.id])
        return self._running[kind.id].address

    def dockerd(self, kind: EngineKind) -> PrivateDockerd:
        """The engine itself, for what its address does not tell, such as its network. Raises like `address`."""
        self.address(kind)
        found = self._running[kind.id]
        if not isinstance(found, PrivateDockerd):
            raise NoEngine(f"{kind.id} is no dockerd")
        return found

    def close(self) -> None:
        """End them all."""
        for engine in self._running.values():
            engine.stop()
        self._running.clear()
        self._roots.close()

    def _start(self, kind: EngineKind) -> None:
        reason = why_no_engine()
        if reason:
            raise NoEngine(reason)
        # While the tests of the first engines run, the others' root file systems are made.
        for other in ENGINES:
            if not _is_the_machines_own(other):
                self._roots.prepare(other.suite)
        if kind.id.startswith("podman"):
            podman = PodmanService(self._roots.path(kind.suite))
            podman.start()
            self._running[kind.id] = podman
        else:
            root = None if _is_the_machines_own(kind) else self._roots.path(kind.suite)
            dockerd = PrivateDockerd(root=root, slot=1 + ENGINES.index(kind), settings=kind.settings)
            dockerd.start()
            self._running[kind.id] = dockerd
        import_shell_image(self._running[kind.id].address)


def _is_the_machines_own(kind: EngineKind) -> bool:
    """Whether the machine's own dockerd is the version that `kind` is about."""
    if shutil.which("dockerd") is None or kind.id.startswith("podman"):
        return False
    told = subprocess.run(["dockerd", "--version"], check=False, capture_output=True, text=True).stdout
    return f" {kind.id.split('-')[1]}." in told
