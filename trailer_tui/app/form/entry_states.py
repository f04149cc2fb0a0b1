"""What the dialogs of single entries hold: an environment, a startup command, as typed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from trailer_tui.app.form.entries import Entry
from trailer_tui.app.form.fields import Field, Value
from trailer_tui.app.form.form_state import FormState
from trailer_tui.model.environment import DEFAULT_CHANNEL, CondaPackage, Environment, PypiPackage
from trailer_tui.model.errors import FieldProblem
from trailer_tui.model.startup import StartupCommand
from trailer_tui.model.validation import invalid_input

if TYPE_CHECKING:
    from collections.abc import Mapping

ENVIRONMENT_NAME = Field("name", "Name", "", is_line=True)
CHANNELS = Field("channels", "Channels", DEFAULT_CHANNEL, is_list=True)
CONDA = Field("conda", "conda packages", "")
PYPI = Field("pypi", "PyPI packages", "")
PYPI_INDEX = Field("pypi_index", "Package index", "", is_line=True)

COMMAND = Field("command", "Command", "", is_line=True)
COMMAND_ENVIRONMENT = Field("environment", "Environment", "")


class EntryState(FormState):
    """The state of one entry's dialog."""

    def __init__(self, values: Mapping[str, Value]) -> None:
        super().__init__(values)
        self._checked: dict[str, Value] | None = None
        self._found: dict[str, FieldProblem] = {}

    def field_at(self, path: str) -> Field | None:
        """`conda.3` is the field `conda`."""
        first = path.partition(".")[0]
        return next((field for field in self.FIELDS if field.path == first), None)

    def entry(self) -> Entry:
        """What was typed, as an entry.

        Raises:
            ValidationError: `problems` says what is wrong.
        """
        raise NotImplementedError

    def refuse(self, problem: FieldProblem) -> None:
        """Keep what was found wrong when the entry was to be taken, until its field changes."""
        self._from_server[problem.field] = problem

    def try_again(self) -> None:
        """Forget what was found wrong the last time: it may be mended outside the form."""
        self._from_server.clear()

    def _found_problems(self) -> dict[str, FieldProblem]:
        if self._checked != self._values:
            self._found = self._check()
            self._checked = dict(self._values)
        return self._found

    def _check(self) -> dict[str, FieldProblem]:
        try:
            self.entry()
        except ValidationError as error:
            found: dict[str, FieldProblem] = {}
            for problem in invalid_input(error.errors(include_url=False)).fields:
                field = self.field_at(problem.field)
                path = field.path if field is not None else problem.field
                found.setdefault(path, FieldProblem(path, problem.value, problem.problem, problem.remedy))
            return found
        return {}


class EnvironmentState(EntryState):
    """One environment: packages stand one a line."""

    FIELDS = (ENVIRONMENT_NAME, CHANNELS, CONDA, PYPI, PYPI_INDEX)

    def __init__(self, environment: Environment | None, *, others: Collection[str] = ()) -> None:
        """
        Args:
            environment: the one to edit; None makes a new one.
            others: names of the other environments.
        """
        super().__init__(_environment_values(environment) if environment is not None else {})
        self._others = others

    def entry(self) -> Environment:
        """What was typed, as an environment."""
        conda, _ = _packages(CONDA, self.text(CONDA), CondaPackage.parse)
        pypi, _ = _packages(PYPI, self.text(PYPI), PypiPackage.parse)
        return Environment(
            name=self.text(ENVIRONMENT_NAME).strip(),
            channels=self.text(CHANNELS).replace(",", " ").split(),
            conda=conda,
            pypi=pypi,
            pypi_index=self.text(PYPI_INDEX),
        )

    def _check(self) -> dict[str, FieldProblem]:
        found: dict[str, FieldProblem] = {}
        name = self.text(ENVIRONMENT_NAME).strip()
        if not name:
            found[ENVIRONMENT_NAME.path] = FieldProblem("name", "", "is empty", "give the environment a name")
        elif name in self._others:
            found[ENVIRONMENT_NAME.path] = FieldProblem(
                "name", name, "is the name of another environment", "choose another"
            )
        for problem in (
            _packages(CONDA, self.text(CONDA), CondaPackage.parse)[1],
            _packages(PYPI, self.text(PYPI), PypiPackage.parse)[1],
        ):
            if problem is not None:
                found[problem.field] = problem
        return super()._check() | found


class StartupState(EntryState):
    """One startup command."""

    FIELDS = (COMMAND, COMMAND_ENVIRONMENT)

    def __init__(self, command: StartupCommand | None) -> None:
        """`command` is the one to edit; None makes a new one."""
        values: dict[str, Value] = {}
        if command is not None:
            values = {"command": command.command, "environment": command.environment or ""}
        super().__init__(values)

    def entry(self) -> StartupCommand:
        """What was typed, as a command."""
        return StartupCommand(command=self.text(COMMAND), environment=self.text(COMMAND_ENVIRONMENT) or None)


def _packages(field: Field, text: str, parse: Callable[[str], Any]) -> tuple[list[Any], FieldProblem | None]:
    """The packages of the lines that hold one, and what is wrong with the first that does not."""
    found: list[Any] = []
    problem: FieldProblem | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            found.append(parse(line))
        except ValueError as error:
            what, _, remedy = _message(error).partition(": ")
            problem = problem or FieldProblem(field.path, "", f"line {number}: {what}", remedy)
    return found, problem


def _message(error: ValueError) -> str:
    """What a parser says; behind its own words a model may stand."""
    if isinstance(error, ValidationError):
        first = invalid_input(error.errors(include_url=False)).fields[0]
        return f"{first.problem}: {first.remedy}"
    return str(error)


def _environment_values(environment: Environment) -> dict[str, Value]:
    return {
        ENVIRONMENT_NAME.path: environment.name,
        CHANNELS.path: ", ".join(environment.channels),
        CONDA.path: _lines(environment.conda),
        PYPI.path: _lines(environment.pypi),
        PYPI_INDEX.path: environment.pypi_index,
    }


def _lines(packages: Sequence[CondaPackage] | Sequence[PypiPackage]) -> str:
    return "\n".join(str(package) for package in packages)
