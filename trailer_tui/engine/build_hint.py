"""The remedy for a failed build, where the builder's message shows one."""

from __future__ import annotations

from trailer_tui.engine.registry_errors import is_registry_trouble, registry_hint


def build_hint(message: str) -> str:
    """What to do about a build that ended with this message; empty when only its output tells."""
    if "no space left on device" in message:
        return "free disk space on the Docker host: docker system df shows what uses it"
    return registry_hint(message) if is_registry_trouble(message) else ""
