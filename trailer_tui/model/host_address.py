"""Whether two addresses mean the same Docker engine."""

from __future__ import annotations

import posixpath
from urllib.parse import urlsplit

TCP_PORT = 2375
TLS_PORT = 2376
SSH_PORT = 22


def same_engine_key(address: str, *, tls: bool) -> tuple[str, ...]:
    """A key that is equal for addresses of one engine, as far as their text tells.

    Another account of the same machine is another engine (`ssh://`), because engines run per account too.

    Args:
        address: `unix:///path`, `tcp://host:port` or `ssh://user@host:port`; ports may be left out.
        tls: whether `tcp://` is spoken with TLS, which decides about the usual port.
    """
    scheme, _, rest = address.partition("://")
    if scheme == "unix":
        path = posixpath.normpath("/" + rest.lstrip("/"))
        # On every Linux since 2011 the one is a link to the other.
        return scheme, path.removeprefix("/var") if path.startswith("/var/run/") else path
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return scheme, rest
    usual = SSH_PORT if scheme == "ssh" else TLS_PORT if tls else TCP_PORT
    return scheme, parts.username or "", parts.hostname or "", str(port or usual)
