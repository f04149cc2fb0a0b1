"""Docker hosts and what they say they can do."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from trailer_tui.model.status import HostState
from trailer_tui.printable import first_control_character

_SCHEMES = ("unix://", "tcp://", "ssh://")


def _address(value: str) -> str:
    if not value.startswith(_SCHEMES) or value in _SCHEMES:
        raise ValueError(f"is no Docker host address: write {', '.join(_SCHEMES)} and a path or host")
    if first_control_character(value) or " " in value:
        raise ValueError("holds a space or a control character: remove it")
    return value


class Capabilities(BaseModel):
    """What an engine answered when asked; code asks these, never a version number."""

    model_config = ConfigDict(extra="ignore")

    engine_version: str
    api_version: str
    operating_system: str
    """`linux` or `windows`."""
    architecture: str
    builder: str = "classic"
    """The builder that Trailer uses on this host."""
    heredocs: bool = False
    """Whether that builder understands heredocs in a Dockerfile."""
    git_sources: bool = False
    platforms: list[str] = []
    image_store: str = ""
    """The storage driver."""
    experimental: bool = False
    cpus: int = 0
    memory: int = 0
    """Bytes."""


class HostDraft(BaseModel):
    """What an administrator decides about a host."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    address: Annotated[str, AfterValidator(_address)]
    enabled: bool = True
    parallel_builds: int = Field(default=2, ge=1, le=64)
    squash_default: bool = False


class Host(HostDraft):
    """A host as it is stored, with its live state."""

    id: int
    state: HostState = HostState.UNKNOWN
    capabilities: Capabilities | None = None
    error: str = ""
    """The engine's or the transport's own words when it is offline."""
    hint: str = ""
    """What to do about it."""
    offline_since: datetime | None = None
    next_check_at: datetime | None = None
    running: int = 0
    """Builds that run there now."""
    queued: int = 0
