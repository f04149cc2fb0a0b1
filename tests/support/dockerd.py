"""A Docker engine of the tests' own: its socket, its data and its processes lie in one folder, and go with it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

_PREFIX = "trailer-engine-"
_START_SECONDS = 60
_STOP_SECONDS = 20


class NoEngine(Exception):
    """No engine could be started; the message says why."""


class PrivateDockerd:
    """One dockerd on a network bridge of its own, without a way out: builds see loopback and the bridge.

    Not `--bridge=none`: with it dockerd removes the bridge `docker0`, which belongs to the machine's own engine.
    """

    def __init__(self) -> None:
        _remove_abandoned()
        # A socket's path may have 108 bytes, so pytest's own long folders will not do.
        self.folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir="/tmp"))
        (self.folder / "owner").write_text(str(os.getpid()))
        self.address = f"unix://{self.folder}/docker.sock"
        self._bridge = f"trailer{os.getpid() % 10**7}"
        self._log = self.folder / "log"
        self._process: subprocess.Popen[bytes] | None = None

    @staticmethod
    def why_not() -> str:
        """Why none can run here; empty when one can."""
        for program in ("dockerd", "ip"):
            if shutil.which(program) is None:
                return f"{program} is not installed"
        return "" if os.geteuid() == 0 else "dockerd needs root"

    def start(self) -> None:
        """Start it and wait until its socket takes connections.

        Raises:
            NoEngine: it ended or did not come up; its last words are in the message.
        """
        command = [
            *("setpriv", "--pdeathsig", "TERM") * bool(shutil.which("setpriv")),
            *("dockerd", "--host", self.address),
            *("--data-root", str(self.folder / "data")),
            *("--exec-root", str(self.folder / "exec")),
            *("--pidfile", str(self.folder / "pid")),
            *("--config-file", str(self.folder / "daemon.json")),
            *("--bridge", self._bridge, "--iptables=false", "--ip-forward=false", "--ip-masq=false"),
        ]
        self._add_bridge()
        (self.folder / "daemon.json").write_text("{}")
        environment = {name: value for name, value in os.environ.items() if not name.startswith("DOCKER_")}
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
                start_new_session=True,
            )
        deadline = time.monotonic() + _START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                words = self._log.read_text(errors="replace")[-2000:]
                self.stop()
                raise NoEngine(f"dockerd did not start:\n{words}")
            time.sleep(0.1)

    def stop(self) -> None:
        """End it and its containers, and remove its folder."""
        process, self._process = self._process, None
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        subprocess.run(["ip", "link", "delete", self._bridge], check=False, capture_output=True)
        _remove(self.folder)

    def _add_bridge(self) -> None:
        # A /24 of 198.18.0.0/15, which RFC 2544 sets aside for tests of networks.
        address = f"198.18.{os.getpid() % 256}.1/24"
        for command in (
            ["ip", "link", "add", self._bridge, "type", "bridge"],
            ["ip", "address", "add", address, "dev", self._bridge],
            ["ip", "link", "set", self._bridge, "up"],
        ):
            done = subprocess.run(command, check=False, capture_output=True, text=True)
            if done.returncode:
                self.stop()
                raise NoEngine(f"{' '.join(command)}: {done.stderr.strip()}")

    def _answers(self) -> bool:
        # The socket appears only once the daemon serves.
        return "API listen on" in self._log.read_text(errors="replace")


def _remove_abandoned() -> None:
    """Remove the folders of test runs that were killed."""
    for folder in Path("/tmp").glob(f"{_PREFIX}*"):
        try:
            owner = int((folder / "owner").read_text())
        except (OSError, ValueError):
            continue
        if not Path(f"/proc/{owner}").exists():
            subprocess.run(["ip", "link", "delete", f"trailer{owner % 10**7}"], check=False, capture_output=True)
            _remove(folder)


def _remove(folder: Path) -> None:
    mounted = [line.split(" ")[1] for line in Path("/proc/self/mounts").read_text().splitlines()]
    inside = [point for point in mounted if point.startswith(f"{folder}/")]
    for point in sorted(inside, reverse=True):
        subprocess.run(["umount", "--lazy", point], check=False, capture_output=True)
    shutil.rmtree(folder, ignore_errors=True)
