"""What the form holds: the values as typed, in all modes at once, and what is wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from trailer_tui.app.form.copy_name import copy_name
from trailer_tui.app.form.fields import (
    BASE_IMAGE,
    DOCKERFILE,
    FIELDS,
    HOST,
    IMAGE_NAME,
    MODE,
    NAME,
    PULLED_IMAGE,
    Field,
    Mode,
    Value,
    field_at,
    meant,
    typed,
)
from trailer_tui.app.form.form_state import FormState
from trailer_tui.app.form.problems import problems_of
from trailer_tui.model.errors import FieldProblem
from trailer_tui.model.image import ImageConfiguration, ImageDraft
from trailer_tui.model.reference import slug

if TYPE_CHECKING:
    from trailer_tui.model.image import ImageRecord

_CONFIGURATION: TypeAdapter[ImageConfiguration] = TypeAdapter(ImageConfiguration)


class DraftState(FormState):
    """The state of the image form.

    Switching the mode loses nothing: the fields of every mode are kept side by side.
    """

    FIELDS = FIELDS

    def __init__(self, record: ImageRecord | None = None, *, clone: bool = False) -> None:
        """
        Args:
            record: the image to edit or, with `clone`, to copy; None makes a new one.
            clone: start a new image from `record`.
        """
        values = _values_of(record) if record is not None else {}
        if record is not None and clone:
            values[NAME.path] = copy_name(record.name)
        super().__init__(values)
        self.record = None if clone else record
        """The stored record that the edit started from; None when a new one is made."""
        self.is_template = record.is_template if record else False
        self._name_follows = record is None or clone or _name_followed(self._values)
        self._follow_name()
        self._baseline = dict(self._values)

    # Values

    @property
    def mode(self) -> Mode:
        """How the image comes about."""
        return Mode(str(self._values[MODE.path]))

    def field_at(self, path: str) -> Field | None:
        """Also of paths with the mode in the middle."""
        return field_at(path)

    def applies(self, field: Field) -> bool:
        """Whether the present mode has the field."""
        return self.mode in field.modes

    def change(self, field: Field, value: Value) -> bool:
        """Take what the user typed or chose; the image name may follow."""
        if not super().change(field, value):
            return False
        if field is IMAGE_NAME:
            self._name_follows = False
        elif field is NAME and self._name_follows:
            self._follow_name()
        return True

    def prefill(self, field: Field, value: Value) -> None:
        """Take a default that became known later; it is no change that the user made."""
        self._values[field.path] = value
        self._baseline[field.path] = value
        if field is NAME:
            self._follow_name()
            self._baseline[IMAGE_NAME.path] = self._values[IMAGE_NAME.path]

    @property
    def image_name_is_automatic(self) -> bool:
        """Whether the image name follows the name."""
        return self._name_follows

    def make_image_name_automatic(self) -> None:
        """Let the image name follow the name again."""
        self._name_follows = True
        self._touched.discard(IMAGE_NAME.path)
        self._follow_name()

    def _follow_name(self) -> None:
        if self._name_follows:
            self._values[IMAGE_NAME.path] = slug(str(self._values[NAME.path]))
            self._from_server.pop(IMAGE_NAME.path, None)

    def changed_fields(self) -> list[Field]:
        """The fields whose values differ from what was loaded, in whatever mode; an automatic name does not count."""
        return [field for field in super().changed_fields() if not (field is IMAGE_NAME and self._name_follows)]

    # The draft

    def document(self) -> dict[str, Any]:
        """The draft as an object, of the present mode's fields only; it need not be valid."""
        document: dict[str, Any] = {"is_template": self.is_template, "configuration": {}}
        for field in FIELDS:
            if self.mode in field.modes:
                owner, _, name = field.path.rpartition(".")
                target = document[owner] if owner else document
                target[name] = meant(field, self._values[field.path])
        return document

    def draft(self) -> ImageDraft:
        """The draft to send.

        Raises:
            ValidationError: `problems` says what is wrong.
        """
        return ImageDraft.model_validate(self.document())

    def configuration(self) -> ImageConfiguration | None:
        """The configuration alone, or None while it has a problem."""
        try:
            return _CONFIGURATION.validate_python(self.document()["configuration"])
        except ValidationError:
            return None

    def _found_problems(self) -> dict[str, FieldProblem]:
        try:
            self.draft()
        except ValidationError as error:
            return problems_of(error)
        return {}

    # Another writer

    def stored_value(self, stored: ImageRecord, field: Field) -> Value:
        """What `stored` holds in the field; the typed value where its mode has no such field."""
        return _values_of(stored).get(field.path, self._values[field.path])

    def keeps_mine(self, field: Field, stored: ImageRecord) -> bool:
        """Whether `rebase` keeps the typed value: the user changed it, or it belongs to what the user changed."""
        changed = {changed.path for changed in self.changed_fields()}
        if field is MODE:
            return bool(changed & {MODE.path, BASE_IMAGE.path, PULLED_IMAGE.path, DOCKERFILE.path})
        if field is IMAGE_NAME and self._name_follows:
            theirs = _values_of(stored)
            was_theirs = theirs.get(IMAGE_NAME.path) != self._baseline[IMAGE_NAME.path] and not _name_followed(theirs)
            return NAME.path in changed and not was_theirs
        return field.path in changed

    def rebase(self, stored: ImageRecord) -> None:
        """Edit on from `stored`: the user's changes stay, everything else becomes what is stored now."""
        theirs = _values_of(stored)
        kept = {field.path for field in FIELDS if self.keeps_mine(field, stored)}
        follows = self._name_follows and (IMAGE_NAME.path in kept or _name_followed(theirs))
        self._baseline = self._baseline | theirs
        self._values |= {path: value for path, value in theirs.items() if path not in kept}
        self._name_follows = follows
        self._follow_name()
        self.record = stored
        self._from_server.clear()

    def reload(self, stored: ImageRecord) -> None:
        """Start again from `stored`."""
        self._values |= _values_of(stored)
        self._baseline = dict(self._values)
        self._name_follows = _name_followed(self._values)
        self.record = stored
        self._touched.clear()
        self._from_server.clear()
        self.all_shown = False

    def detach(self) -> None:
        """The record is gone: what is typed becomes a new image."""
        self.record = None

    @property
    def host_id(self) -> int | None:
        """The chosen host."""
        value = self._values[HOST.path]
        return value if isinstance(value, int) else None


def _values_of(record: ImageRecord) -> dict[str, Value]:
    """The record's values by field path, of its own mode's fields only."""
    document = record.draft().model_dump(mode="json")
    values: dict[str, Value] = {}
    for field in FIELDS:
        owner, _, name = field.path.rpartition(".")
        source = document[owner] if owner else document
        if name in source:
            values[field.path] = typed(field, source[name])
    return values


def _name_followed(values: dict[str, Value]) -> bool:
    """Whether the image name is what would be derived; a record without one (pull mode) has nothing of its own."""
    image_name = values.get(IMAGE_NAME.path, "")
    return not image_name or image_name == slug(str(values[NAME.path]))
