"""What of the services fits the image, by the server's catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trailer_tui.app.form.fields import (
    APPLICATIONS,
    BASE_IMAGE,
    DESKTOP_APPLICATIONS,
    SQUASH,
    WINDOWS_BASE_IMAGE,
    WINDOWS_SQUASH,
    Field,
    Mode,
)
from trailer_tui.catalog.base_images import system_of
from trailer_tui.model.errors import FieldProblem
from trailer_tui.model.prefill import DESKTOP_FIELD, PrefillRequest

if TYPE_CHECKING:
    from trailer_tui.app.form.draft_state import DraftState
    from trailer_tui.model.catalogue import Kind, Offer

KINDS: dict[str, Kind] = {APPLICATIONS.path: "general", DESKTOP_APPLICATIONS.path: "desktop"}
PREFILLED = (BASE_IMAGE, WINDOWS_BASE_IMAGE, SQUASH, WINDOWS_SQUASH)
"""Fields that the server proposes values for."""


def chosen_ids(state: DraftState, field: Field) -> list[str]:
    """The chosen applications of a kind."""
    value = state.value(field)
    return [chosen for chosen in value if isinstance(chosen, str)] if isinstance(value, tuple) else []


def offers(state: DraftState, field: Field) -> list[Offer]:
    """Every application of the kind that `field` holds, with the reason where the image cannot have it."""
    if state.catalogue is None:
        return []
    kind = KINDS[field.path]
    if state.has_desktop or kind == "desktop":
        return state.catalogue.offers(kind, system=state.system, on_desktop=True)
    base = state.text(BASE_IMAGE).strip() if state.mode is Mode.GENERATE else ""
    return state.catalogue.offers(kind, system=system_of(base, state.catalogue) if base else None)


def start_commands(state: DraftState) -> list[tuple[str, str]]:
    """The commands that run the chosen applications, each with what it runs."""
    if state.catalogue is None or not state.applies(APPLICATIONS):
        return []
    chosen = [state.catalogue.application(application_id) for application_id in chosen_ids(state, APPLICATIONS)]
    return [(entry.start, entry.label) for entry in chosen if entry is not None and entry.start]


def service_problems(state: DraftState) -> list[FieldProblem]:
    """Applications that are chosen and that the image cannot have; none while the catalogue is not known."""
    found = []
    for field in (APPLICATIONS, DESKTOP_APPLICATIONS):
        chosen = chosen_ids(state, field) if state.applies(field) else []
        if not chosen or state.catalogue is None:
            continue
        offered = {offer.application.id: offer for offer in offers(state, field)}
        for application_id in chosen:
            offer = offered.get(application_id)
            if offer is None:
                words = f"has {application_id}, which the server's catalogue does not know"
                found.append(FieldProblem(field.path, application_id, words, "clear it"))
            elif offer.reason:
                label = offer.application.label
                words = f"{label} cannot be had here, {offer.reason}"
                found.append(FieldProblem(field.path, application_id, words, "clear it, or choose another system"))
    return found


def prefill_request(state: DraftState) -> PrefillRequest:
    """What to ask the server: the choices, and the fields that it must leave as they are."""
    fields = [field for field in PREFILLED if state.applies(field)]
    values = {field.place: state.value(field) for field in fields}
    squash = values.get(SQUASH.place)
    is_linux = state.has_desktop and not state.is_windows
    return PrefillRequest(
        mode=state.mode.value,
        operating_system=state.system if state.has_desktop else "",
        environment=state.desktop_environment if is_linux else "",
        applications=chosen_ids(state, APPLICATIONS) if state.applies(APPLICATIONS) else [],
        desktop_applications=chosen_ids(state, DESKTOP_APPLICATIONS) if state.applies(DESKTOP_APPLICATIONS) else [],
        base_image=str(values.get(BASE_IMAGE.place, ""))[:500],
        squash=squash if isinstance(squash, bool) else None,
        edited=[DESKTOP_FIELD, *(field.place for field in fields if state.is_edited(field))],
        host_id=state.host_id,
    )
