"""A git repository over http on loopback, by git's own `http-backend`, free to all or behind a login."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_ENVIRONMENT = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.com",
    "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.com",
    "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_SYSTEM": "/dev/null",
}


@dataclass(frozen=True, slots=True)
class Repository:
    """A bare repository: `file` says `first` in the tagged commit, `last` on `main`, `beside` on the branch `other`.

    The folder `folder` is in all but the first and has a file `inner`.
    """

    path: Path
    first: str
    """The commit that the tag `v1` names, which no branch ends with."""

    @classmethod
    def make(cls, folder: Path) -> Repository:
        """Make it in this folder."""
        work, bare = folder / "work", folder / "repository.git"
        (work / "folder").mkdir(parents=True)

        def git(*words: str) -> str:
            command = ["git", "-C", str(work), *words]
            return subprocess.run(
                command, check=True, capture_output=True, text=True, env=os.environ | _ENVIRONMENT
            ).stdout

        def commit(word: str) -> None:
            (work / "file").write_text(f"{word}\n")
            git("add", "-A")
            git("commit", "-q", "-m", f"The {word} one")

        git("init", "-q", "-b", "main")
        commit("first")
        git("tag", "v1")
        first = git("rev-parse", "HEAD").strip()
        (work / "folder" / "inner").write_text("inner\n")
        commit("last")
        git("checkout", "-q", "-b", "other")
        commit("beside")
        git("checkout", "-q", "main")
        git("clone", "-q", "--bare", str(work), str(bare))
        return cls(bare, first)


class GitServer:
    """Serves one repository at `address`; with a token, only to those who log in with it."""

    def __init__(self, repository: Repository, *, token: str = "") -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(repository.path.parent, token))
        self.host = f"localhost:{self._server.server_port}"
        self.address = f"http://{self.host}/{repository.path.name}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @staticmethod
    def why_not() -> str:
        """Why none can run here; empty when one can."""
        return "" if shutil.which("git") else "git is not installed"

    def close(self) -> None:
        """Take no more connections."""
        self._server.shutdown()
        self._server.server_close()


def _handler(folder: Path, token: str) -> type[BaseHTTPRequestHandler]:
    # As the token of an app is given at large git servers.
    wanted = base64.b64encode(f"x-access-token:{token}".encode()).decode() if token else ""

    class Handler(BaseHTTPRequestHandler):
        """Hands each request to git as a CGI program."""

        def _serve(self) -> None:
            if wanted and self.headers.get("Authorization", "").lower() != f"basic {wanted}".lower():
                self._ask_for_login()
                return
            self._answer(self._ask_git())

        def _ask_for_login(self) -> None:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="git"')
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _ask_git(self) -> bytes:
            path, _, query = self.path.partition("?")
            size = int(self.headers.get("Content-Length") or 0)
            environment = os.environ | {
                "GIT_PROJECT_ROOT": str(folder),
                "GIT_HTTP_EXPORT_ALL": "1",
                "GIT_CONFIG_COUNT": "1",
                "GIT_CONFIG_KEY_0": "safe.directory",
                "GIT_CONFIG_VALUE_0": "*",
                "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
                "PATH_INFO": path,
                "QUERY_STRING": query,
                "REQUEST_METHOD": self.command,
                "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
                "CONTENT_LENGTH": str(size),
            }
            command = ["git", "http-backend"]
            body = self.rfile.read(size)
            return subprocess.run(command, input=body, capture_output=True, check=False, env=environment).stdout

        def _answer(self, said: bytes) -> None:
            head, _, body = said.partition(b"\r\n\r\n")
            fields = [line.decode().split(": ", 1) for line in head.splitlines()]
            self.send_response(next((int(value.split()[0]) for name, value in fields if name == "Status"), 200))
            for name, value in fields:
                if name != "Status":
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = _serve  # noqa: N815 - names that the base class asks for

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
            """Quiet."""

    return Handler
