"""Between an image's draft and the values of the form's fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trailer_tui.app.form.fields import FIELDS, VIRTUAL_DESKTOP, Field, Scope, Value, typed

if TYPE_CHECKING:
    from trailer_tui.model.image import ImageDraft

_MISSING = object()


def values_of(draft: ImageDraft) -> dict[str, Value]:
    """The draft's values by the fields' paths, of the fields alone that its mode and kind of image have."""
    services = getattr(draft.configuration, "services", None)
    has_desktop = services is not None and services.desktop is not None
    is_windows = services is not None and services.is_windows
    has = {
        Scope.ANY: True,
        Scope.LINUX: not is_windows,
        Scope.DESKTOP: has_desktop,
        Scope.LINUX_DESKTOP: has_desktop and not is_windows,
        Scope.WINDOWS: is_windows,
    }
    values: dict[str, Value] = {}
    for field in FIELDS:
        found = _at(draft, field.place) if has[field.scope] else _MISSING
        if field is VIRTUAL_DESKTOP and services is not None:
            values[field.path] = has_desktop
        elif found is not _MISSING:
            values[field.path] = typed(field, found)
    return values


def put(document: dict[str, Any], field: Field, value: object) -> None:
    """Set what stands in the draft at the field's place."""
    *owners, name = field.place.split(".")
    target = document
    for owner in owners:
        target = target.setdefault(owner, {})
    target[name] = value


def _at(draft: ImageDraft, place: str) -> Any:
    found: Any = draft
    for name in place.split("."):
        if name not in getattr(type(found), "model_fields", ()):
            return _MISSING
        found = getattr(found, name)
    return found
