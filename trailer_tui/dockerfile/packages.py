"""Packages of a distribution, installed in one step that leaves no lists behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from trailer_tui.dockerfile.plan import Section
from trailer_tui.dockerfile.quoting import UserText

_FIELD = "configuration.services"

FAMILIES = ("debian", "alpine", "redhat", "suse", "arch")
"""Distribution families in the order in which a step looks for their package managers."""


def install_packages(
    title: str, wanted: Mapping[str, Sequence[str]], family: str | None, *, refusals: Mapping[str, str] | None = None
) -> Section:
    """The step that installs packages.

    Args:
        title: what for, the comment above the step.
        wanted: names of packages by family.
        family: of the base; None makes a step that finds out by the package manager that is there.
        refusals: by family, why it cannot be done there; the step fails with these words.
    """
    refusals = refusals or {}
    known = [name for name in FAMILIES if name in wanted or name in refusals]
    return "packages", {
        "title": UserText(_FIELD, title),
        "must_find_out": family is None,
        "families": [_family(name, title, wanted, refusals) for name in ([family] if family else known)],
        "failure": UserText(_FIELD, f"{title}: this base has no package manager that Trailer knows"),
    }


def _family(name: str, title: str, wanted: Mapping[str, Sequence[str]], refusals: Mapping[str, str]) -> dict[str, Any]:
    refusal = refusals.get(name, "" if name in wanted else f"{title}: not available for this distribution")
    return {
        "name": name,
        "command": "packages/refused.j2" if refusal else f"packages/{name}.j2",
        "packages": [UserText(_FIELD, package) for package in wanted.get(name, ())],
        "refusal": UserText(_FIELD, refusal),
    }
