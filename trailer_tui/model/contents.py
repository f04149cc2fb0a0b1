"""What a configuration puts into an image beside its base: environments, services, user, startup, files, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trailer_tui.model.environment import Environment
    from trailer_tui.model.image import ImageConfiguration
    from trailer_tui.model.image_file import ImageFile
    from trailer_tui.model.services import Services
    from trailer_tui.model.startup import StartupCommand
    from trailer_tui.model.workspace_user import WorkspaceUser

Labelled = tuple[str, str]
"""A label, and a value of one or more lines."""


def contents(configuration: ImageConfiguration) -> list[Labelled]:
    """What is asked for, in the order of the form's sections; nothing that is left out."""
    if configuration.mode == "pull":
        return []
    environments = configuration.environments if configuration.mode == "generate" else []
    found = [
        ("Environments", "\n".join(line for environment in environments for line in _environment(environment))),
        *_services(configuration.services),
        ("User", _user(configuration.user)),
        ("Startup", "\n".join(_command(command) for command in configuration.startup)),
        ("Files", "\n".join(_file(file) for file in configuration.files)),
    ]
    return [(label, value) for label, value in found if value]


def _environment(environment: Environment) -> list[str]:
    lines = [f"{environment.name} from {', '.join(environment.channels) or 'no channel'}"]
    lines += [f"  conda: {', '.join(map(str, environment.conda))}"] if environment.conda else []
    lines += [f"  pypi: {', '.join(map(str, environment.pypi))}"] if environment.pypi else []
    return lines


def _services(services: Services) -> list[Labelled]:
    desktop = ""
    if services.desktop is not None and services.desktop.operating_system == "windows":
        desktop = f"Windows, edition {services.desktop.edition}, user {services.desktop.username}"
    elif services.desktop is not None:
        desktop = f"{services.desktop.operating_system} with {services.desktop.environment}"
    if services.desktop is not None:
        desktop += f", keyboard {services.desktop.keyboard}" if services.desktop.keyboard else ""
        desktop += f", language {services.desktop.language}" if services.desktop.language else ""
    return [
        ("Desktop", desktop),
        ("Applications", ", ".join(services.applications)),
        ("Desktop apps", ", ".join(services.desktop_applications)),
    ]


def _user(user: WorkspaceUser) -> str:
    group = _account(user.group, user.gid)
    return ", ".join(filter(None, [_account(user.name, user.uid), f"group {group}" if group else ""]))


def _account(name: str, number: int | None) -> str:
    if number is None:
        return name
    return f"{name} ({number})" if name else str(number)


def _command(command: StartupCommand) -> str:
    return f"{command.environment}: {command.command}" if command.environment else command.command


def _file(file: ImageFile) -> str:
    return f"{file.destination} from {file.file if file.source == 'archive' else file.url}"
