"""The part of a Dockerfile that is about services: applications, a Linux desktop, Windows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from trailer_tui.dockerfile.desktops import linux_desktop, windows_desktop
from trailer_tui.dockerfile.distributions import FAMILIES, Command, refused, step
from trailer_tui.dockerfile.packages import install
from trailer_tui.dockerfile.plan import Part, Plan, Section
from trailer_tui.dockerfile.service_problems import application_problems
from trailer_tui.dockerfile.vendors import architecture_commands, finishing_commands, vendor_commands
from trailer_tui.model.catalogue import Application, System
from trailer_tui.model.errors import InvalidInput
from trailer_tui.model.installation import AptRepository, Archive, PackageFile, PythonTool, Route
from trailer_tui.model.services import LinuxDesktop, WindowsDesktop

_FIELD = "configuration.services"
_SYSTEMS: tuple[System, ...] = get_args(System)
_REMEDY = "choose another base image, or leave it out"


def services(plan: Plan) -> Part:
    """What the services of a configuration ask for.

    Raises:
        InvalidInput: the catalogue does not have it, or not for the base image.
    """
    desktop = plan.configuration.services.desktop
    if isinstance(desktop, WindowsDesktop):
        return windows_desktop(desktop)
    chosen = _chosen(plan)
    steps = _application_steps(plan, chosen)
    notes = tuple(_notes(plan, chosen))
    if isinstance(desktop, LinuxDesktop):
        settings = linux_desktop(desktop, plan.inputs.catalogue)
        return Part(steps=(*steps, *settings.steps), notes=(*settings.notes, *notes))
    return Part(steps=steps, notes=notes)


def _chosen(plan: Plan) -> list[Application]:
    """The applications by label, each once: in which order somebody clicked them changes no step."""
    wanted = plan.configuration.services
    catalogue = plan.inputs.catalogue
    problems = application_problems(wanted, catalogue, system=plan.system, family=plan.family)
    if problems:
        raise InvalidInput("; ".join(problem.sentence() for problem in problems), fields=tuple(problems))
    ids = {*wanted.applications, *wanted.desktop_applications}
    found = [one for one in catalogue.applications if one.id in ids]
    return sorted(found, key=lambda one: one.label.casefold())


def _notes(plan: Plan, chosen: Iterable[Application]) -> Iterable[str]:
    for one in chosen:
        if one.note:
            yield f"{one.label}: {one.note}"
        if one.desktop_note and plan.is_desktop:
            yield f"{one.label}: {one.desktop_note}"


@dataclass(frozen=True, slots=True)
class _Applications:
    """The applications of one image."""

    plan: Plan
    chosen: Sequence[Application]

    def route(self, application: Application, system: System) -> Route:
        return application.route(system, on_desktop=self.plan.is_desktop)

    def step(self, title: str, commands: Mapping[System, list[Command]]) -> Section:
        failure = f"{title}: Trailer does not know this base image's distribution: {_REMEDY}"
        home = [Command("home")] if self.plan.is_desktop else []  # else what runs would fill the user's home
        shown: dict[str, list[Command]] = {system: [*home, *found] for system, found in commands.items()}
        return step(_FIELD, title, shown, family=self.plan.family, system=self.plan.system, failure=failure)


def _application_steps(plan: Plan, chosen: Sequence[Application]) -> tuple[Section, ...]:
    """One step for the packages of all, then one for each that comes from its vendor."""
    applications = _Applications(plan, chosen)
    possible = [plan.system] if plan.system else FAMILIES[plan.family] if plan.family else _SYSTEMS
    systems = [system for system in _SYSTEMS if system in possible]
    with_packages = [one for one in chosen if any(applications.route(one, s).packages for s in systems)]
    from_vendors = [one for one in chosen if any(applications.route(one, s).vendor for s in systems)]
    sections: list[Section] = []
    found = {system: _package_commands(applications, system) for system in systems}
    if any(found.values()):
        names = ", ".join(one.label for one in with_packages) or "what fetches the programs below"
        nothing = [Command("nothing")]
        sections.append(applications.step(f"Packages: {names}", {s: c or nothing for s, c in found.items()}))
    for one in from_vendors:
        found = {system: _vendor_commands(applications, one, system) for system in systems}
        sections.append(applications.step(f"{one.label}, {_way(applications, one, systems)}", found))
    return tuple(sections)


def _way(applications: _Applications, application: Application, systems: Iterable[System]) -> str:
    ways = [applications.route(application, system).vendor for system in systems]
    return (
        "in a Python environment of its own" if any(isinstance(way, PythonTool) for way in ways) else "from its vendor"
    )


def _package_commands(applications: _Applications, system: System) -> list[Command]:
    """Everything that the system's own packages give, or why something cannot be had there."""
    routes = {one.id: applications.route(one, system) for one in applications.chosen}
    reasons = [
        f"{one.label}: {routes[one.id].unavailable}" for one in applications.chosen if routes[one.id].unavailable
    ]
    if reasons:
        return [refused(f"{'; '.join(reasons)}: {_REMEDY}")]
    own = [route for route in routes.values() if route.vendor is None]
    names = _unique([*_needed_to_fetch(applications, system, routes.values()), *_packages(routes.values())])
    if not names:
        return []
    checks = [
        command
        for one in applications.chosen
        if routes[one.id].vendor is None
        for command in architecture_commands(one, routes[one.id])
    ]
    return [
        *checks,
        *_enabled(applications, system, routes.values()),
        install(system, names),
        *finishing_commands(own),
    ]


def _vendor_commands(applications: _Applications, application: Application, system: System) -> list[Command]:
    route = applications.route(application, system)
    if route.unavailable:
        return [refused(f"{application.label}: {route.unavailable}: {_REMEDY}")]
    commands = vendor_commands(application, system, route)
    # Without commands it came with the packages above, or is there.
    return [*commands, *finishing_commands([route])] if commands else [Command("nothing")]


def _needed_to_fetch(applications: _Applications, system: System, routes: Iterable[Route]) -> Sequence[str]:
    fetches = any(isinstance(route.vendor, AptRepository | PackageFile | Archive) for route in routes)
    entry = applications.plan.inputs.catalogue.system(system)
    return entry.fetch_packages if fetches and entry is not None else ()


def _packages(routes: Iterable[Route]) -> list[str]:
    return [package for route in routes for package in route.packages]


def _enabled(applications: _Applications, system: System, routes: Iterable[Route]) -> list[Command]:
    """What enables the repositories of the system that applications need and that its image lacks."""
    entry = applications.plan.inputs.catalogue.system(system)
    wanted = {name for route in routes for name in route.repositories}
    return [
        Command("enable_redhat", {"package": repository.package, "program": repository.command})
        for repository in (entry.repositories if entry is not None else ())
        if repository.id in wanted and not (applications.plan.is_desktop and repository.on_desktop)
    ]


def _unique(names: Iterable[str]) -> list[str]:
    return sorted(set(names))
