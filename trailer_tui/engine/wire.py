"""Sockets to a Docker host: a unix socket, TCP with or without TLS, or `ssh` running the host's own Docker client."""

from __future__ import annotations

import socket
import ssl
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from trailer_tui.model.host import TlsFiles

CONNECT_SECONDS = 10.0
"""How long a connection may take to come about."""

_ALIVE_EVERY = 15
"""Seconds between two signs of life that a silent connection over a network is asked for."""
_ALIVE_TRIES = 3
"""How many may be missing before the machine counts as gone."""

_TCP_PORT = 2375
_TLS_PORT = 2376


class SshFailed(OSError):
    """The ssh program ended; the message is what it printed."""


class CertificatesUnreadable(OSError):
    """A TLS file cannot be read; the message says which and why."""


@dataclass(frozen=True, slots=True)
class HostAddress:
    """A Docker host's address in parts, with the TLS settings that reach it."""

    text: str
    scheme: str
    """`unix`, `tcp` or `ssh`."""
    path: str = ""
    """Of a unix socket."""
    host: str = ""
    port: int | None = None
    user: str = ""
    tls: TlsFiles | None = None
    """Reaches a `tcp` host; None speaks plain text."""

    @classmethod
    def parse(cls, text: str, tls: TlsFiles | None = None) -> HostAddress:
        """The parts of `unix:///path`, `tcp://host:port` or `ssh://user@host:port`; `tls` only counts for `tcp`.

        Raises:
            ValueError: the address has another form.
        """
        scheme, separator, rest = text.partition("://")
        if scheme == "unix" and rest:
            return cls(text, scheme, path="/" + rest.lstrip("/"))
        if scheme not in ("tcp", "ssh") or not separator:
            raise ValueError("is no Docker host address: write unix:///path, tcp://host:port or ssh://user@host")
        parts = urlsplit(text)
        if not parts.hostname:
            raise ValueError("names no host: write tcp://host:port or ssh://user@host")
        if scheme == "ssh":
            return cls(text, scheme, "", parts.hostname, parts.port, parts.username or "")
        return cls(text, scheme, "", parts.hostname, parts.port or (_TLS_PORT if tls else _TCP_PORT), tls=tls)


class Wire:
    """One connection to a Docker host. `hang_up` may be called from any thread, the rest from the thread that reads."""

    def __init__(self, stream: socket.socket, ssh: _SshProcess | None = None) -> None:
        self.socket = stream
        self._ssh = ssh

    @property
    def is_closed(self) -> bool:
        """Whether the transport gave up the file descriptor."""
        return self.socket.fileno() < 0

    def half_close(self) -> None:
        """Tell the host that nobody listens any more; it ends the request's work and may still say a last word.

        TLS knows no half-closed connection, so there both directions end.
        """
        with suppress(OSError):
            if isinstance(self.socket, ssl.SSLSocket):
                self.hang_up()
            else:
                self.socket.shutdown(socket.SHUT_WR)

    def hang_up(self) -> None:
        """End both directions: whoever reads gets the end of the stream. The file descriptor stays open."""
        with suppress(OSError):
            # SSLSocket.shutdown would drop the TLS state under the reader's feet.
            socket.socket.shutdown(self.socket, socket.SHUT_RDWR)

    def close(self) -> None:
        """Free the connection; only once nobody reads it."""
        self.hang_up()
        self.socket.close()
        if self._ssh:
            self._ssh.end()

    def failure(self) -> SshFailed | None:
        """What ssh printed when it was the one that failed."""
        return self._ssh.failure() if self._ssh else None


def dial(address: HostAddress, timeout: float = CONNECT_SECONDS) -> Wire:
    """Connect to the host within `timeout` seconds.

    Raises:
        OSError: nothing answers there, with the system's own reason.
    """
    if address.scheme == "ssh":
        return _dial_ssh(address, timeout)
    if address.scheme == "tcp":
        return _dial_tcp(address, timeout)
    stream = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        stream.settimeout(timeout)
        stream.connect(address.path)
    except OSError:
        stream.close()
        raise
    return Wire(stream)


class _SshProcess:
    """The ssh program behind a wire, and what it printed."""

    def __init__(self, command: list[str], stream: socket.socket) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed in end()
        self._process = subprocess.Popen(
            command, stdin=stream.fileno(), stdout=stream.fileno(), stderr=self._errors, start_new_session=True
        )

    def failure(self) -> SshFailed | None:
        """The program's last words when it has ended, or ends within a moment."""
        try:
            self._process.wait(1)
        except subprocess.TimeoutExpired:
            return None
        if self._errors.closed:
            return None
        self._errors.seek(0)
        # ssh ends its lines as a terminal in raw mode wants them.
        lines = self._errors.read(4096).decode("utf-8", "replace").splitlines()
        words = "; ".join(filter(None, map(str.strip, lines)))
        return SshFailed(words or f"ssh ended with exit code {self._process.returncode}")

    def end(self) -> None:
        """Reap the program; its stream is closed already, so it ends by itself or is made to."""
        try:
            self._process.wait(1)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._errors.close()


def ssh_command(address: HostAddress, timeout: float, *remote: str) -> list[str]:
    """The command that runs `remote` on the host; its words are put together by the shell there."""
    destination = f"{address.user}@{address.host}" if address.user else address.host
    port = ["-p", str(address.port)] if address.port else []
    # Without a terminal ssh could only hang on a question.
    options = ["-T", "-o", "BatchMode=yes", "-o", f"ConnectTimeout={max(1, int(timeout))}"]
    options += ["-o", f"ServerAliveInterval={_ALIVE_EVERY}", "-o", f"ServerAliveCountMax={_ALIVE_TRIES}"]
    return ["ssh", *options, *port, "--", destination, *remote]


def _dial_ssh(address: HostAddress, timeout: float) -> Wire:
    ours, theirs = socket.socketpair()
    try:
        ssh = _SshProcess(ssh_command(address, timeout, "docker", "system", "dial-stdio"), theirs)
    except OSError:
        ours.close()
        raise
    finally:
        theirs.close()
    return Wire(ours, ssh)


def _dial_tcp(address: HostAddress, timeout: float) -> Wire:
    context = _tls_context(address.tls) if address.tls else None
    stream = socket.create_connection((address.host, address.port), timeout)
    _watch_over(stream)
    if context is None:
        return Wire(stream)
    try:
        return Wire(context.wrap_socket(stream, server_hostname=address.host))
    except OSError:
        stream.close()
        raise


def _watch_over(stream: socket.socket) -> None:
    """Let the system notice a machine that is gone: while nothing is said, and while what was said is not taken.

    A network that drops a connection tells neither side; a build that prints nothing would be waited for without end.
    """
    stream.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    settings = (
        ("TCP_KEEPIDLE", _ALIVE_EVERY),
        ("TCP_KEEPINTVL", _ALIVE_EVERY),
        ("TCP_KEEPCNT", _ALIVE_TRIES),
        ("TCP_USER_TIMEOUT", _ALIVE_EVERY * (1 + _ALIVE_TRIES) * 1000),
    )
    for name, value in settings:
        option = getattr(socket, name, None)  # each system has its own few
        if option is not None:
            stream.setsockopt(socket.IPPROTO_TCP, option, value)


def _tls_context(files: TlsFiles) -> ssl.SSLContext:
    for what, path in (("authority", files.ca), ("certificate", files.certificate), ("key", files.key)):
        try:
            Path(path).open("rb").close()  # ssl's own errors do not name the file
        except OSError as error:
            raise CertificatesUnreadable(f"the TLS {what} {path} cannot be read: {error.strerror}") from None
    try:
        context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=files.ca)
    except OSError as error:
        raise CertificatesUnreadable(f"the TLS authority {files.ca} is no certificate: {_reason(error)}") from None
    try:
        context.load_cert_chain(files.certificate, files.key)
    except OSError as error:
        raise CertificatesUnreadable(
            f"the TLS certificate {files.certificate} and key {files.key} do not fit: {_reason(error)}"
        ) from None
    return context


def _reason(error: OSError) -> str:
    return getattr(error, "reason", None) or error.strerror or str(error)
