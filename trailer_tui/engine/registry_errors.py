"""What registries answer through the engine, sorted into kinds that each have a remedy.

The words are those of the engines 20.10 to 28 and of BuildKit, met against a registry that was made to fail so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from trailer_tui.model.errors import RegistryError
from trailer_tui.model.reference import ImageReference


class _Login(Enum):
    """What a login has to do with the trouble."""

    IRRELEVANT = auto()
    WANTED = auto()
    """The registry does not know who asks."""
    TOO_WEAK = auto()
    """The registry will not do it for whoever asks; some answer so to strangers too, or hide a missing image so."""


@dataclass(frozen=True, slots=True)
class _Trouble:
    pattern: re.Pattern[str]
    problem: str
    hint: str
    """`{registry}` is put in."""
    login: _Login = _Login.IRRELEVANT


def _trouble(pattern: str, problem: str, hint: str, login: _Login = _Login.IRRELEVANT) -> _Trouble:
    return _Trouble(re.compile(pattern, re.IGNORECASE), problem, hint, login)


_WHO = "on the account that runs Trailer's server"

# The first that matches counts: "access denied" also says "repository does not exist".
_TROUBLES = (
    _trouble(
        r"HTTP response to HTTPS client|first record does not look like a TLS handshake",
        "the registry speaks http and the engine expects https",
        "give the registry a certificate, or add {registry} to insecure-registries in the host's daemon.json",
    ),
    _trouble(
        r"HTTP request to an HTTPS server|HTTP request was sent to HTTPS port",
        "the registry speaks https and the engine tried http",
        "take {registry} out of insecure-registries in the host's daemon.json",
    ),
    _trouble(
        r"x509:|certificate signed by unknown|tls:",
        "the engine does not trust the registry's certificate",
        "put the authority's certificate into /etc/docker/certs.d/{registry}/ca.crt on the Docker host",
    ),
    _trouble(
        r"toomanyrequests|rate limit|too many requests",
        "the registry allows no more requests now",
        f"wait, or log in {_WHO}: docker login {{registry}}",
    ),
    _trouble(
        r"unauthorized|authentication required|no basic auth credentials|401 Unauthorized"
        r"|incorrect username or password|authorization failed",
        "the registry wants a login",
        f"log in {_WHO}: docker login {{registry}}",
        _Login.WANTED,
    ),
    _trouble(
        r"access (?:to the resource is )?denied|insufficient_scope|\bdenied\b|403 Forbidden",
        "the registry denied access, or has no such repository",
        f"check the name; log in {_WHO}: docker login {{registry}}",
        _Login.TOO_WEAK,
    ),
    _trouble(
        # Podman's answer to a push that the registry does not let it do.
        r"HTTP status 500 and no message",
        "the engine does not say why",
        f"often it is the login {_WHO}: docker login {{registry}}; the log of the engine or of {{registry}} says more",
    ),
    _trouble(
        r"blob unknown|unknown blob|blob upload (?:unknown|invalid)",
        "the registry lacks a layer that it said it has",
        "try again; if it stays so, {registry} has lost data: its administrator can clean that up",
    ),
    _trouble(
        r"no matching manifest",
        "the registry has the image, but not for this host's platform",
        "choose another tag, or a host of the image's architecture",
    ),
    _trouble(
        r"manifest unknown|manifest for .* not found|name unknown|repository .* not found|404 Not Found|: not found",
        "the registry has no such image",
        "check the repository and the tag at {registry}; some registries want a repository made before a push",
    ),
    _trouble(
        r"no such host|server misbehaving|failure in name resolution",
        "the Docker host cannot find the registry's name",
        "check the spelling of {registry} and the name server of the Docker host",
    ),
    _trouble(
        r"connection refused|i/o timeout|no route to host|network is unreachable|Client\.Timeout"
        r"|context deadline exceeded|TLS handshake timeout",
        "the Docker host cannot reach the registry",
        "check that {registry} is up and reachable from the Docker host",
    ),
    _trouble(
        r"no space left on device",
        "the disk is full",
        "free disk space on the Docker host: docker system df shows what uses it. "
        "If there is enough, it is the disk of {registry}",
    ),
    _trouble(
        r"(?:status|code)\b.*\b5\d\d\b|500 Internal Server Error|502 Bad Gateway|503 Service|504 Gateway"
        r"|unknown: unknown error",
        "the registry failed with an error of its own",
        "look at the log and the disk of {registry}: often the disk is full. Then try again",
    ),
    _trouble(
        r"connection reset|broken pipe|use of closed network connection|GOAWAY|stream error|\bEOF\b",
        "the connection to the registry broke in the middle",
        "try again; if it stays so, look at the log of {registry} and at proxies on the way",
    ),
    _trouble(
        r"error parsing HTTP \d+ response body|invalid character '<'",
        "what answers there is no registry",
        "check the address {registry}, and that no proxy answers in its place",
    ),
    _trouble(
        r"An image does not exist locally|No such image|tag does not exist",
        "the Docker host has no such image",
        "build or tag it first",
    ),
)

_ABOUT_A_REGISTRY = re.compile(
    r"pull access denied|manifest|registry|/v2/|toomanyrequests|source metadata|no basic auth|^unauthorized:|^denied:"
    r"|failed to (?:authorize|do request|fetch \w+ token)|pulling from host",
    re.IGNORECASE,
)
_NAMED = re.compile(r"https?://([^/\s\"]+)/v2/|(?:for|host) ([a-z0-9.-]+(?::\d+)?)(?:/[^\s,]+,?)? ")

HasLogin = Callable[[str], bool | None]
"""Whether there are credentials for a registry; None when that cannot be known."""


def registry_error(
    doing: str, reference: ImageReference, message: str, *, has_login: bool | None = None
) -> RegistryError:
    """The error for a failed pull or push.

    Args:
        doing: `pull` or `push`.
        reference: what was asked for.
        message: the engine's words.
        has_login: whether credentials went along; None when that is not known.
    """
    registry = reference.registry
    found = _find(message)
    if found is None:
        problem, hint = "the registry or the engine reported an error", "try it by hand on the Docker host: docker "
        hint = f"look at the message; {hint}{doing}"
    else:
        problem, hint = _explained(found, has_login)
    return RegistryError(
        f"Could not {doing} {reference.familiar()} (registry {registry}): {problem}. The engine says: {message}",
        hint=hint.format(registry=registry),
    )


def build_trouble(message: str, registries: Sequence[str], has_login: HasLogin) -> tuple[str, str] | None:
    """What a build met that could not fetch an image: its cause, which names the registry, and what to do about it.

    Args:
        message: the engine's words; None is returned when they are about something else.
        registries: those that the Dockerfile names; the message does not always say which one it is about.
        has_login: asked only when a login has to do with it.
    """
    found = _find(message) if _ABOUT_A_REGISTRY.search(message) else None
    if found is None:
        return None
    named = _NAMED.search(message)
    registry = next((part for part in named.groups() if part), "") if named else ""
    if registry not in registries and len(registries) == 1:
        registry = registries[0]
    known = has_login(registry) if registry and found.login is not _Login.IRRELEVANT else None
    problem, hint = _explained(found, known)
    where = f"registry {registry}" if registry else "the registry of a base image"
    return f"{where}: {problem}. The engine says: {message}", hint.format(registry=registry or "that registry")


def _explained(trouble: _Trouble, has_login: bool | None) -> tuple[str, str]:
    """Problem and hint, by what is known of the login."""
    if trouble.login is _Login.IRRELEVANT or has_login is None:
        return trouble.problem, trouble.hint
    if not has_login:
        return f"{trouble.problem}, and there is no login for it in the Docker configuration", trouble.hint
    if trouble.login is _Login.WANTED:
        return (
            "the registry did not accept the login in the Docker configuration: the password is wrong or has expired",
            f"log in again {_WHO}: docker login {{registry}}",
        )
    return (
        f"{trouble.problem}; the login in the Docker configuration does not suffice",
        f"check the name, and what the account may do at {{registry}}; or log in {_WHO} as another",
    )


def _find(message: str) -> _Trouble | None:
    return next((trouble for trouble in _TROUBLES if trouble.pattern.search(message)), None)
