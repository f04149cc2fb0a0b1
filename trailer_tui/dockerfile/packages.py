"""Packages of a distribution, installed in one step that leaves no lists behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from trailer_tui.dockerfile.distributions import FAMILIES, Command, refused, step
from trailer_tui.dockerfile.plan import Section

Found = TypeVar("Found")

_FIELD = "configuration.services"
_FAMILY_OF = {system: family for family, systems in FAMILIES.items() for system in systems}


def install_packages(
    title: str,
    wanted: Mapping[str, Sequence[str]],
    family: str | None,
    *,
    system: str | None = None,
    refusals: Mapping[str, str] | None = None,
) -> Section:
    """The step that installs packages.

    Args:
        title: what for, the comment above the step.
        wanted: names of packages by family, or by system where its names differ from its family's.
        family: of the base; None makes a step that finds out at build time.
        system: of the base, where it is known.
        refusals: by family or system, why it cannot be done there; the step fails with these words.
    """
    refusals = refusals or {}
    commands: dict[str, list[Command]] = {}
    for one, its_family in _FAMILY_OF.items():
        reason = _first(refusals, one, its_family)
        packages = _first(wanted, one, its_family)
        if reason:
            commands[one] = [refused(f"{title}: {reason}")]
        elif packages:
            commands[one] = [install(one, packages)]
    failure = f"{title}: Trailer does not know how on this base image"
    return step(_FIELD, title, commands, family=family, system=system, failure=failure)


def install(system: str, packages: Sequence[str]) -> Command:
    """The command that installs packages on a system and cleans up after itself."""
    return Command(f"install_{_FAMILY_OF[system]}", {"packages": tuple(packages)})


def _first(found: Mapping[str, Found], system: str, family: str) -> Found | None:
    return found.get(system) or found.get(family)
