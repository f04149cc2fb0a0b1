"""Packages of a distribution, installed by a command that leaves no lists behind."""

from __future__ import annotations

from collections.abc import Sequence

from trailer_tui.dockerfile.distributions import FAMILIES, Command

_FAMILY_OF = {system: family for family, systems in FAMILIES.items() for system in systems}


def install(system: str, packages: Sequence[str]) -> Command:
    """The command that installs packages on a system and cleans up after itself."""
    return Command(f"install_{_FAMILY_OF[system]}", {"packages": tuple(packages)})
