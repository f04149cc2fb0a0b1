"""Podman's Docker-compatible service, of the tests' own."""

from __future__ import annotations

import os
from pathlib import Path

from tests.support.child import Child, DidNotStart
from tests.support.chroot import inside
from tests.support.dockerd import EngineFolder, NoEngine

# As the tests' registries speak plain http.
_REGISTRIES = """\
unqualified-search-registries = []
[[registry]]
prefix = "localhost"
location = "localhost"
insecure = true
"""

# Its own limits are higher than what an unprivileged machine lets it set; containers use the machine's network.
_CONTAINERS = """\
[containers]
netns = "host"
default_ulimits = ["nofile=1024:4096", "nproc=1024:4096"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "none"
"""


class PodmanService:
    """One `podman system service` from the root file system `root`, reached at `address`."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folder = EngineFolder()
        self._socket = self._folder.path / "podman.sock"
        self.address = f"unix://{self._socket}"
        self._child: Child | None = None

    def start(self) -> None:
        """Start it and wait for its socket. Raises `NoEngine` when it does not come up."""
        folder = self._folder.path
        (folder / "registries.conf").write_text(_REGISTRIES)
        (folder / "containers.conf").write_text(_CONTAINERS)
        command = [
            *(
                "podman",
                "--root",
                str(folder / "data"),
                "--runroot",
                str(folder / "run"),
                "--tmpdir",
                str(folder / "tmp"),
            ),
            *("--storage-driver", "overlay", "system", "service", "--time=0", self.address),
        ]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CONTAINER")} | {
            "CONTAINERS_REGISTRIES_CONF": str(folder / "registries.conf"),
            "CONTAINERS_CONF": str(folder / "containers.conf"),
            "PODMAN_IGNORE_CGROUPSV1_WARNING": "1",
        }
        self._child = Child(inside(self._root, folder, command), folder / "log", environment)
        try:
            self._child.wait_until(self._socket.exists)
        except DidNotStart as error:
            self.stop()
            raise NoEngine(str(error)) from error

    def stop(self) -> None:
        """End it and remove everything it had."""
        child, self._child = self._child, None
        if child is not None:
            child.stop()
        self._folder.remove()
