"""A registry that fails in the way that the first part of the repository's name says."""

from __future__ import annotations

import hashlib
import http.server
import json
import socketserver
import threading
from typing import Any

_KIND = "application/vnd.docker.distribution.manifest.v2+json"
_LAYER_SIZE = 100_000


class FailingRegistry:
    """Plain http on loopback.

    `limited/…` takes no more requests, `broken/…` has a defect, `denied/…` is for others, `cut/…` drops the connection
    in the middle of a layer.
    """

    def __init__(self) -> None:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self.address = f"localhost:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        self._server.shutdown()
        self._server.server_close()


class _Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """An engine that hangs up is nothing to print."""


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Answer any request."""
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = self.path.partition("?")[0]
        if path == "/v2/":
            self._answer(200, {})
            return
        match path.split("/")[2]:
            case "limited":
                self._refuse(429, "TOOMANYREQUESTS", "You have reached your pull rate limit.")
            case "broken":
                self._refuse(500, "UNKNOWN", "unknown error")
            case "denied":
                self._refuse(403, "DENIED", "requested access to the resource is denied")
            case _:
                self._cut(path)

    do_HEAD = do_POST = do_PUT = do_PATCH = do_GET  # noqa: N815

    def _cut(self, path: str) -> None:
        if "/manifests/" in path:
            manifest = {
                "schemaVersion": 2,
                "mediaType": _KIND,
                "config": {"mediaType": "application/vnd.docker.container.image.v1+json", **_part("1")},
                "layers": [{"mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip", **_part("2")}],
            }
            digest = "sha256:" + hashlib.sha256(json.dumps(manifest).encode()).hexdigest()
            self._answer(200, manifest, {"Content-Type": _KIND, "Docker-Content-Digest": digest})
            return
        self._answer(200, None, {"Content-Length": str(_LAYER_SIZE)})
        self.wfile.write(bytes(500))
        self.wfile.flush()
        self.close_connection = True

    def _refuse(self, status: int, code: str, message: str) -> None:
        problem = {"errors": [{"code": code, "message": message}]}
        self._answer(status, problem, {"Content-Type": "application/json"})

    def _answer(self, status: int, document: Any, headers: dict[str, str] | None = None) -> None:
        body = b"" if document is None else json.dumps(document).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _part(digit: str) -> dict[str, object]:
    return {"size": _LAYER_SIZE, "digest": f"sha256:{digit * 64}"}
