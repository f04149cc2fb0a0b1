"""What an image will hold, section by section, one line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trailer_tui.app.form.entries import Entry, entry_name
from trailer_tui.app.form.fields import (
    APPLICATIONS,
    DESKTOP_APPLICATIONS,
    EDITION,
    ENVIRONMENTS,
    FILES,
    GID,
    GROUP,
    KEYBOARD,
    LANGUAGE,
    STARTUP,
    UID,
    USER_NAME,
    WINDOWS_FILES,
    WINDOWS_KEYBOARD,
    WINDOWS_LANGUAGE,
    WINDOWS_PASSWORD,
    WINDOWS_USER,
    Field,
    Mode,
)
from trailer_tui.app.form.service_choices import chosen_ids
from trailer_tui.model.environment import Environment

if TYPE_CHECKING:
    from trailer_tui.app.form.draft_state import DraftState


def content_lines(state: DraftState) -> list[tuple[str, str]]:
    """(section, what is in it) of the sections that hold something."""
    found = [
        ("Packages", _packages(state)),
        ("Services", _services(state)),
        ("User", _user(state)),
        ("Startup", _startup(state)),
        ("Files", _files(state)),
    ]
    return [(title, words) for title, words in found if words]


def _entries(state: DraftState, field: Field) -> list[Entry]:
    value = state.value(field) if state.applies(field) else ()
    return [entry for entry in value if not isinstance(entry, str)] if isinstance(value, tuple) else []


def _packages(state: DraftState) -> str:
    environments = [entry for entry in _entries(state, ENVIRONMENTS) if isinstance(entry, Environment)]
    return ", ".join(f"{one.name} ({counted(len(one.conda) + len(one.pypi), 'package')})" for one in environments)


def _services(state: DraftState) -> str:
    if state.mode is Mode.PULL:
        return ""
    words = [_windows(state) if state.is_windows else _linux(state)]
    catalogue = state.catalogue
    for field in (APPLICATIONS, DESKTOP_APPLICATIONS):
        ids = chosen_ids(state, field) if state.applies(field) else []
        words.append(", ".join(catalogue.application_label(chosen) if catalogue else chosen for chosen in ids))
    return " · ".join(filter(None, words))


def _linux(state: DraftState) -> str:
    if not state.has_desktop:
        return ""
    catalogue, environment = state.catalogue, state.desktop_environment
    system = catalogue.system_label(state.system) if catalogue else state.system
    desktop = catalogue.environment_label(environment) if catalogue else environment
    return " · ".join([f"{system} with {desktop}", *_codes(state, KEYBOARD, LANGUAGE)])


def _windows(state: DraftState) -> str:
    edition = state.text(EDITION)
    label = state.catalogue.edition_label(edition) if state.catalogue else f"Windows {edition}"
    held = "a new password" if state.text(WINDOWS_PASSWORD) else ""
    if not held and state.record is not None and state.record.windows_password_set:
        held = "the stored password"
    account = f"account {state.text(WINDOWS_USER).strip()}, {held or 'no password'}"
    return " · ".join([label, account, *_codes(state, WINDOWS_KEYBOARD, WINDOWS_LANGUAGE)])


def _codes(state: DraftState, keyboard: Field, language: Field) -> list[str]:
    found = {"keyboard": state.text(keyboard), "language": state.text(language)}
    return [f"{word} {code}" for word, code in found.items() if code]


def _user(state: DraftState) -> str:
    if not state.applies(UID):
        return ""
    user = _account(state.text(USER_NAME).strip(), state.text(UID).strip())
    group = _account(state.text(GROUP).strip(), state.text(GID).strip())
    return ", ".join(filter(None, [user, f"group {group}" if group else ""]))


def _account(name: str, number: str) -> str:
    return f"{name} ({number})" if name and number else name or number


def _startup(state: DraftState) -> str:
    names = [entry_name(entry) for entry in _entries(state, STARTUP)]
    return f"{counted(len(names), 'command')}: {' · '.join(names)}" if names else ""


def _files(state: DraftState) -> str:
    names = [entry_name(entry) for entry in _entries(state, WINDOWS_FILES if state.is_windows else FILES)]
    return ", ".join(names)


def counted(count: int, noun: str) -> str:
    """`1 package`, `2 packages`."""
    return f"{count} {noun}{'' if count == 1 else 's'}"
