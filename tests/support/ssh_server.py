"""A Docker host behind ssh: sshd on loopback whose `docker system dial-stdio` reaches an engine of the tests."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
from pathlib import Path

from tests.support.child import Child, DidNotStart
from tests.support.chroot import SEARCH_PATH
from tests.support.dockerd import NoEngine
from tests.support.free_port import free_port

_SEPARATION = Path("/run/sshd")

_SERVER = """\
ListenAddress 127.0.0.1:{port}
HostKey {folder}/host
AuthorizedKeysFile {folder}/client.pub
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
PidFile none
SetEnv DOCKER_HOST={engine} DOCKER_CONFIG={folder}/docker PATH={path}
"""

_CLIENT = """\
#!/bin/sh
exec {ssh} -F {configuration} "$@"
"""

_CLIENT_CONFIGURATION = """\
IdentityFile {key}
IdentitiesOnly yes
IdentityAgent none
UserKnownHostsFile {known}
GlobalKnownHostsFile /dev/null
StrictHostKeyChecking yes
"""


class SshServer:
    """One sshd that lets the key `key` in, for the engine at `engine` (`unix://…`).

    The ssh program reads the account's own configuration whatever HOME says, so tests put one of the folders that
    `programs` makes first in PATH: its `ssh` is the real one with a configuration of the tests'.
    """

    def __init__(self, folder: Path, engine: str) -> None:
        self._folder = folder
        self._engine = engine
        self._port = free_port()
        self._child: Child | None = None
        # Asked before a test puts its own first in PATH.
        self._ssh = shutil.which("ssh")
        self.address = f"ssh://{getpass.getuser()}@127.0.0.1:{self._port}"
        self.key = folder / "client"
        self.wrong_key = folder / "wrong"
        """A key that the server does not know."""

    @staticmethod
    def why_not() -> str:
        """Why none can run here; empty when one can."""
        for program in ("ssh", "ssh-keygen", "docker"):
            if shutil.which(program) is None:
                return f"{program} is not installed"
        return "" if _sshd() else "sshd is not installed"

    def start(self) -> None:
        """Make the keys, start it and wait until it answers. Raises `NoEngine` when it does not."""
        for key in ("host", "client", "wrong"):
            if not (self._folder / key).exists():
                make = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", key, "-f", str(self._folder / key)]
                subprocess.run(make, check=True, capture_output=True)
        docker = Path(shutil.which("docker") or "").parent
        configuration = self._folder / "sshd_config"
        configuration.write_text(
            _SERVER.format(port=self._port, folder=self._folder, engine=self._engine, path=f"{docker}:{SEARCH_PATH}")
        )
        if os.geteuid() == 0:
            _SEPARATION.mkdir(mode=0o755, exist_ok=True)
        self._child = Child([_sshd(), "-D", "-e", "-f", str(configuration)], self._folder / "sshd.log")
        try:
            self._child.wait_until(self._answers)
        except DidNotStart as error:
            raise NoEngine(str(error)) from error

    def stop(self) -> None:
        """End it; connections that are open stay."""
        child, self._child = self._child, None
        if child is not None:
            child.stop(5)

    def programs(self, folder: Path, *, key: Path | None = None, known: bool = True) -> Path:
        """Put an `ssh` into `folder` that logs in with `key` (the right one) and knows the host's key or does not."""
        folder.mkdir(parents=True, exist_ok=True)
        known_hosts = folder / "known_hosts"
        kind, public, *_ = (self._folder / "host.pub").read_text().split()
        known_hosts.write_text(f"[127.0.0.1]:{self._port} {kind} {public}\n" if known else "")
        configuration = folder / "config"
        configuration.write_text(_CLIENT_CONFIGURATION.format(key=key or self.key, known=known_hosts))
        program = folder / "ssh"
        program.write_text(_CLIENT.format(ssh=self._ssh, configuration=configuration))
        program.chmod(0o755)
        return folder

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self._port), 2) as stream:
                return stream.recv(4) == b"SSH-"
        except OSError:
            return False


def _sshd() -> str:
    # It must be started by its full path.
    return shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:{SEARCH_PATH}") or ""
