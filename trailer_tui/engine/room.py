"""How much room the disk of an engine's data has.

No call of the Engine API tells. On this machine the file system is asked, once it is proved that the folder that the
engine names is really the engine's: an engine in a container or behind a proxy names a folder of some other machine.
Over ssh `df` is run there. In all other cases a container that lives for a moment asks for us.
"""

from __future__ import annotations

import os
import shlex
import socket
import struct
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trailer_tui.engine.connections import Connections
from trailer_tui.engine.df import read_df
from trailer_tui.engine.interface import FreeSpace
from trailer_tui.engine.measuring_container import MeasuringContainer
from trailer_tui.engine.wire import dial, ssh_command
from trailer_tui.model.errors import EngineError

_ENGINES = ("dockerd", "podman")
_SSH_SECONDS = 15.0
_IMAGES_ARE_CONTAINERDS = ["driver-type", "io.containerd.snapshotter.v1"]
_PROOFS = 5
"""Images that are looked for in the data folder."""


class Room:
    """Asks one host for the room on its disk. Safe from any thread."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._container = MeasuringContainer(connections)

    def free_space(self) -> FreeSpace:
        """The room now.

        Raises:
            EngineError: it cannot be known; the cause says why.
            HostUnreachable: the host does not answer.
        """
        with self._connections.call("look at the disk") as client:
            info: Mapping[str, Any] = client.info()
        folder = str(info.get("DockerRootDir") or "")
        if str(info.get("OSType") or "linux") != "linux":
            raise EngineError("the engine does not run on Linux, so nothing here can look at its disk")
        if folder.startswith("/"):
            found = self._without_the_engine(folder, info)
            if found is not None:
                return found
        return self._container.measure()

    def _without_the_engine(self, folder: str, info: Mapping[str, Any]) -> FreeSpace | None:
        scheme = self._connections.address.scheme
        if scheme == "unix":
            return self._here(folder, info)
        if scheme == "ssh":
            return self._over_ssh(folder)
        return None

    def _here(self, folder: str, info: Mapping[str, Any]) -> FreeSpace | None:
        """The file system of the data folder as the process sees it that listens on the socket."""
        try:
            root, program = _listener(self._connections)
            data = Path(f"{root}{folder}")
            if not data.is_dir() or not (program in _ENGINES or self._holds_its_data(data, info)):
                return None
            folders = [data]
            if _IMAGES_ARE_CONTAINERDS in (info.get("DriverStatus") or ()):
                folders += [path for path in (data / "containerd", Path(f"{root}/var/lib/containerd")) if path.is_dir()]
            return min((_room(path) for path in folders), key=lambda space: space.free)
        except OSError:
            return None  # only root, or the engine's own account, may look there

    def _holds_its_data(self, data: Path, info: Mapping[str, Any]) -> bool:
        """Whether the engine's id or one of its images lies in the folder."""
        identity = data / "engine-id"
        if identity.is_file():
            return identity.read_text(encoding="utf-8", errors="replace").strip() == str(info.get("ID"))
        with self._connections.call("list images") as client:
            images = client.ask("GET", "/images/json") or []
        known = data / "image" / str(info.get("Driver")) / "imagedb" / "content" / "sha256"
        return any((known / str(image["Id"]).removeprefix("sha256:")).is_file() for image in images[:_PROOFS])

    def _over_ssh(self, folder: str) -> FreeSpace | None:
        command = ssh_command(self._connections.address, _SSH_SECONDS, f"LC_ALL=C df -P -k -- {shlex.quote(folder)}")
        try:
            ran = subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SSH_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        return read_df(ran.stdout.decode("utf-8", "replace")) if ran.returncode == 0 else None


def _listener(connections: Connections) -> tuple[str, str]:
    """The root folder and the name of the program that listens on the unix socket."""
    wire = dial(connections.address)
    try:
        credentials = wire.socket.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    finally:
        wire.close()
    process = Path("/proc") / str(struct.unpack("3i", credentials)[0])
    return f"{process}/root", (process / "comm").read_text(encoding="utf-8", errors="replace").strip()


def _room(folder: Path) -> FreeSpace:
    system = os.statvfs(folder)
    return FreeSpace(system.f_blocks * system.f_frsize, system.f_bavail * system.f_frsize)
