"""What the parts of a generated Dockerfile know of the whole, and what each gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from trailer_tui.dockerfile.context import ContextEntry
from trailer_tui.dockerfile.inputs import BuildInputs
from trailer_tui.model.image import GenerateConfiguration, WriteConfiguration

CONTEXT_FOLDER = ".trailer"
"""Where Trailer's own files lie in the build context."""

BASE_USER = "TRAILER_BASE_USER"
"""The build argument that carries the user of the base image, which only the engine knows."""

Section = tuple[str, dict[str, Any]]
"""A template's name without `.j2`, and what it may show."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One build context that is being made."""

    configuration: GenerateConfiguration | WriteConfiguration
    inputs: BuildInputs
    family: str | None
    """The distribution family of the final stage's base: `debian`, `alpine`, `redhat`, `suse` or `arch`; None when it
    is not known, and steps have to find out."""
    system: str | None = None
    """The distribution of that base by the catalogue's ids, such as `ubuntu`, where it is known."""

    @property
    def is_desktop(self) -> bool:
        """Whether the base is a Linux desktop, whose own init runs everything."""
        services = self.configuration.services
        return services.desktop is not None and not services.is_windows

    @property
    def is_windows(self) -> bool:
        """Whether Windows is installed in a container that must stay as its base image is."""
        return self.configuration.services.is_windows


@dataclass(frozen=True, slots=True)
class Part:
    """What one concern adds."""

    stages: tuple[Section, ...] = ()
    """Whole stages before the final one."""
    steps: tuple[Section, ...] = ()
    """Instructions of the final stage, which run as root."""
    end: tuple[Section, ...] = ()
    """Instructions behind the last step and USER: ENTRYPOINT, CMD, STOPSIGNAL."""
    entries: tuple[ContextEntry, ...] = field(default=())
    """Files of the build context, below `CONTEXT_FOLDER`."""
    user: str = ""
    """What USER names at the end, already checked; empty keeps the base image's."""
    group: str = ""
    """The group that USER names at the end together with the base image's user; empty keeps the base image's."""
    notes: tuple[str, ...] = ()
    """What had better be known of the result."""


PartMaker = Callable[[Plan], Part]
