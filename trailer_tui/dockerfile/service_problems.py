"""What the catalogue has against the services of a configuration: models alone cannot know."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from trailer_tui.catalog.base_images import system_of
from trailer_tui.dockerfile.bases import final_base
from trailer_tui.dockerfile.distributions import distribution
from trailer_tui.dockerfile.parse import parse
from trailer_tui.model.catalogue import Catalogue, Choice, Kind
from trailer_tui.model.errors import FieldProblem
from trailer_tui.model.image import GenerateConfiguration, ImageConfiguration, PullConfiguration, WriteConfiguration
from trailer_tui.model.services import LinuxDesktop, Services, WindowsDesktop

_FIELD = "configuration.services"
_LIST = "`trailer catalog` lists them"


def service_problems(configuration: ImageConfiguration, catalogue: Catalogue) -> list[FieldProblem]:
    """Everything in the services that there is not, or not for this base image; empty when all can be built."""
    if isinstance(configuration, PullConfiguration):
        return []
    services = configuration.services
    base = _base(configuration)
    family, system = distribution(services, base, catalogue)
    return [
        *_desktop_problems(services, catalogue),
        *_base_problems(configuration, base, catalogue),
        *application_problems(services, catalogue, system=system, family=family),
    ]


def application_problems(
    services: Services, catalogue: Catalogue, *, system: str | None, family: str | None
) -> list[FieldProblem]:
    """The applications that there are not, or not for the base image.

    Args:
        services: what is chosen.
        catalogue: what there is.
        system: of the base image, where it is known.
        family: of the base image, where it is known.
    """
    on_desktop = isinstance(services.desktop, LinuxDesktop)
    lists: Sequence[tuple[str, Kind, Sequence[str]]] = (
        ("applications", "general", services.applications),
        ("desktop_applications", "desktop", services.desktop_applications),
    )
    found: list[FieldProblem] = []
    for name, kind, ids in lists:
        for number, application_id in enumerate(ids):
            field = f"{_FIELD}.{name}.{number}"
            application = catalogue.application(application_id)
            if application is None or application.kind != kind:
                found.append(_unknown_application(field, application_id, kind, catalogue))
                continue
            reason = catalogue.reason_against(application, system=system, family=family, on_desktop=on_desktop)
            if reason:
                problem = f"is not available on {catalogue.system_label(system or '') or family}, {reason}"
                found.append(FieldProblem(field, application_id, problem, "choose another base image, or remove it"))
    return found


def _unknown_application(field: str, application_id: str, kind: Kind, catalogue: Catalogue) -> FieldProblem:
    other = catalogue.application(application_id)
    if other is not None:
        right = "desktop_applications" if other.kind == "desktop" else "applications"
        return FieldProblem(field, application_id, f"is no {kind} application", f"write it under {right}")
    near = catalogue.nearest(application_id, kind)
    meant = f"did you mean {near}? " if near else ""
    return FieldProblem(field, application_id, f"is no {kind} application of the catalogue", f"{meant}{_LIST}")


def _desktop_problems(services: Services, catalogue: Catalogue) -> list[FieldProblem]:
    desktop = services.desktop
    field = f"{_FIELD}.desktop"
    if isinstance(desktop, WindowsDesktop):
        windows = catalogue.windows
        return [
            *_code_problems(f"{field}.keyboard", desktop.keyboard, "keyboard of Windows", windows.keyboards),
            *_code_problems(f"{field}.language", desktop.language, "language of Windows", windows.languages),
        ]
    if desktop is None:
        return []
    found = [
        *_code_problems(f"{field}.keyboard", desktop.keyboard, "keyboard layout", catalogue.keyboards),
        *_code_problems(f"{field}.language", desktop.language, "language", catalogue.languages),
    ]
    if catalogue.desktop_image(desktop.operating_system, desktop.environment) is None:
        label = catalogue.system_label(desktop.operating_system)
        there = ", ".join(image.environment for image in catalogue.environments_of(desktop.operating_system))
        problem = f"is no environment of {label}'s desktop images"
        found.append(FieldProblem(f"{field}.environment", desktop.environment, problem, f"choose one of {there}"))
    return found


def _code_problems(field: str, code: str, what: str, choices: Iterable[Choice]) -> list[FieldProblem]:
    if not code or any(choice.code == code for choice in choices):
        return []
    return [FieldProblem(field, code, f"is no {what} of the catalogue", _LIST)]


def _base(configuration: GenerateConfiguration | WriteConfiguration) -> str:
    if isinstance(configuration, GenerateConfiguration):
        return configuration.base_image
    return final_base(parse(configuration.dockerfile)) or ""


def _base_problems(
    configuration: GenerateConfiguration | WriteConfiguration, base: str, catalogue: Catalogue
) -> list[FieldProblem]:
    """A base image that is known to be another one than the desktop's; a mirror's reference is nobody's business."""
    desktop = configuration.services.desktop
    if desktop is None:
        return []
    if isinstance(desktop, WindowsDesktop):
        wanted, what = catalogue.windows.reference, "Windows"
    else:
        image = catalogue.desktop_image(desktop.operating_system, desktop.environment)
        if image is None:
            return []
        wanted, what = image.reference, f"{catalogue.system_label(desktop.operating_system)} with {image.label}"
    if base == wanted or not (base == catalogue.windows.reference or system_of(base, catalogue)):
        return []
    field = (
        "configuration.base_image" if isinstance(configuration, GenerateConfiguration) else "configuration.dockerfile"
    )
    return [FieldProblem(field, base, f"is not the desktop image of {what}", f"build on {wanted}, or a mirror of it")]
