"""Errors of docker-py, its transport and the engine, as errors of Trailer."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import requests
import urllib3.exceptions
from docker.errors import APIError, DockerException

from trailer_tui.engine.wire import CertificatesUnreadable, HostAddress, SshFailed
from trailer_tui.model.errors import EngineError, HostUnreachable

_START = "start Docker: systemctl start docker"
_USUAL_SOCKETS = ("/var/run/docker.sock", "/run/docker.sock")


class Refused(EngineError):
    """The engine answered a request with an HTTP error."""

    def __init__(self, cause: str, *, http_status: int, hint: str = "") -> None:
        super().__init__(cause, hint=hint)
        self.http_status = http_status


@contextmanager
def host_errors(address: HostAddress, *, doing: str = "") -> Iterator[None]:
    """Turn whatever the transport raises inside the block into `HostUnreachable` or `Refused`.

    `doing` names the request for the message, such as `tag the image`.
    """
    try:
        yield
    except APIError as error:
        raise refusal(error.status_code or 500, _explanation(error), doing=doing) from error
    except (
        requests.RequestException,
        urllib3.exceptions.HTTPError,
        http.client.HTTPException,
        DockerException,
        OSError,
    ) as error:
        raise unreachable(address, error) from error


def refusal(http_status: int, message: str, *, doing: str = "") -> Refused:
    """The error for an HTTP status and the engine's message."""
    message = message.strip() or f"the engine answered with HTTP status {http_status} and no message"
    cause = f"Could not {doing}: {message}" if doing else message
    hint = ""
    if "no space left on device" in message:
        hint = "free disk space on the Docker host: docker system df shows what uses it"
    return Refused(cause, http_status=http_status, hint=hint)


def message_of(body: bytes) -> str:
    """The engine's message in the body of an HTTP error, which is JSON with `message` or plain text."""
    try:
        decoded = json.loads(body)
    except ValueError:
        return body.decode("utf-8", "replace").strip()
    if isinstance(decoded, dict):
        return str(decoded.get("message") or decoded.get("cause") or "")
    return str(decoded)


def unreachable(address: HostAddress, error: BaseException) -> HostUnreachable:
    """The error for a host that did not answer, with the system's own reason and what to do about it."""
    reason = _system_error(error)
    where = address.path or address.text
    cause = f"{where}: {_words(reason or error)}"
    return HostUnreachable(cause, hint=_hint(address, reason))


def no_docker(address: HostAddress, answer: str) -> HostUnreachable:
    """The error for something that answers but is no Docker engine."""
    hint = "correct the host's address"
    if "HTTPS server" in answer:
        hint = "the engine wants TLS: give the host its TLS files"
    return HostUnreachable(f"{address.path or address.text}: what answers is no Docker engine ({answer})", hint=hint)


def _explanation(error: APIError) -> str:
    """The engine's own words; without any the HTTP status, not docker-py's words, which name an address of its own."""
    if error.explanation:
        return str(error.explanation)
    reason = getattr(error.response, "reason", None)
    return f"HTTP status {error.status_code}{f', {reason}' if reason else ''}" if error.status_code else str(error)


def _system_error(error: BaseException) -> OSError | None:
    """The innermost error of the operating system, through the layers that hide it."""
    pending: list[BaseException] = [error]
    seen: set[int] = set()
    found: OSError | None = None
    while pending:
        current = pending.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        # requests' errors are OSErrors too, without an error number.
        if isinstance(current, OSError) and not isinstance(current, requests.RequestException):
            found = current
        if isinstance(current, CertificatesUnreadable | SshFailed):
            return current
        inner = [current.__cause__, current.__context__, getattr(current, "reason", None), *current.args]
        pending.extend(part for part in inner if isinstance(part, BaseException))
    return found


def _words(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    text = str(error)
    if isinstance(error, TimeoutError | requests.Timeout | urllib3.exceptions.TimeoutError):
        return "no answer in time"
    if isinstance(error, http.client.RemoteDisconnected) or "Remote end closed" in text:
        return "the connection was closed without an answer"
    if "BadStatusLine" in text or isinstance(error, http.client.HTTPException):
        return "what came is no answer of a Docker engine"
    if "IncompleteRead" in text or "Connection broken" in text:
        return "the connection was closed in the middle of an answer"
    return text or type(error).__name__


def _hint_at_absence(address: HostAddress) -> str:
    if address.scheme == "ssh":
        return "install the ssh program"
    if address.path in _USUAL_SOCKETS:
        return f"install Docker if it is not there (on Debian: apt-get install docker.io), or {_START}"
    return f"{_START}, or correct the host's address"


def _hint(address: HostAddress, reason: OSError | None) -> str:
    local = address.scheme == "unix"
    if isinstance(reason, SshFailed):
        where = f"{address.user}@{address.host}" if address.user else address.host
        port = f"-p {address.port} " if address.port else ""
        return f"try it by hand: ssh {port}{where} docker version; the key must work without a question"
    if isinstance(reason, CertificatesUnreadable):
        return "correct the host's TLS files; the account that runs Trailer's server must be able to read them"
    if isinstance(reason, FileNotFoundError):
        return _hint_at_absence(address)
    if isinstance(reason, PermissionError):
        return "add your account to the docker group (then log in again), or ask the administrator"
    if isinstance(reason, ConnectionRefusedError):
        where = f"check that the engine listens on {address.host}:{address.port} and that no firewall refuses it"
        return f"nothing listens on the socket; {_START}" if local else where
    if isinstance(reason, socket.gaierror):
        return f"check the spelling of {address.host} and the name server"
    if isinstance(reason, ssl.SSLError):
        return "check the host's TLS files, and that the engine uses TLS"
    if isinstance(reason, TimeoutError):
        return (
            "check the engine's load and log: systemctl status docker"
            if local
            else (f"check that {address.host} is up and that no firewall drops the connection")
        )
    return "check the engine: systemctl status docker" if local else f"check the engine on {address.host}"
