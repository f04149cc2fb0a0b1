"""A registry whose only image arrives drop by drop."""

from __future__ import annotations

import hashlib
import json
import socket
import threading
import time
from contextlib import suppress

from tests.engine.listener import Listener

_KIND = "application/vnd.docker.distribution.manifest.v2+json"
_LAYER_SIZE = 1_000_000


class DrippingRegistry(Listener):
    """Serves one layer that takes many minutes, on loopback and by plain http."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        """Set once an engine fetches the layer."""
        self.left = threading.Event()
        """Set when the engine stopped fetching it."""
        self._config = json.dumps(
            {
                "architecture": "amd64",
                "os": "linux",
                "rootfs": {"type": "layers", "diff_ids": [_digest(b"no such layer")]},
            }
        ).encode()
        self._manifest = json.dumps(
            {
                "schemaVersion": 2,
                "mediaType": _KIND,
                "config": _part("application/vnd.docker.container.image.v1+json", self._config),
                "layers": [
                    {
                        "mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip",
                        "size": _LAYER_SIZE,
                        "digest": _digest(b"a layer"),
                    }
                ],
            }
        ).encode()
        super().__init__()
        self.address = f"localhost:{self.port}"

    def serve(self, client: socket.socket) -> None:
        """Answer one engine's requests."""
        with client, suppress(ConnectionError):
            while request := client.recv(65536):
                method, _, rest = request.partition(b" ")
                if method not in (b"GET", b"HEAD"):
                    return  # An attempt at TLS.
                if _digest(b"a layer").encode() in rest:
                    client.sendall(self._head(rest, _LAYER_SIZE))
                    self._drip(client)
                    return
                client.sendall(self._head(rest, len(self._body(rest))))
                if method == b"GET":
                    client.sendall(self._body(rest))

    def _drip(self, client: socket.socket) -> None:
        self.asked.set()
        try:
            for _ in range(_LAYER_SIZE // 10):
                client.sendall(bytes(10))
                time.sleep(0.02)
        except OSError:
            self.left.set()

    def _head(self, path: bytes, size: int) -> bytes:
        body = self._body(path)
        kind = _KIND if b"/manifests/" in path else "application/json"
        return (
            f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {size}\r\n"
            f"Docker-Content-Digest: {_digest(body)}\r\n\r\n"
        ).encode()

    def _body(self, path: bytes) -> bytes:
        if b"/manifests/" in path:
            return self._manifest
        return self._config if b"/blobs/" in path else b"{}"


def _part(kind: str, content: bytes) -> dict[str, object]:
    return {"mediaType": kind, "size": len(content), "digest": _digest(content)}


def _digest(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()
