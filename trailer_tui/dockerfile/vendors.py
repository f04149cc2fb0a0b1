"""The commands that install an application from its vendor: a repository, a package file, an archive, pip."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from trailer_tui.dockerfile.distributions import Command, Value
from trailer_tui.dockerfile.packages import install
from trailer_tui.model.catalogue import Application, System
from trailer_tui.model.installation import (
    AptRepository,
    Architecture,
    Archive,
    DnfRepository,
    PackageFile,
    PythonTool,
    Route,
    Url,
)

_MACHINES: dict[str, str] = {"amd64": "x86_64", "arm64": "aarch64"}
"""What `uname -m` calls an architecture."""

_MENU_FOLDER = "/usr/share/applications"


def vendor_commands(application: Application, system: System, route: Route) -> list[Command]:
    """What installs an application on a system by the way that is not the distribution's; needs the route's packages.

    Args:
        application: to be installed.
        system: where.
        route: how, with one way beside packages.
    """
    match route.vendor:
        case AptRepository() as repository:
            commands = [*_only_for(application, route), *_from_apt(system, repository)]
        case DnfRepository() as repository:
            commands = [*_only_for(application, route), *_from_dnf(system, repository)]
        case PackageFile() as file:
            commands = _from_file(application, system, file)
        case Archive() as archive:
            commands = _from_archive(application, archive)
        case PythonTool() as tool:
            commands = _from_pip(tool)
        case None:
            commands = []
    return commands


def finishing_commands(routes: Sequence[Route]) -> list[Command]:
    """What is done to files of applications once they are installed."""
    removed = tuple(path for route in routes for path in route.remove)
    programs = tuple(program for route in routes for program in route.no_sandbox)
    commands = [Command("remove", {"paths": removed})] if removed else []
    if programs:
        commands.append(Command("no_sandbox", {"expressions": tuple(_without_sandbox(one) for one in programs)}))
    return commands


def architecture_commands(application: Application, route: Route) -> list[Command]:
    """What ends the build on a machine that the application does not exist for."""
    return _only_for(application, route)


def _only_for(application: Application, route: Route) -> list[Command]:
    if not route.architectures:
        return []
    machines = tuple(_MACHINES[one] for one in route.architectures)
    return [Command("architecture", {"machines": machines, "reason": _no_other(application, route.architectures)})]


def _no_other(application: Application, architectures: Sequence[Architecture]) -> str:
    return f"{application.label} is there for {' and '.join(architectures)} alone"


def _from_apt(system: System, repository: AptRepository) -> list[Command]:
    keyring = f"/etc/apt/keyrings/{repository.name}.{'asc' if repository.key_is_armored else 'gpg'}"
    words = [f"deb [signed-by={keyring}]", repository.address, repository.suite, *repository.components]
    sources = f"/etc/apt/sources.list.d/{repository.name}.list"
    values: dict[str, Value] = {
        "keyring": keyring,
        "key": repository.key,
        "source": " ".join(words),
        "list": sources,
        "pin": f"Pin-Priority: {repository.pin}" if repository.pin is not None else None,
        "origin": f"Pin: origin {urlsplit(repository.address).hostname}",
        "preferences": f"/etc/apt/preferences.d/{repository.name}",
    }
    commands = [Command("apt_repository", values), install(system, repository.packages)]
    # Packages of vendors bring a list of their own, and apt stops at two that name one repository and two keys.
    return commands if repository.pin is not None else [*commands, Command("remove", {"paths": (sources, keyring)})]


def _from_dnf(system: System, repository: DnfRepository) -> list[Command]:
    file = f"/etc/yum.repos.d/{repository.name}.repo"
    lines = (
        f"[{repository.name}]",
        f"name={repository.name}",
        f"baseurl={repository.address}",
        "enabled=1",
        "gpgcheck=1",
        f"gpgkey={repository.key}",
    )
    return [
        Command("dnf_repository", {"lines": lines, "file": file}),
        install(system, repository.packages),
        Command("remove", {"paths": (file,)}),
    ]


def _from_file(application: Application, system: System, file: PackageFile) -> list[Command]:
    path = f"/tmp/{application.id}.{'deb' if system in ('debian', 'ubuntu') else 'rpm'}"  # noqa: S108  # in a build
    return [
        _address(application, file.addresses),
        Command("fetch", {"file": path}),
        install(system, [path]),
        Command("remove", {"paths": (path,)}),
    ]


def _from_archive(application: Application, archive: Archive) -> list[Command]:
    path = f"/tmp/{application.id}.archive"  # noqa: S108  # in a build
    commands = [
        _address(application, archive.addresses),
        Command("fetch", {"file": path}),
        Command("unpack", {"file": path, "folder": archive.folder}),
        Command("remove", {"paths": (path,)}),
        *(Command("link", {"program": f"{archive.folder}/{program}"}) for program in archive.programs),
    ]
    return [*commands, _menu_entry(application, archive)] if archive.menu is not None else commands


def _menu_entry(application: Application, archive: Archive) -> Command:
    lines = (
        "[Desktop Entry]",
        "Type=Application",
        f"Name={application.label}",
        f"Comment={application.description}",
        f"Exec={archive.folder}/{archive.menu}",
    )
    file = f"{_MENU_FOLDER}/{application.id}.desktop"
    return Command("write", {"folder": _MENU_FOLDER, "lines": lines, "file": file})


def _from_pip(tool: PythonTool) -> list[Command]:
    programs = (f"{tool.folder}/bin/{program}" for program in tool.programs)
    return [
        Command("python", {"folder": tool.folder, "pip": f"{tool.folder}/bin/pip", "packages": tool.packages}),
        *(Command("link", {"program": program}) for program in programs),
    ]


def _address(application: Application, addresses: dict[Architecture, Url]) -> Command:
    shown = tuple((_MACHINES[one], address) for one, address in sorted(addresses.items()))
    return Command("address", {"addresses": shown, "reason": _no_other(application, sorted(addresses))})


def _without_sandbox(program: str) -> str:
    """An expression of sed for the menu entry, which may leave the program's folder to PATH."""
    name = program.rpartition("/")[2]
    return rf"s#^Exec=\({program}\|{name}\)\( \|$\)#Exec=\1 --no-sandbox --password-store=basic\2#"
