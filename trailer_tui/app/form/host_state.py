"""What the host form holds: a host's settings as typed, and what is wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from annotated_types import Ge, Le
from pydantic import ValidationError

from trailer_tui.app.form.fields import Field, Value, meant, typed
from trailer_tui.app.form.form_state import FormState
from trailer_tui.model.errors import FieldProblem
from trailer_tui.model.host import BuilderChoice, HostDraft
from trailer_tui.model.validation import invalid_input

if TYPE_CHECKING:
    from trailer_tui.model.host import Host

HOST_NAME = Field("name", "Name", "", is_line=True)
ADDRESS = Field("address", "Address", "", is_line=True)
TLS_CA = Field("tls.ca", "CA certificate", "", is_line=True)
TLS_CERTIFICATE = Field("tls.certificate", "Client certificate", "", is_line=True)
TLS_KEY = Field("tls.key", "Client key", "", is_line=True)
BUILDER = Field("builder", "Builder", BuilderChoice.AUTO.value)
PARALLEL = Field("parallel_builds", "Parallel builds", "2", is_line=True)
LABELS = Field("labels", "Labels", "", is_list=True)
PULL_MINUTES = Field("pull_minutes", "Pull timeout", "60", is_line=True)
BUILD_MINUTES = Field("build_minutes", "Build timeout", "240", is_line=True)
PUSH_MINUTES = Field("push_minutes", "Push timeout", "60", is_line=True)
SQUASH_DEFAULT = Field("squash_default", "Squash by default", default=False)
MIRROR = Field("registry_mirror", "Registry mirror", "", is_line=True)
INSTALLER = Field("installer_image", "Installer image", "", is_line=True)

TLS = (TLS_CA, TLS_CERTIFICATE, TLS_KEY)
NUMBERS = (PARALLEL, PULL_MINUTES, BUILD_MINUTES, PUSH_MINUTES)

_NAME_REMEDY = "letters, digits, dot, dash and underscore, 64 at most, the first a letter or digit"


class HostState(FormState):
    """The state of the host form."""

    FIELDS = (
        HOST_NAME,
        ADDRESS,
        *TLS,
        BUILDER,
        PARALLEL,
        LABELS,
        PULL_MINUTES,
        BUILD_MINUTES,
        PUSH_MINUTES,
        SQUASH_DEFAULT,
        MIRROR,
        INSTALLER,
    )

    def __init__(self, host: Host | None = None) -> None:
        """
        Args:
            host: the host to edit; None makes a new one.
        """
        super().__init__(_values_of(host) if host is not None else {})
        self.host = host
        """The host as it is stored; None while there is none."""

    @property
    def is_tcp(self) -> bool:
        """Whether the address may have TLS files."""
        return self.text(ADDRESS).strip().startswith("tcp://")

    def applies(self, field: Field) -> bool:
        """TLS files are for `tcp://` alone."""
        return self.is_tcp if field in TLS else True

    def field_at(self, path: str) -> Field | None:
        """`name`, `body.tls.ca`, `labels.0`."""
        plain = path.removeprefix("body.")
        if plain.rpartition(".")[2].isdigit():
            plain = plain.rpartition(".")[0]
        return next((field for field in self.FIELDS if field.path == plain), None)

    def document(self) -> dict[str, Any]:
        """The draft as an object; it need not be valid."""
        document: dict[str, Any] = {"enabled": self.host is None or self.host.enabled}
        for field in self.FIELDS:
            value = meant(field, self._values[field.path])
            if field in NUMBERS and isinstance(value, str) and value.isdecimal():
                value = int(value)
            if field not in TLS:
                document[field.path] = value
        tls = {field.path.partition(".")[2]: self.text(field).strip() for field in TLS}
        if self.is_tcp and any(tls.values()):
            document["tls"] = tls
        return document

    def draft(self) -> HostDraft:
        """The draft to send.

        Raises:
            ValidationError: `problems` says what is wrong.
        """
        return HostDraft.model_validate(self.document())

    def stored(self, host: Host) -> None:
        """The draft was stored as `host`: go on from there."""
        self.host = host
        self._values |= _values_of(host)
        self._baseline = dict(self._values)
        self._from_server.clear()

    # Another writer

    def stored_value(self, stored: Host, field: Field) -> Value:
        """What `stored` holds in the field."""
        return _values_of(stored)[field.path]

    def keeps_mine(self, field: Field, stored: Host) -> bool:
        """Whether `rebase` keeps the typed value: the user changed it."""
        return field in self.changed_fields()

    def is_only_switched(self, stored: Host) -> bool:
        """Whether `stored` differs from what the edit started from in no field: it was enabled or disabled."""
        return self.host is not None and _values_of(stored) == _values_of(self.host)

    def rebase(self, stored: Host) -> None:
        """Edit on from `stored`: the user's changes stay, everything else becomes what is stored now."""
        theirs = _values_of(stored)
        kept = {field.path for field in self.changed_fields()}
        self._baseline = dict(theirs)
        self._values |= {path: value for path, value in theirs.items() if path not in kept}
        self.host = stored
        self._from_server.clear()

    def detach(self) -> None:
        """The host is gone: what is typed becomes a new one."""
        self.host = None

    def _found_problems(self) -> dict[str, FieldProblem]:
        try:
            self.draft()
        except ValidationError as error:
            found = invalid_input(error.errors(include_url=False)).fields
        else:
            return {}
        problems: dict[str, FieldProblem] = {}
        for problem in found:
            field = self.field_at(problem.field) or ADDRESS
            problems.setdefault(field.path, _in_form_words(field, problem, self.text(field)))
        return problems


def _in_form_words(field: Field, problem: FieldProblem, text: str) -> FieldProblem:
    """What pydantic says of a number, a name or a missing file, as a person would."""
    if field in NUMBERS:
        low, high = _bounds(field.path)
        return FieldProblem(field.path, text, f"is no whole number from {low:,} to {high:,}")
    if field is HOST_NAME:
        if not text.strip():
            return FieldProblem(field.path, "", "is empty", "give the host a name")
        return FieldProblem(field.path, text, "is no host name", _NAME_REMEDY)
    if field is ADDRESS and not text.strip():
        remedy = "write unix:///path, tcp://host:port or ssh://user@host"
        return FieldProblem(field.path, "", "is empty", remedy)
    if field in TLS and not text.strip():
        return FieldProblem(field.path, "", "is missing: TLS needs all three files", problem.remedy)
    return FieldProblem(field.path, problem.value, problem.problem, problem.remedy)


def _bounds(name: str) -> tuple[int, int]:
    """Smallest and largest value of a number of the draft, from the model."""
    metadata = HostDraft.model_fields[name].metadata
    low = next(int(str(bound.ge)) for bound in metadata if isinstance(bound, Ge))
    return low, next(int(str(bound.le)) for bound in metadata if isinstance(bound, Le))


def _values_of(host: Host) -> dict[str, Value]:
    document = host.draft().model_dump(mode="json")
    values: dict[str, Value] = {}
    for field in HostState.FIELDS:
        if field in TLS:
            values[field.path] = (document["tls"] or {}).get(field.path.partition(".")[2], "")
        else:
            value = document[field.path]
            values[field.path] = str(value) if field in NUMBERS else typed(field, value)
    return values
