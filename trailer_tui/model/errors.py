"""The one exception tree: each error has a title, a cause and a hint, and survives the trip over HTTP.

The wire form is a problem details object (RFC 9457): `type` is `urn:trailer:<code>`, `detail` is the cause, `hint`,
`fields` and `current` are extension members.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One thing wrong with one field of a form or a request."""

    field: str
    """Dotted path of the field, such as `configuration.base_image`."""
    value: str
    """The offending value as text, shortened to what helps."""
    problem: str
    """What is wrong, as a sentence without a full stop."""
    remedy: str = ""
    """What to write instead."""

    def sentence(self) -> str:
        """The problem for a person: field, value, problem, remedy."""
        shown = f" {self.value!r}" if self.value else ""
        remedy = f": {self.remedy}" if self.remedy else ""
        return f"{self.field}{shown}: {self.problem}{remedy}"


class TrailerError(Exception):
    """Base of everything Trailer raises on purpose."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500
    """The HTTP status that carries this error."""
    title: ClassVar[str] = "Something went wrong"

    def __init__(
        self,
        cause: str,
        *,
        hint: str = "",
        fields: tuple[FieldProblem, ...] = (),
        current: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(cause)
        self.cause = cause
        self.hint = hint
        self.fields = fields
        self.current = current
        """The record as it is stored now, for an edit conflict."""

    def to_problem(self) -> dict[str, Any]:
        """The problem details object of this error."""
        problem: dict[str, Any] = {
            "type": f"urn:trailer:{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.cause,
        }
        if self.hint:
            problem["hint"] = self.hint
        if self.fields:
            problem["fields"] = [asdict(field) for field in self.fields]
        if self.current is not None:
            problem["current"] = self.current
        return problem

    @staticmethod
    def from_problem(problem: dict[str, Any]) -> TrailerError:
        """The error that `problem` describes; an unknown type becomes a plain `TrailerError`."""
        code = str(problem.get("type", "")).removeprefix("urn:trailer:")
        kind = _by_code().get(code, TrailerError)
        known = {"field", "value", "problem", "remedy"}
        return kind(
            str(problem.get("detail") or problem.get("title") or "unknown error"),
            hint=str(problem.get("hint", "")),
            fields=tuple(
                FieldProblem(**{key: str(value) for key, value in entry.items() if key in known})
                for entry in problem.get("fields", ())
            ),
            current=problem.get("current"),
        )


class InvalidInput(TrailerError):
    """A field's value cannot be used; `fields` says which, why and what to do."""

    code, status, title = "invalid-input", 422, "The input cannot be used"


class NotFound(TrailerError):
    """No such record, or not one the caller may see."""

    code, status, title = "not-found", 404, "Not found"


class NotAllowed(TrailerError):
    """The acting user lacks the permission."""

    code, status, title = "not-allowed", 403, "Not allowed"


class EditConflict(TrailerError):
    """The record changed since the caller read it; `current` is what is stored now."""

    code, status, title = "edit-conflict", 409, "Somebody else saved first"


class NotApplicable(TrailerError):
    """The action does not apply to the record in its present state."""

    code, status, title = "not-applicable", 409, "Not possible right now"


class HostUnreachable(TrailerError):
    """The Docker host does not answer."""

    code, status, title = "host-unreachable", 503, "The Docker host does not answer"


class EngineError(TrailerError):
    """The Docker engine answered with an error."""

    code, status, title = "engine-error", 502, "The Docker engine reported an error"


class BuildFailed(EngineError):
    """A step of a build failed; the recorder adds step, line and last output."""

    code, title = "build-failed", "The build failed"

    def __init__(self, cause: str, *, exit_code: int | None = None, **rest: Any) -> None:
        super().__init__(cause, **rest)
        self.exit_code = exit_code


class RegistryError(EngineError):
    """A registry did not give or take an image; the cause names the registry."""

    code, title = "registry-error", "The registry did not give or take the image"


class StoreUnreadable(TrailerError):
    """The database file is damaged or no database."""

    code, status, title = "store-unreadable", 500, "The database cannot be read"


class StoreTooNew(TrailerError):
    """The database was written by a newer Trailer."""

    code, status, title = "store-too-new", 500, "The database belongs to a newer Trailer"


class SecretUnreadable(TrailerError):
    """A stored secret cannot be decrypted: the key file is lost, damaged or another one."""

    code, status, title = "secret-unreadable", 500, "A stored secret cannot be read"


class StorageFull(TrailerError):
    """The disk that holds Trailer's data is full."""

    code, status, title = "storage-full", 507, "No space left for Trailer's data"


class ServerUnavailable(TrailerError):
    """No Trailer server answers on the socket, and none could be started."""

    code, status, title = "server-unavailable", 503, "The Trailer server does not answer"


class ServerIncompatible(TrailerError):
    """The server that answers speaks another version of the interface."""

    code, status, title = "server-incompatible", 426, "The Trailer server has another version"


class UnsafeLocation(TrailerError):
    """A socket or data folder belongs to somebody else or is open to others."""

    code, status, title = "unsafe-location", 500, "A folder is not safe to use"


class BadConfiguration(TrailerError):
    """The configuration file cannot be used."""

    code, status, title = "bad-configuration", 500, "The configuration file cannot be used"


def _by_code() -> dict[str, type[TrailerError]]:
    found: dict[str, type[TrailerError]] = {}
    pending: list[type[TrailerError]] = [TrailerError]
    while pending:
        kind = pending.pop()
        found[kind.code] = kind
        pending.extend(kind.__subclasses__())
    return found
