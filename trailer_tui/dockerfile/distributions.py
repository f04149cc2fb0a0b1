"""Steps that differ between distributions: for the one that the base is, or finding out at build time which it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from textwrap import wrap
from typing import Any

from trailer_tui.catalog.base_images import system_of
from trailer_tui.dockerfile.plan import Section
from trailer_tui.dockerfile.quoting import Quoted, UserText
from trailer_tui.model.catalogue import Catalogue
from trailer_tui.model.services import LinuxDesktop, Services

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "debian": ("ubuntu", "debian"),
    "redhat": ("el", "fedora"),
    "alpine": ("alpine",),
    "arch": ("arch",),
    "suse": ("suse",),
}
"""Systems by family, those that name another one as like them first: that is the order in which a step asks."""

_PATTERNS = {
    "ubuntu": Quoted('*" ubuntu "*'),
    "debian": Quoted('*" debian "*'),
    "el": Quoted('*" rhel "*|*" centos "*|*" ol "*'),
    "fedora": Quoted('*" fedora "*'),
    "alpine": Quoted('*" alpine "*'),
    "arch": Quoted('*" arch "*'),
    "suse": Quoted('*" suse "*|*" opensuse "*'),
}
"""How a shell knows a system by the words ID and ID_LIKE of /etc/os-release."""

_COMMENT_CHARACTERS = 100

Value = str | int | None | tuple["Value", ...]


@dataclass(frozen=True, slots=True)
class Command:
    """Part of a step: a template of the folder `commands`, and what it may show."""

    template: str
    values: Mapping[str, Value] = field(default_factory=dict)


def distribution(services: Services, base: str, catalogue: Catalogue) -> tuple[str | None, str | None]:
    """Family and system of a base image, where they are known.

    Args:
        services: a desktop that is chosen says what its image is, wherever that comes from.
        base: reference of the base image.
        catalogue: knows systems and desktop images.
    """
    if services.is_windows:
        return None, None
    desktop = services.desktop
    system = desktop.operating_system if isinstance(desktop, LinuxDesktop) else system_of(base, catalogue)
    entry = catalogue.system(system) if system else None
    return (entry.family, entry.id) if entry is not None else (None, None)


def step(
    name: str,
    title: str,
    commands: Mapping[str, Sequence[Command]],
    *,
    family: str | None,
    system: str | None,
    failure: str,
) -> Section:
    """The step that runs the commands of the base's system.

    Args:
        name: the form's field that asks for it, for errors.
        title: the comment above it.
        commands: by system; a system that is missing fails with the words of `failure`.
        family: of the base, where it is known.
        system: of the base, where it is known; otherwise the step finds out.
        failure: what a base that is none of these is told.
    """
    asked = (system,) if system else FAMILIES[family] if family else tuple(chain.from_iterable(FAMILIES.values()))
    branches = _branches({one: commands.get(one) or [refused(failure)] for one in asked})
    must_find_out = family is None or len(branches) > 1
    return "distribution", {
        "title": [UserText(name, line) for line in wrap(title, _COMMENT_CHARACTERS)],
        "must_find_out": must_find_out,
        "branches": [
            {"pattern": Quoted("|".join(_PATTERNS[one] for one in systems)), "commands": _shown(name, found)}
            for systems, found in branches
        ],
        "failure": UserText(name, failure),
    }


def refused(reason: str) -> Command:
    """The command that ends the build with a reason."""
    return Command("refused", {"reason": reason})


def _branches(commands: Mapping[str, Sequence[Command]]) -> list[tuple[list[str], Sequence[Command]]]:
    """Systems with the same commands together, as far as the order within families lets them."""
    branches: list[tuple[list[str], Sequence[Command]]] = []
    for system, found in commands.items():
        family = next(systems for systems in FAMILIES.values() if system in systems)
        # One of the same family that stands later would be asked later, and might be meant too.
        first = max((i for i, (systems, _) in enumerate(branches) if set(systems) & set(family)), default=0)
        same = [systems for systems, known in branches[first:] if known == found]
        if same:
            same[0].append(system)
        else:
            branches.append(([system], found))
    return branches


def _shown(name: str, commands: Sequence[Command]) -> list[dict[str, Any]]:
    return [
        {"template": f"commands/{command.template}.j2"}
        | {key: _user_text(name, value) for key, value in command.values.items()}
        for command in commands
    ]


def _user_text(name: str, value: Value) -> Any:
    if isinstance(value, str):
        return UserText(name, value)
    if isinstance(value, tuple):
        return [_user_text(name, item) for item in value]
    return value
