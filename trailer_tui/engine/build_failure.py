"""The error for a failed build, with the remedy where the builder's message shows one."""

from __future__ import annotations

import re

from trailer_tui.engine.credentials import CredentialsUnreadable, credentials_for
from trailer_tui.engine.git_errors import git_trouble
from trailer_tui.engine.named_registries import named_registries
from trailer_tui.engine.registry_errors import build_trouble
from trailer_tui.model.errors import BuildFailed

_UNREADABLE = re.compile(
    r"dockerfile parse error|the Dockerfile cannot be empty|file with no instructions|no build stage in current",
    re.IGNORECASE,
)

_HEAD, _TAIL = 160, 60
"""Characters of an engine's sentence about a failed command that are kept; the exit code stands at its end."""


def build_failure(cause: str, message: str, exit_code: int | None, dockerfile: str) -> BuildFailed:
    """What to raise for a build of `dockerfile` that ended so.

    Args:
        cause: what the failed step said.
        message: all that the engine said of the failure.
        exit_code: that of the failed command; None when none failed.
        dockerfile: names the registries that may be meant.
    """
    # What a command printed or is called is no message of git or of a registry.
    if exit_code is None:
        trouble = git_trouble(cause) or build_trouble(message, named_registries(dockerfile, {}), _has_login)
        if trouble is not None:
            return BuildFailed(trouble[0], hint=trouble[1])
    hint = "correct the Dockerfile" if exit_code is None and _UNREADABLE.search(message) else ""
    if "no space left on device" in message:
        hint = "free disk space on the Docker host: docker system df shows what uses it"
    return BuildFailed(cause if exit_code is None else _shortened(cause), exit_code=exit_code, hint=hint)


def _shortened(cause: str) -> str:
    """What an engine says of a failed command, without the middle of a long one: its step shows the whole."""
    if len(cause) <= _HEAD + _TAIL:
        return cause
    return f"{' '.join(cause[:_HEAD].split())} … {' '.join(cause[-_TAIL:].split())}"


def _has_login(registry: str) -> bool | None:
    try:
        return not credentials_for(registry).anonymous
    except CredentialsUnreadable:
        return None
