"""Registries on loopback, for pulls and pushes: open, with a password, and with a token server."""

from __future__ import annotations

import base64
import json
import shutil
import urllib.error
import urllib.request
from pathlib import Path

from tests.support.certificates import Authority
from tests.support.child import Child, DidNotStart
from tests.support.dockerd import NoEngine
from tests.support.free_port import free_port
from tests.support.token_server import ISSUER, SERVICE, TokenServer

_CONFIGURATION = """\
version: 0.1
log: {{level: error}}
storage:
  filesystem: {{rootdirectory: {data}}}
  delete: {{enabled: true}}
http: {{addr: "127.0.0.1:{port}"}}
"""


class LocalRegistry:
    """One docker-registry that keeps its data in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._port = free_port()
        self._child: Child | None = None
        self.address = f"localhost:{self._port}"

    @staticmethod
    def why_not() -> str:
        """Why none can run here; empty when one can."""
        return "" if shutil.which("docker-registry") else "docker-registry is not installed"

    def configuration(self) -> str:
        """The text of its configuration file."""
        return _CONFIGURATION.format(data=self.folder / "registry", port=self._port)

    def start(self) -> None:
        """Start it and wait until it answers. Raises `NoEngine` when it does not."""
        configuration = self.folder / "registry.yml"
        configuration.write_text(self.configuration())
        self._child = Child(["docker-registry", "serve", str(configuration)], self.folder / "registry.log")
        try:
            self._child.wait_until(self._answers)
        except DidNotStart as error:
            raise NoEngine(str(error)) from error

    def stop(self) -> None:
        """End it; what it stored stays, and a new start serves it at the same address."""
        child, self._child = self._child, None
        if child is not None:
            child.stop(5)

    @property
    def pid(self) -> int:
        """Its process, while it runs."""
        if self._child is None:
            raise ValueError("the registry does not run")
        return self._child.pid

    def _answers(self) -> bool:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            opener.open(f"http://127.0.0.1:{self._port}/v2/", timeout=2).close()
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.code == 401
        except (urllib.error.URLError, OSError):
            return False
        return True


class PasswordRegistry(LocalRegistry):
    """A registry that asks for `user` and `password` (htpasswd).

    `docker_config` is a folder whose `config.json` logs in there: let `DOCKER_CONFIG` name it.
    """

    user = "ada"
    password = "hush-5c1d8e0b7f"
    # Of that password; made once, because the standard library makes none.
    _HASH = "$2b$05$abcdefghijklmnopqrstuuMFWeqmBSGaeDAF7I.6jDXs0jzlIEkii"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.docker_config = folder / "docker-config"
        self.write_login(self.docker_config)

    def write_login(self, folder: Path, *, password: str | None = None) -> None:
        """Make `folder` a Docker configuration that logs in here: with the right password, or with another."""
        login = f"{self.user}:{self.password if password is None else password}"
        folder.mkdir(parents=True, exist_ok=True)
        auths = {self.address: {"auth": base64.b64encode(login.encode()).decode()}}
        (folder / "config.json").write_text(json.dumps({"auths": auths}))

    def configuration(self) -> str:
        """That of an open registry, with the file of passwords."""
        passwords = self.folder / "htpasswd"
        passwords.write_text(f"{self.user}:{self._HASH}\n")
        return super().configuration() + f"auth: {{htpasswd: {{realm: tests, path: {passwords}}}}}\n"


class TokenRegistry(PasswordRegistry):
    """A registry that asks for a token of its token server, as Docker Hub does: strangers may pull, `user` may push."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._authority = Authority(folder)
        self._tokens = TokenServer(*self._authority.server("token"), self.user, self.password)

    def stop(self) -> None:
        """End it and its token server."""
        super().stop()
        self._tokens.close()

    def configuration(self) -> str:
        """That of an open registry, with the address of the token server."""
        tokens = {
            "realm": self._tokens.realm,
            "service": SERVICE,
            "issuer": ISSUER,
            "rootcertbundle": str(self._authority.certificate),
        }
        return LocalRegistry.configuration(self) + f"auth: {json.dumps({'token': tokens})}\n"
