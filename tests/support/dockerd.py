"""A Docker engine of the tests' own: its sockets, its data and its processes lie in one folder, and go with it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.support.bridge import SLOTS, Bridge
from tests.support.certificates import Authority
from tests.support.child import Child, DidNotStart
from tests.support.chroot import inside
from tests.support.free_port import free_port

_PREFIX = "trailer-engine-"
_START_SECONDS = 60


class NoEngine(Exception):
    """No engine could be started; the message says why."""


class EngineFolder:
    """Where one engine of the tests lives; `remove_abandoned` takes those of test runs that were killed."""

    def __init__(self) -> None:
        remove_abandoned()
        # A socket's path may have 108 bytes, so pytest's own long folders will not do.
        self.path = Path(tempfile.mkdtemp(prefix=_PREFIX, dir="/tmp"))
        (self.path / "owner").write_text(str(os.getpid()))

    def remove(self) -> None:
        """Remove it with everything that is mounted in it."""
        _remove(self.path)


class PrivateDockerd:
    """One dockerd on a network bridge of its own, without a way out: builds see loopback and the bridge.

    Not `--bridge=none`: with it dockerd removes the bridge `docker0`, which belongs to the machine's own engine.
    It listens on a unix socket, `address`, and on loopback with TLS, `tls_address`: it takes clients that `authority`
    knows. `root` is the root file system whose dockerd is started, by default the machine's own; `slot` tells the
    engines of one test run apart; `settings` go into its `daemon.json`.
    """

    def __init__(
        self, *, root: Path | None = None, slot: int = 0, settings: Mapping[str, object] | None = None
    ) -> None:
        self._folder = EngineFolder()
        self.folder = self._folder.path
        self.address = f"unix://{self.folder}/docker.sock"
        self.authority = Authority(self.folder)
        self._port = free_port()
        self.tls_address = f"tcp://localhost:{self._port}"
        self.bridge = Bridge(slot)
        self._root = root
        self._settings = dict(settings or {})
        self._child: Child | None = None

    @staticmethod
    def why_not() -> str:
        """Why none can run here; empty when one can."""
        if shutil.which("dockerd") is None:
            return "dockerd is not installed"
        return why_no_engine()

    def start(self) -> None:
        """Start it and wait until its sockets take connections; what it had before a `halt` is there again.

        Raises:
            NoEngine: it ended or did not come up; its last words are in the message.
        """
        environment = {name: value for name, value in os.environ.items() if not name.startswith("DOCKER_")}
        command = self._command()
        if self._root:
            command = inside(self._root, self.folder, command)
        (self.folder / "daemon.json").write_text(json.dumps(self._settings))
        try:
            self.bridge.remove()
            self.bridge.add()
            self._child = Child(command, self.folder / "log", environment)
            self._child.wait_until(self._answers, _START_SECONDS)
        except DidNotStart as error:
            self.stop()
            raise NoEngine(str(error)) from error

    def halt(self) -> None:
        """End it and its containers; a `start` goes on with the same data at the same addresses."""
        child, self._child = self._child, None
        if child is not None:
            child.stop()

    def stop(self) -> None:
        """End it and remove everything it had."""
        self.halt()
        self.bridge.remove()
        self._folder.remove()

    @property
    def pid(self) -> int:
        """Its process, while it runs."""
        if self._child is None:
            raise ValueError("the engine does not run")
        return self._child.pid

    def _command(self) -> list[str]:
        certificate, key = self.authority.server()
        return [
            *("dockerd", "--host", self.address),
            *("--host", f"tcp://127.0.0.1:{self._port}", "--tlsverify"),
            *("--tlscacert", str(self.authority.certificate), "--tlscert", str(certificate), "--tlskey", str(key)),
            *("--data-root", str(self.folder / "data")),
            *("--exec-root", str(self.folder / "exec")),
            *("--pidfile", str(self.folder / "pid")),
            *("--config-file", str(self.folder / "daemon.json")),
            *("--bridge", self.bridge.name, "--iptables=false", "--ip-forward=false", "--ip-masq=false"),
        ]

    def _answers(self) -> bool:
        # The sockets appear only once the daemon serves.
        words = self._child.words if self._child else ""
        return f"API listen on {self.folder}" in words and f"API listen on 127.0.0.1:{self._port}" in words


def why_no_engine() -> str:
    """Why no engine of the tests' own can run here; empty when one can."""
    if os.geteuid() != 0:
        return "an engine of the tests needs root"
    return Bridge.why_not()


def remove_abandoned() -> None:
    """Remove the folders and bridges of test runs that were killed."""
    for folder in Path("/tmp").glob(f"{_PREFIX}*"):
        try:
            owner = int((folder / "owner").read_text())
        except (OSError, ValueError):
            continue
        if not Path(f"/proc/{owner}").exists():
            for slot in range(SLOTS):
                Bridge(slot, owner).remove()
            _remove(folder)


def _remove(folder: Path) -> None:
    mounted = [line.split(" ")[1] for line in Path("/proc/self/mounts").read_text().splitlines()]
    below = [point for point in mounted if point.startswith(f"{folder}/")]
    for point in sorted(below, reverse=True):
        subprocess.run(["umount", "--lazy", point], check=False, capture_output=True)
    shutil.rmtree(folder, ignore_errors=True)
