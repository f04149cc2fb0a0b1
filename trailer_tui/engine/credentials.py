"""Registry credentials from the user's own Docker configuration, read at the moment they are needed.

They are never kept, logged or shown. docker-py knows the file and the credential helpers.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import docker.auth
from docker.errors import DockerException

ANONYMOUS = base64.urlsafe_b64encode(b"{}").decode()
"""The header's value that names nobody."""


class CredentialsUnreadable(Exception):
    """The Docker configuration or its credential helper is broken; the message holds nothing of their content."""


def registry_auth(registry: str) -> str:
    """The value of the `X-Registry-Auth` header for one registry (`docker.io` for Docker Hub); anonymous without one.

    Raises:
        CredentialsUnreadable: they cannot be had.
    """
    return _encode(_lookup(registry) or {})


def registry_config(registries: Iterable[str]) -> str:
    """The value of the `X-Registry-Config` header: credentials for these registries and no others.

    What cannot be read is left out: most builds do not need it, and the engine says so if this one does.
    """
    found = {}
    for registry in registries:
        with suppress(CredentialsUnreadable):
            entry = _lookup(registry)
            if entry:
                found[_server(registry)] = entry
    return _encode(found)


def _lookup(registry: str) -> dict[str, Any] | None:
    try:
        entry = docker.auth.load_config().resolve_authconfig(registry)
    except (DockerException, OSError, ValueError) as error:
        # The helper's message may quote what it was given, so only the kind of trouble is told.
        raise CredentialsUnreadable(
            f"The Docker configuration gives no credentials for {registry} ({type(error).__name__}): "
            "check config.json of the account that runs Trailer's server, or docker login again"
        ) from None
    return dict(entry) if entry else None


def _server(registry: str) -> str:
    return docker.auth.INDEX_URL if registry == docker.auth.INDEX_NAME else registry


def _encode(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()
