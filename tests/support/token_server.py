"""A token server as registries such as Docker Hub have one: it trades a login, or none, for a short-lived token.

Source of the protocol: Docker Registry v2 authentication via central service (distribution's token specification).
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

ISSUER = SERVICE = "tests"

# Valid from 2020 to 2100: what they may do is checked, not when.
_FROM, _TO = 1_577_836_800, 4_102_444_800


class TokenServer:
    """Lets `user` with `password` do everything, strangers pull, and others nothing; asked at `realm`."""

    def __init__(self, certificate: Path, key: Path, user: str, password: str) -> None:
        loaded = serialization.load_pem_private_key(key.read_bytes(), None)
        assert isinstance(loaded, ec.EllipticCurvePrivateKey)
        self._key = loaded
        der = x509.load_pem_x509_certificate(certificate.read_bytes()).public_bytes(serialization.Encoding.DER)
        self._certificate = base64.b64encode(der).decode()
        self._login = (user, password)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.realm = f"http://127.0.0.1:{self._server.server_port}/token"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()

    def token(self, login: tuple[str, str] | None, scopes: list[str]) -> str | None:
        """The token for these scopes (`repository:name:pull,push`), or None for a wrong login."""
        if login is not None and login != self._login:
            return None
        access = []
        for scope in " ".join(scopes).split():
            kind, _, rest = scope.partition(":")
            name, _, actions = rest.rpartition(":")
            wanted = actions.split(",")
            granted = wanted if login else [action for action in wanted if action == "pull"]
            access.append({"type": kind, "name": name, "actions": granted})
        return self._signed({"access": access, "sub": login[0] if login else ""})

    def _signed(self, claims: Mapping[str, object]) -> str:
        header = {"typ": "JWT", "alg": "ES256", "x5c": [self._certificate]}
        common = {"iss": ISSUER, "aud": SERVICE, "nbf": _FROM, "iat": _FROM, "exp": _TO, "jti": "1"}
        text = f"{_encoded(json.dumps(header).encode())}.{_encoded(json.dumps(common | dict(claims)).encode())}"
        r, s = decode_dss_signature(self._key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{text}.{_encoded(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _handler(server: TokenServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """GET with basic authentication, or POST with a form."""

        def do_GET(self) -> None:
            kind, _, encoded = self.headers.get("Authorization", "").partition(" ")
            login = None
            if kind == "Basic":
                user, _, password = base64.b64decode(encoded).decode().partition(":")
                login = (user, password)
            self._answer(login, parse_qs(urlsplit(self.path).query).get("scope", []))

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode())
            login = (form.get("username", [""])[0], form.get("password", [""])[0])
            self._answer(login, form.get("scope", []))

        def _answer(self, login: tuple[str, str] | None, scopes: list[str]) -> None:
            token = server.token(login, scopes)
            body = json.dumps({"token": token, "access_token": token} if token else {"details": "wrong login"}).encode()
            self.send_response(200 if token else 401)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
            """Quiet."""

    return Handler
