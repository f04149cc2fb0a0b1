"""What services imply for other fields of the image form."""

from __future__ import annotations

from trailer_tui.model.catalogue import Catalogue, DesktopImage
from trailer_tui.model.image import DEFAULT_BASE_IMAGE
from trailer_tui.model.prefill import (
    BASE_IMAGE_FIELD,
    DESKTOP_FIELD,
    SQUASH_FIELD,
    Prefill,
    PrefilledField,
    PrefillRequest,
)

DEFAULT_SYSTEM = "debian"
DEFAULT_ENVIRONMENT = "xfce"
_WINDOWS = "windows"
_ARCHITECTURES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


def prefill(request: PrefillRequest, catalogue: Catalogue, *, architecture: str = "") -> Prefill:
    """Values for the fields that follow from others, but never for one that was edited.

    Args:
        request: the form; may hold what is not valid.
        catalogue: what there is.
        architecture: of the build host, as its engine calls it; empty when it is not known.
    """
    if request.mode == "pull":
        return Prefill()
    found: list[PrefilledField] = []
    system, environment = request.operating_system, request.environment
    if not _is_edited(request, DESKTOP_FIELD):
        system, environment, reason = _desktop(request, catalogue)
        if reason:
            value = {"operating_system": system, "environment": environment}
            found.append(PrefilledField(field=DESKTOP_FIELD, value=value, reason=reason))
    found += [*_base_image(request, catalogue, system, environment), *_squash(request, catalogue, system)]
    return Prefill(fields=found, warnings=_warnings(request, catalogue, system, architecture))


def _desktop(request: PrefillRequest, catalogue: Catalogue) -> tuple[str, str, str]:
    """System and environment as they shall be, and why they change; without a reason they stay."""
    system, environment = request.operating_system, request.environment
    if not system and request.desktop_applications:
        first = catalogue.application_label(request.desktop_applications[0])
        return DEFAULT_SYSTEM, DEFAULT_ENVIRONMENT, f"{first} needs a desktop"
    valid = catalogue.environments_of(system)
    if valid and catalogue.desktop_image(system, environment) is None:
        label = catalogue.system_label(system)
        chosen = catalogue.desktop_image(system, DEFAULT_ENVIRONMENT) or valid[0]
        return system, chosen.environment, _environment_reason(label, environment, catalogue)
    return system, environment, ""


def _environment_reason(system_label: str, environment: str, catalogue: Catalogue) -> str:
    if not environment:
        return f"a desktop of {system_label} needs an environment"
    return f"{system_label} has no desktop image with {catalogue.environment_label(environment)}"


def _base_image(request: PrefillRequest, catalogue: Catalogue, system: str, environment: str) -> list[PrefilledField]:
    if request.mode != "generate" or _is_edited(request, BASE_IMAGE_FIELD):
        return []
    image = catalogue.desktop_image(system, environment)
    if system == _WINDOWS:
        reference, reason = catalogue.windows.reference, "the image that installs Windows"
    elif image is not None:
        reference, reason = image.reference, _desktop_label(catalogue, system, image)
    elif not system and _is_of_a_desktop(request.base_image, catalogue):
        reference, reason = DEFAULT_BASE_IMAGE, "the default without a desktop"
    else:
        return []
    if reference == request.base_image:
        return []
    return [PrefilledField(field=BASE_IMAGE_FIELD, value=reference, reason=reason)]


def _desktop_label(catalogue: Catalogue, system: str, image: DesktopImage) -> str:
    return f"the desktop image of {catalogue.system_label(system)} with {image.label}"


def _is_of_a_desktop(reference: str, catalogue: Catalogue) -> bool:
    return reference == catalogue.windows.reference or catalogue.desktop_of(reference) is not None


def _squash(request: PrefillRequest, catalogue: Catalogue, system: str) -> list[PrefilledField]:
    if _is_edited(request, SQUASH_FIELD):
        return []
    if system == _WINDOWS and request.squash is not False:
        reason = "a Windows image is its base and a few settings: there is nothing to merge"
        return [PrefilledField(field=SQUASH_FIELD, value=False, reason=reason)]
    if system != _WINDOWS and request.squash is False and request.base_image == catalogue.windows.reference:
        return [PrefilledField(field=SQUASH_FIELD, value=None, reason="the build host's default")]
    return []


def _warnings(request: PrefillRequest, catalogue: Catalogue, system: str, architecture: str) -> list[str]:
    known = _ARCHITECTURES.get(architecture)
    entry = catalogue.system(system)
    if known is None or entry is None:
        return []
    found: list[str] = []
    for application_id in (*request.desktop_applications, *request.applications):
        application = catalogue.application(application_id)
        if application is None:
            continue
        only = application.route(entry.id, on_desktop=True).architectures
        if only and known not in only:
            found.append(f"{application.label} is there for {' and '.join(only)} alone, and the build host is {known}")
    return found


def _is_edited(request: PrefillRequest, field: str) -> bool:
    """Whether a field, or one that holds it or that it holds, was edited."""
    return any(f"{field}.".startswith(f"{path}.") or path.startswith(f"{field}.") for path in request.edited)
