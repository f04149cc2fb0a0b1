"""The long lists of the services: what can be picked, and what is picked in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trailer_tui.app.form.fields import (
    APPLICATIONS,
    DESKTOP_APPLICATIONS,
    EDITION,
    KEYBOARD,
    LANGUAGE,
    SYSTEM,
    WINDOWS_KEYBOARD,
    WINDOWS_LANGUAGE,
    Field,
    Value,
)
from trailer_tui.app.form.service_choices import chosen_ids, offers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trailer_tui.app.dialogs.pick import Pickable, PickDialog
    from trailer_tui.app.form.draft_state import DraftState
    from trailer_tui.model.catalogue import Catalogue, Choice

_NONE = {
    KEYBOARD.path: "left to the browser",
    WINDOWS_KEYBOARD.path: "follows the language",
    LANGUAGE.path: "as in the base image",
    WINDOWS_LANGUAGE.path: "English",
}
"""What an empty choice means."""


def picked_words(state: DraftState, field: Field, value: Value) -> str:
    """What is picked, as it stands in the form."""
    catalogue = state.catalogue
    if field in (APPLICATIONS, DESKTOP_APPLICATIONS):
        ids = chosen_ids(state, field)
        return ", ".join(catalogue.application_label(chosen) if catalogue else chosen for chosen in ids) or "none"
    code = state.system if field is SYSTEM else str(value or "")
    if not code:
        return _NONE.get(field.path, "none")
    if catalogue is None:
        return code
    if field is SYSTEM:
        return catalogue.system_label(code)
    if field is EDITION:
        return catalogue.edition_label(code)
    label = next((choice.label for choice in _choices(catalogue, field) if choice.code == code), "")
    return f"{label} ({code})" if label else code


def pick_dialog(state: DraftState, field: Field) -> PickDialog | None:
    """The dialog in which another value is picked; None while the catalogue is not known."""
    from trailer_tui.app.dialogs.pick import PickDialog

    catalogue = state.catalogue
    if catalogue is None:
        return None
    if field in (APPLICATIONS, DESKTOP_APPLICATIONS):
        return PickDialog(field.label, _applications(state, field), chosen_ids(state, field), several=True)
    if field is SYSTEM:
        return PickDialog(field.label, _systems(catalogue), [state.system])
    if field is EDITION:
        return PickDialog(field.label, _editions(catalogue), [state.text(field)])
    return PickDialog(field.label, _codes(field, _choices(catalogue, field)), [state.text(field)])


def _choices(catalogue: Catalogue, field: Field) -> Iterable[Choice]:
    lists = {
        KEYBOARD.path: catalogue.keyboards,
        LANGUAGE.path: catalogue.languages,
        WINDOWS_KEYBOARD.path: catalogue.windows.keyboards,
        WINDOWS_LANGUAGE.path: catalogue.windows.languages,
    }
    return lists[field.path]


def _codes(field: Field, choices: Iterable[Choice]) -> list[Pickable]:
    from trailer_tui.app.dialogs.pick import Pickable

    return [Pickable("", _NONE[field.path]), *(Pickable(choice.code, choice.label, choice.code) for choice in choices)]


def _systems(catalogue: Catalogue) -> list[Pickable]:
    from trailer_tui.app.dialogs.pick import Pickable

    linux = [Pickable(entry.id, entry.label, entry.release or "") for entry in catalogue.desktop_systems()]
    return [*linux, Pickable("windows", "Windows", "installed at the first start; needs KVM on the host")]


def _editions(catalogue: Catalogue) -> list[Pickable]:
    from trailer_tui.app.dialogs.pick import Pickable

    return [
        Pickable(edition.code, edition.label, "evaluation" if edition.evaluation else "")
        for edition in catalogue.windows.editions
    ]


def _applications(state: DraftState, field: Field) -> list[Pickable]:
    from trailer_tui.app.dialogs.pick import Pickable

    found = [
        Pickable(offer.application.id, offer.application.label, offer.application.description, offer.reason)
        for offer in offers(state, field)
    ]
    known = {pickable.key for pickable in found}
    unknown = [chosen for chosen in chosen_ids(state, field) if chosen not in known]
    return [*(Pickable(chosen, chosen, reason="the server's catalogue does not know it") for chosen in unknown), *found]
