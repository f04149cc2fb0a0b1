"""Addresses of Docker engines: which are well formed, and which mean the same engine."""

from __future__ import annotations

import posixpath
from urllib.parse import SplitResult, urlsplit

from trailer_tui.printable import first_control_character

_SCHEMES = ("unix://", "tcp://", "ssh://")

TCP_PORT = 2375
TLS_PORT = 2376
SSH_PORT = 22


def checked_address(value: str) -> str:
    """The address `unix:///path`, `tcp://host:port` or `ssh://user@host:port`, without a slash at its end.

    Raises:
        ValueError: it has another form, holds a password, or says more than is used; the message follows the field's
            name.
    """
    value = value.strip()
    if not value.startswith(_SCHEMES) or value in _SCHEMES:
        raise ValueError(f"is no Docker host address: write {', '.join(_SCHEMES)} and a path or host")
    if first_control_character(value) or " " in value:
        raise ValueError("holds a space or a control character: remove it")
    if value.startswith("unix://"):
        if not value.startswith("unix:///"):
            raise ValueError("is no absolute path: write unix:/// and where the socket lies, with three slashes")
        return value
    value = value.rstrip("/")
    try:
        parts = urlsplit(value)
    except ValueError:
        raise ValueError("names no host: write tcp://host:port or ssh://user@host") from None
    _check_port(parts)
    _check_host(parts)
    return value


def _check_port(parts: SplitResult) -> None:
    try:
        is_port = parts.port != 0
    except ValueError:
        is_port = False
    if not is_port or parts.netloc.endswith(":"):
        raise ValueError("has no usable port: write a number from 1 to 65535 after the host, or leave it and : away")


def _check_host(parts: SplitResult) -> None:
    host = parts.hostname or ""
    # ssh would take it for an option.
    if not host or host.startswith("-") or (parts.username or "").startswith("-"):
        raise ValueError("names no host: write tcp://host:port or ssh://user@host")
    if parts.password is not None:
        raise ValueError("holds a password, which everybody who sees the host would read: remove it")
    if parts.scheme == "tcp" and parts.username is not None:
        raise ValueError("holds a user, which tcp:// does not know: write tcp://host:port, with TLS files")
    if parts.path or parts.query or parts.fragment:
        raise ValueError("says more than host and port, which is not used: remove what follows them")


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
