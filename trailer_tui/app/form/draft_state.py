"""What the form holds: the values as typed, of all modes and kinds of image at once, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from trailer_tui.app.form.copy_name import copy_name
from trailer_tui.app.form.fields import (
    BASE_IMAGE,
    BUILT_MODES,
    DESKTOP_APPLICATIONS,
    DESKTOP_ENVIRONMENT,
    DOCKERFILE,
    FIELDS,
    HOST,
    IMAGE_NAME,
    MODE,
    NAME,
    PULLED_IMAGE,
    STARTUP,
    SYSTEM,
    VIRTUAL_DESKTOP,
    Field,
    Mode,
    Scope,
    Value,
    meant,
)
from trailer_tui.app.form.file_problems import missing_files
from trailer_tui.app.form.form_state import FormState
from trailer_tui.app.form.places import field_at
from trailer_tui.app.form.problems import Findings, found_problems, sort_problems
from trailer_tui.app.form.record_values import put, values_of
from trailer_tui.app.form.service_choices import service_problems
from trailer_tui.model.errors import FieldProblem
from trailer_tui.model.image import ImageConfiguration, ImageDraft
from trailer_tui.model.reference import slug
from trailer_tui.model.startup import StartupCommand

if TYPE_CHECKING:
    from trailer_tui.model.catalogue import Catalogue
    from trailer_tui.model.image import ImageRecord
    from trailer_tui.model.stored_file import FileRecord

_CONFIGURATION: TypeAdapter[ImageConfiguration] = TypeAdapter(ImageConfiguration)


class DraftState(FormState):
    """The state of the image form.

    Switching the mode, the virtual desktop or Windows loses nothing: the fields of all are kept side by side.
    """

    FIELDS = FIELDS

    def __init__(self, record: ImageRecord | None = None, *, clone: bool = False, as_template: bool = False) -> None:
        """
        Args:
            record: the image or template to edit or, with `clone`, to start from; None makes a new one.
            clone: start a new image from `record`: a copy of an image, or an image from a template.
            as_template: what is made is a template.
        """
        values = values_of(record) if record is not None else {}
        if record is not None and record.is_builtin:
            del values[HOST.path]  # it names none: the form chooses one, as for a new image
        if record is not None and clone:
            values[NAME.path] = copy_name(record.name) if record.is_template is as_template else record.name
        super().__init__(values)
        self.record = None if clone else record
        """The stored record that the edit started from; None when a new one is made."""
        self.leaves_password = clone and record is not None and record.windows_password_set
        """Whether the image that is copied has a Windows password, which the copy does not get."""
        self.is_template = as_template or (record is not None and record.is_template and not clone)
        """Whether a template is made or edited."""
        self._name_follows = record is None or clone or _name_followed(self._values)
        self._edited = _differing(values)
        """What the user chose, now or when the record was stored: a prefill leaves it alone."""
        self._prefilled: set[str] = set()
        self.catalogue: Catalogue | None = None
        """What the server offers, once known."""
        self.archive: Mapping[str, FileRecord] | None = None
        """The files of the image's creator by name, once known."""
        self._server_entries: dict[tuple[str, int], FieldProblem] = {}
        self._checked: dict[str, Value] | None = None
        """The values that `_findings` are about."""
        self._findings = Findings()
        self._follow_name()
        self._baseline = dict(self._values)

    # What the server has

    def take_catalogue(self, catalogue: Catalogue) -> None:
        """Take what the server offers."""
        self.catalogue, self._checked = catalogue, None

    def take_archive(self, archive: Mapping[str, FileRecord]) -> None:
        """Take the files of the image's creator, by name."""
        self.archive, self._checked = archive, None

    # Values

    @property
    def mode(self) -> Mode:
        """How the image comes about."""
        return Mode(str(self._values[MODE.path]))

    @property
    def is_windows(self) -> bool:
        """Whether a Windows image is made."""
        return self.mode in BUILT_MODES and self._values[VIRTUAL_DESKTOP.path] is True and self._wants_windows

    @property
    def has_desktop(self) -> bool:
        """Whether the image has a virtual desktop: the switch is on, or a desktop application needs it."""
        return self.mode in BUILT_MODES and (self._values[VIRTUAL_DESKTOP.path] is True or self.desktop_is_forced)

    @property
    def desktop_is_forced(self) -> bool:
        """Whether desktop applications are chosen, which need a virtual desktop."""
        return bool(self._values[DESKTOP_APPLICATIONS.path]) and not self.is_windows

    @property
    def _wants_windows(self) -> bool:
        return self._values[SYSTEM.path] == "windows"

    @property
    def system(self) -> str:
        """The operating system of the desktop."""
        is_lent = self._wants_windows and not self.is_windows  # forced by applications, while the switch is off
        return str(SYSTEM.default if is_lent else self._values[SYSTEM.path])

    @property
    def desktop_environment(self) -> str:
        """The environment of a Linux desktop: the chosen one where the system has it, else one that it has.

        The choice itself is kept, and counts again on a system that has it.
        """
        chosen = str(self._values[DESKTOP_ENVIRONMENT.path])
        offered = self.catalogue.environments_of(self.system) if self.catalogue is not None else ()
        valid = [image.environment for image in offered]
        if not valid or chosen in valid:
            return chosen
        default = str(DESKTOP_ENVIRONMENT.default)
        return default if default in valid else valid[0]

    def field_at(self, path: str) -> Field | None:
        """Also of paths with the mode in the middle, and of entries of lists."""
        return field_at(path, self.applies)

    def applies(self, field: Field) -> bool:
        """Whether the present mode and kind of image have the field."""
        if self.mode not in field.modes:
            return False
        match field.scope:
            case Scope.LINUX:
                return not self.is_windows
            case Scope.DESKTOP:
                return self.has_desktop
            case Scope.LINUX_DESKTOP:
                return self.has_desktop and not self.is_windows
            case Scope.WINDOWS:
                return self.is_windows
        return True

    def change(self, field: Field, value: Value) -> bool:
        """Take what the user typed or chose; the image name may follow."""
        if not super().change(field, value):
            return False
        self._edited.add(field.path)
        self._prefilled.discard(field.path)
        self._forget_server_entries(field)
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

    def take_prefill(self, values: Mapping[str, Value]) -> None:
        """Take what the server proposes for the chosen services, by field path; what the user edited stays."""
        for path, value in values.items():
            if path not in self._edited and self._values[path] != value:
                self._values[path] = value
                self._prefilled.add(path)
                self._from_server.pop(path, None)

    def follow_prefill(self, *fields: Field) -> None:
        """Let fields that hold what the server proposes anyway follow it from now on, as those of a new image do."""
        self._edited -= {field.path for field in fields}

    def is_edited(self, field: Field) -> bool:
        """Whether the value is the user's own."""
        return field.path in self._edited

    def is_prefilled(self, field: Field) -> bool:
        """Whether the value came from the server's proposal for the services."""
        return field.path in self._prefilled

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
        """The draft as an object, of the fields alone that apply; it need not be valid."""
        document: dict[str, Any] = {"is_template": self.is_template, "configuration": {}}
        for field in FIELDS:
            if field is not VIRTUAL_DESKTOP and self.applies(field):
                put(document, field, self._meant(field))
        return document

    def _meant(self, field: Field) -> object:
        value = self._values[field.path]
        if field is SYSTEM:
            return self.system
        if field is DESKTOP_ENVIRONMENT:
            return self.desktop_environment
        if field is STARTUP and self.mode is Mode.WRITE and isinstance(value, tuple):
            # A hand-written Dockerfile has none of our environments; the choice comes back with the mode.
            return [entry.model_copy(update={"environment": None}) for entry in _commands(value)]
        return meant(field, value)

    def draft(self, *, as_template: bool = False) -> ImageDraft:
        """The draft to send, as a template if so.

        Raises:
            ValidationError: `problems` says what is wrong.
        """
        document = self.document()
        return ImageDraft.model_validate(document | {"is_template": self.is_template or as_template})

    def configuration(self) -> ImageConfiguration | None:
        """The configuration alone, or None while it has a problem."""
        try:
            return _CONFIGURATION.validate_python(self.document()["configuration"])
        except ValidationError:
            return None

    # Problems

    def _found_problems(self) -> dict[str, FieldProblem]:
        return self._look().fields

    def entry_problems(self, field: Field) -> dict[int, FieldProblem]:
        """What is wrong with single entries of a list, by their index."""
        found = self._server_entries | self._look().entries
        return {index: problem for (path, index), problem in found.items() if path == field.path}

    def add_server_problems(self, problems: Iterable[FieldProblem]) -> list[FieldProblem]:
        """Keep what the server found until the field changes; returns those that belong to no field of the form."""
        problems = list(problems)
        found = sort_problems(problems, self.applies, self.value)
        known = {field.path for field in FIELDS}
        self._from_server |= {path: problem for path, problem in found.fields.items() if path in known}
        self._server_entries |= found.entries
        return [problem for path, problem in found.fields.items() if path not in known]

    def _look(self) -> Findings:
        """What is wrong with the values; they are checked again only after a change."""
        if self._checked != self._values:
            try:
                self.draft()
            except ValidationError as error:
                self._findings = found_problems(error, self.applies, self.value)
            else:
                self._findings = Findings()
            for problem in service_problems(self):
                self._findings.fields.setdefault(problem.field, problem)
            for place, problem in missing_files(self):
                self._findings.add(problem, place, self._values[place.field.path])
            self._checked = dict(self._values)
        return self._findings

    def _forget_server_entries(self, field: Field) -> None:
        self._server_entries = {key: found for key, found in self._server_entries.items() if key[0] != field.path}

    # Another writer

    def stored_value(self, stored: ImageRecord, field: Field) -> Value:
        """What `stored` holds in the field; the typed value where it has no such field."""
        return values_of(stored.draft()).get(field.path, self._values[field.path])

    def keeps_mine(self, field: Field, stored: ImageRecord) -> bool:
        """Whether `rebase` keeps the typed value: the user changed it, or it belongs to what the user changed."""
        changed = {changed.path for changed in self.changed_fields()}
        if field is MODE:
            return bool(changed & {MODE.path, BASE_IMAGE.path, PULLED_IMAGE.path, DOCKERFILE.path})
        if field in (VIRTUAL_DESKTOP, SYSTEM):
            return any(path.startswith(VIRTUAL_DESKTOP.path) for path in changed)
        if field is IMAGE_NAME and self._name_follows:
            theirs = values_of(stored.draft())
            was_theirs = theirs.get(IMAGE_NAME.path) != self._baseline[IMAGE_NAME.path] and not _name_followed(theirs)
            return NAME.path in changed and not was_theirs
        return field.path in changed

    def rebase(self, stored: ImageRecord) -> None:
        """Edit on from `stored`: the user's changes stay, everything else becomes what is stored now."""
        theirs = values_of(stored.draft())
        kept = {field.path for field in FIELDS if self.keeps_mine(field, stored)}
        follows = self._name_follows and (IMAGE_NAME.path in kept or _name_followed(theirs))
        self._baseline = self._baseline | theirs
        self._values |= {path: value for path, value in theirs.items() if path not in kept}
        self._name_follows = follows
        self._follow_name()
        self.record = stored
        self._forget_server()

    def reload(self, stored: ImageRecord) -> None:
        """Start again from `stored`."""
        theirs = values_of(stored.draft())
        secrets = {field.path: field.default for field in FIELDS if field.is_secret}
        self._values |= theirs | secrets
        self._baseline = dict(self._values)
        self._name_follows = _name_followed(self._values)
        self._edited = (self._edited - set(theirs)) | _differing(theirs)
        self._prefilled -= set(theirs)
        self.record = stored
        self._touched.clear()
        self._forget_server()
        self.all_shown = False

    def _forget_server(self) -> None:
        self._from_server.clear()
        self._server_entries.clear()

    def detach(self) -> None:
        """The record is gone: what is typed becomes a new image."""
        self.record = None

    @property
    def host_id(self) -> int | None:
        """The chosen host."""
        value = self._values[HOST.path]
        return value if isinstance(value, int) else None


def _differing(values: Mapping[str, Value]) -> set[str]:
    """Paths of the fields that hold something else than their default."""
    return {field.path for field in FIELDS if field.path in values and values[field.path] != field.default}


def _commands(value: tuple[object, ...]) -> list[StartupCommand]:
    return [entry for entry in value if isinstance(entry, StartupCommand)]


def _name_followed(values: dict[str, Value]) -> bool:
    """Whether the image name is what would be derived; a record without one (pull mode) has nothing of its own."""
    image_name = values.get(IMAGE_NAME.path, "")
    return not image_name or image_name == slug(str(values[NAME.path]))
