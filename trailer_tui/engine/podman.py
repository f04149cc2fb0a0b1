"""What tells Podman's Docker-compatible service from Docker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def is_podman(version: Mapping[str, Any]) -> bool:
    """Whether this answer to `/version` is Podman's."""
    return any("Podman" in str(component.get("Name")) for component in version.get("Components") or ())
