"""Registry credentials from the user's own Docker configuration, read at the moment they are needed.

They are never kept, logged or shown. docker-py knows what is in the file and which helper answers for a registry.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docker.auth
from docker.credentials import StoreError
from docker.errors import DockerException

from trailer_tui.engine.credential_helpers import BoundedHelpers
from trailer_tui.model.reference import DEFAULT_DOMAIN

ANONYMOUS = base64.urlsafe_b64encode(b"{}").decode()
"""The header's value that names nobody."""

_HUB_HOSTS = frozenset({DEFAULT_DOMAIN, "registry-1.docker.io", "index.docker.io"})
"""Names of Docker Hub: in references, where engines fetch from, and in `config.json`."""


class CredentialsUnreadable(Exception):
    """The Docker configuration or its credential helper is broken; the message holds nothing of their content."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What logs in to one registry; all empty for nobody. Never kept: ask again."""

    username: str = ""
    password: str = field(default="", repr=False)
    identity_token: str = field(default="", repr=False)
    """Stands for both when the registry gave one."""

    @property
    def anonymous(self) -> bool:
        """Whether there are none."""
        return not (self.password or self.identity_token)

    @property
    def secret(self) -> str:
        """What goes beside the user's name: the password, or the token (then without a name)."""
        return self.identity_token or self.password


def credentials_for(host: str) -> Credentials:
    """The credentials for one registry, `host` or `host:port`; any of Docker Hub's names means Docker Hub.

    Raises:
        CredentialsUnreadable: they cannot be had.
    """
    registry = DEFAULT_DOMAIN if host in _HUB_HOSTS else host
    try:
        entry = _configuration().resolve_authconfig(registry) or {}
    except (DockerException, StoreError, OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CredentialsUnreadable(_unreadable(registry, error)) from None
    # docker-py writes the keys in small letters from the file, in the engine's spelling from a helper.
    found = {str(key).lower(): str(value) for key, value in entry.items() if value}
    return Credentials(
        username=found.get("username", ""),
        password=found.get("password", ""),
        identity_token=found.get("identitytoken", ""),
    )


def registry_auth(registry: str) -> str:
    """The value of the `X-Registry-Auth` header for one registry (`docker.io` for Docker Hub); anonymous without one.

    Raises:
        CredentialsUnreadable: they cannot be had.
    """
    return _encode(_entry(registry))


def registry_config(registries: Iterable[str], on_trouble: Callable[[CredentialsUnreadable], object]) -> str:
    """The value of the `X-Registry-Config` header: credentials for these registries and no others.

    What cannot be read is told to `on_trouble` and left out: most builds do not need it, and the engine says so if this
    one does.
    """
    found = {}
    for registry in registries:
        try:
            entry = _entry(registry)
        except CredentialsUnreadable as error:
            on_trouble(error)
            continue
        if entry:
            found[entry["serveraddress"]] = entry
    return _encode(found)


def _entry(registry: str) -> dict[str, Any]:
    """The credentials as the engine's `AuthConfig`; empty for nobody."""
    found = credentials_for(registry)
    if found.anonymous:
        return {}
    server = docker.auth.INDEX_URL if registry in _HUB_HOSTS else registry
    if found.identity_token:
        return {"identitytoken": found.identity_token, "serveraddress": server}
    return {"username": found.username, "password": found.password, "serveraddress": server}


def _configuration() -> BoundedHelpers:
    """The Docker configuration of the account that runs this process; empty without one.

    Raises:
        OSError: the file cannot be read.
        ValueError, TypeError: it is no JSON object.
        DockerException: an entry of it makes no sense.
    """
    folder = os.environ.get("DOCKER_CONFIG")
    path = (Path(folder) if folder else Path.home() / ".docker") / "config.json"
    try:
        document = json.loads(path.read_bytes())
    except FileNotFoundError:
        return BoundedHelpers({})
    if not isinstance(document, dict):
        raise TypeError("no JSON object")
    known = {key: document[key] for key in ("auths", "credsStore", "credHelpers") if document.get(key)}
    return BoundedHelpers.load_config(None, known) if known else BoundedHelpers({})


def _unreadable(registry: str, error: Exception) -> str:
    """What to say of a broken configuration, without what it holds.

    Errors of a helper are our own words; others may quote what they were given, so only their kind is told.
    """
    cause: BaseException = error.__cause__ if isinstance(error.__cause__, StoreError) else error
    why = str(cause) if isinstance(cause, StoreError) else type(cause).__name__
    return (
        f"The Docker configuration gives no credentials for {registry} ({why}): "
        "check config.json of the account that runs Trailer's server, or docker login again"
    )


def _encode(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()
