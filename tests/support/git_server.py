"""A git repository over http on loopback, by git's own `http-backend`."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_AUTHOR = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.com",
    "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.com",
    "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_SYSTEM": "/dev/null",
}


class GitServer:
    """Serves one repository with one commit on branch `main`, in which `file` says `word`, at `address`."""

    def __init__(self, folder: Path, word: str) -> None:
        work, bare = folder / "work", folder / "repository.git"
        work.mkdir()
        (work / "file").write_text(f"{word}\n")
        for command in (
            ["git", "init", "-q", "-b", "main", str(work)],
            ["git", "-C", str(work), "add", "file"],
            ["git", "-C", str(work), "commit", "-q", "-m", "One file"],
            ["git", "clone", "-q", "--bare", str(work), str(bare)],
        ):
            subprocess.run(command, check=True, capture_output=True, env=os.environ | _AUTHOR)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(folder))
        self.address = f"http://localhost:{self._server.server_port}/repository.git"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @staticmethod
    def why_not() -> str:
        """Why none can run here; empty when one can."""
        return "" if shutil.which("git") else "git is not installed"

    def close(self) -> None:
        """Take no more connections."""
        self._server.shutdown()
        self._server.server_close()


def _handler(folder: Path) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Hands each request to git as a CGI program."""

        def _serve(self) -> None:
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
            done = subprocess.run(
                ["git", "http-backend"], input=self.rfile.read(size), capture_output=True, check=False, env=environment
            )
            head, _, body = done.stdout.partition(b"\r\n\r\n")
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
