"""An ssh agent with some keys."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.support.child import Child


class SshAgent:
    """Answers at `socket`, in the folder, and has these keys. `stop` ends it."""

    def __init__(self, folder: Path, *keys: Path) -> None:
        self.socket = folder / "agent"
        self._child = Child(["ssh-agent", "-D", "-a", str(self.socket)], folder / "agent.log")
        self._child.wait_until(self.socket.exists)
        environment = os.environ | {"SSH_AUTH_SOCK": str(self.socket)}
        for key in keys:
            subprocess.run(["ssh-add", "-q", str(key)], check=True, capture_output=True, env=environment)

    def stop(self) -> None:
        """End it."""
        self._child.stop()
