"""What registries answer through the engine, sorted into kinds that each have a remedy."""

from __future__ import annotations

import re
from dataclasses import dataclass

from trailer_tui.model.errors import RegistryError
from trailer_tui.model.reference import ImageReference


@dataclass(frozen=True, slots=True)
class _Trouble:
    pattern: re.Pattern[str]
    problem: str
    hint: str
    """`{registry}` and `{repository}` are put in."""


def _trouble(pattern: str, problem: str, hint: str) -> _Trouble:
    return _Trouble(re.compile(pattern, re.IGNORECASE), problem, hint)


# The first that matches counts: "access denied" also says "repository does not exist".
_TROUBLES = (
    _trouble(
        r"HTTP response to HTTPS client",
        "the registry speaks http and the engine expects https",
        "give the registry a certificate, or add {registry} to insecure-registries in the host's daemon.json",
    ),
    _trouble(
        r"x509:|certificate signed by unknown|tls:",
        "the engine does not trust the registry's certificate",
        "put the authority's certificate into /etc/docker/certs.d/{registry}/ca.crt on the Docker host",
    ),
    _trouble(
        r"toomanyrequests|rate limit",
        "the registry allows no more requests now",
        "wait, or log in: docker login {registry}",
    ),
    _trouble(
        r"access (?:to the resource is )?denied|no basic auth credentials|unauthorized|authentication required"
        r"|insufficient_scope|denied:|403 Forbidden|401 Unauthorized|incorrect username or password",
        "the registry denied access, or has no such repository",
        "check the name; log in on the account that runs Trailer's server: docker login {registry}",
    ),
    _trouble(
        r"manifest unknown|manifest for .* not found|name unknown|repository .* not found|404 Not Found|: not found",
        "the registry has no such image",
        "check the repository and the tag at {registry}",
    ),
    _trouble(
        r"no matching manifest",
        "the registry has the image, but not for this host's platform",
        "choose another tag, or a host of the image's architecture",
    ),
    _trouble(
        r"no such host|server misbehaving",
        "the Docker host cannot find the registry's name",
        "check the spelling of {registry} and the name server of the Docker host",
    ),
    _trouble(
        r"connection refused|i/o timeout|no route to host|network is unreachable|connection reset"
        r"|Client\.Timeout|context deadline exceeded|EOF",
        "the Docker host cannot reach the registry",
        "check that {registry} is up and reachable from the Docker host",
    ),
    _trouble(
        r"no space left on device",
        "the disk is full",
        "free disk space on the Docker host: docker system df shows what uses it",
    ),
    _trouble(
        r"An image does not exist locally|No such image",
        "the Docker host has no such image",
        "build or tag it first",
    ),
)


def registry_error(doing: str, reference: ImageReference, message: str) -> RegistryError:
    """The error for a failed pull or push; `doing` is `pull` or `push`, `message` the engine's words."""
    registry = reference.registry
    found = _find(message)
    problem = found.problem if found else "the registry or the engine reported an error"
    hint = found.hint if found else "look at the message; try it by hand on the Docker host: docker " + doing
    return RegistryError(
        f"Could not {doing} {reference.familiar()} (registry {registry}): {problem}. The engine says: {message}",
        hint=hint.format(registry=registry),
    )


def is_registry_trouble(message: str) -> bool:
    """Whether a build's error message is about fetching an image."""
    return bool(re.search(r"pull access denied|manifest|registry|/v2/|toomanyrequests", message)) and bool(
        _find(message)
    )


def registry_hint(message: str) -> str:
    """The remedy for a registry's trouble inside a build, where only the message names the registry."""
    found = _find(message)
    named = re.search(r"https?://([^/\s\"]+)/v2/|for ([a-z0-9.-]+(?::\d+)?)/[^\s,]+,? ", message)
    registry = next((part for part in named.groups() if part), "") if named else ""
    return found.hint.format(registry=registry or "the registry of the base image") if found else ""


def _find(message: str) -> _Trouble | None:
    return next((trouble for trouble in _TROUBLES if trouble.pattern.search(message)), None)
