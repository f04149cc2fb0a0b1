"""An environment as a standard `environment.yml`, which conda, mamba and micromamba read, and from one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml
from pydantic import ValidationError

from trailer_tui.dockerfile.quoting import UserText, yaml_scalar
from trailer_tui.model.environment import CondaPackage, Environment, PypiPackage
from trailer_tui.model.errors import FieldProblem, InvalidInput
from trailer_tui.model.validation import invalid_input
from trailer_tui.printable import first_control_character, printable

INDEX_OPTION = "--index-url"
"""What names another package index in a requirements file."""

MAX_FILE_CHARACTERS = 500_000

_FIELD = "environment file"
_READ_KEYS = ("name", "channels", "dependencies")
_IGNORED_KEYS = ("prefix",)
"""Where the environment lay on the machine that wrote the file."""
_REFUSED_KEYS = {"variables": "leave it out and set the variables in the startup command"}


def environment_file(environment: Environment, *, at: str = "environment", mark: str = "") -> str:
    """The text of the `environment.yml`; the same environment always gives the same bytes.

    Args:
        environment: what is asked for.
        at: dotted path of the environment, for errors.
        mark: a comment at the end; another one makes another file of the same meaning.

    Raises:
        InvalidInput: a value has a control character.
    """

    def scalars(part: str, values: Sequence[str]) -> list[str]:
        return [yaml_scalar(UserText(f"{at}.{part}", value)) for value in values]

    conda = [str(package) for package in environment.conda]
    if environment.pypi and not any(package.name == "pip" for package in environment.conda):
        conda.append("pip")
    pypi = [str(package) for package in environment.pypi]
    if environment.pypi and environment.pypi_index:
        pypi.insert(0, f"{INDEX_OPTION} {environment.pypi_index}")
    dependencies = [f"  - {value}" for value in scalars("conda", conda)]
    if pypi:
        dependencies += ["  - pip:", *(f"      - {value}" for value in scalars("pypi", pypi))]
    lines = [
        f"name: {scalars('name', [environment.name])[0]}",
        *_block("channels", [f"  - {value}" for value in scalars("channels", environment.channels)]),
        *_block("dependencies", dependencies),
        *([f"# {printable(mark)}"] if mark else []),
    ]
    return "\n".join(lines) + "\n"


def _block(key: str, lines: Sequence[str]) -> list[str]:
    return [f"{key}:", *lines] if lines else [f"{key}: []"]


def import_environment(text: str, *, name: str = "") -> Environment:
    """The environment of an `environment.yml`.

    Args:
        text: of the file.
        name: of the environment when the file has none.

    Raises:
        InvalidInput: it is no such file, or has what an image's environment cannot; the message names the line.
    """
    found = _Found(name)
    for key, value in _entries(_document(text), _refuse_key):
        match key.value:
            case "name":
                # Conda lets capitals pass; folders of environments here are in small letters.
                found.name, found.lines["name"] = _scalar(value, "name").lower(), _line(value)
            case "channels":
                found.take_channels(value)
            case "dependencies":
                found.take_dependencies(value)
    return found.environment()


@dataclass(slots=True)
class _Found:
    """What was read so far, and the lines that it stood in."""

    name: str
    channels: list[str] = field(default_factory=list)
    conda: list[CondaPackage] = field(default_factory=list)
    pypi: list[PypiPackage] = field(default_factory=list)
    pypi_index: str = ""
    lines: dict[str, int] = field(default_factory=dict)
    """By the field's path in the environment."""

    def take_channels(self, node: yaml.Node) -> None:
        for item in _items(node, "channels"):
            channel = _scalar(item, "a channel")
            # Says only that no other channels count, which is so in an image.
            if channel != "nodefaults":
                self.lines[f"channels.{len(self.channels)}"] = _line(item)
                self.channels.append(channel)

    def take_dependencies(self, node: yaml.Node) -> None:
        for item in _items(node, "dependencies"):
            if not isinstance(item, yaml.MappingNode):
                self.lines[f"conda.{len(self.conda)}"] = _line(item)
                self.conda.append(_conda_package(item))
                continue
            for key, value in _entries(item, _refuse_installer):
                for line in _items(value, str(key.value)):
                    self._take_requirement(line)

    def _take_requirement(self, node: yaml.Node) -> None:
        text = _scalar(node, "a pip entry").strip()
        option, _, value = text.replace("=", " ", 1).partition(" ") if text.startswith("--") else text.partition(" ")
        if option in (INDEX_OPTION, "-i"):
            self.pypi_index, self.lines["pypi_index"] = value.strip(), _line(node)
            return
        self.lines[f"pypi.{len(self.pypi)}"] = _line(node)
        self.pypi.append(_pypi_package(node, text))

    def environment(self) -> Environment:
        # Written by `environment_file` itself wherever there are PyPI packages.
        conda = [package for package in self.conda if not self.pypi or str(package) != "pip"]
        values: dict[str, Any] = {"name": self.name, "conda": conda, "pypi": self.pypi, "pypi_index": self.pypi_index}
        if self.channels:
            values["channels"] = self.channels
        if not self.name:
            raise _refused(None, "has no name", "give the environment one")
        try:
            return Environment(**values)
        except ValidationError as error:
            problems = invalid_input(error.errors()).fields
        first = problems[0]
        line = self.lines.get(first.field)
        shown = "" if "://" in first.value else f" {first.value!r}"
        what = f"{first.field.partition('.')[0]}{shown} "
        raise _refused(line, f"{what}{first.problem}", first.remedy)


def _document(text: str) -> yaml.MappingNode:
    if len(text) > MAX_FILE_CHARACTERS:
        raise _refused(None, f"has {len(text)} characters", "this is no environment.yml, choose another file")
    text = text.removeprefix("\ufeff")
    found = first_control_character(text, allowed="\t\n\r")
    if found:
        raise _refused(text.count("\n", 0, found[0]) + 1, f"has the control character {found[1]}", "remove it")
    try:
        document = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise _refused(line, f"is no YAML, {error.problem}", "correct the file") from None
    except (yaml.YAMLError, RecursionError):
        raise _refused(None, "is no YAML", "choose an environment.yml") from None
    if not isinstance(document, yaml.MappingNode):
        raise _refused(None, "has no keys", "choose an environment.yml with name, channels and dependencies")
    return document


def _entries(
    node: yaml.MappingNode, check: Callable[[yaml.ScalarNode], bool]
) -> Iterator[tuple[yaml.ScalarNode, yaml.Node]]:
    """The keys that are read, with their values; `check` refuses a key or says whether it is read."""
    seen: dict[str, int] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise _refused(_line(key), "has a key that is no word", "correct the file")
        if key.value in seen:
            raise _refused(
                _line(key), f"has the key {key.value!r} a second time, first in line {seen[key.value]}", "remove one"
            )
        seen[key.value] = _line(key)
        if check(key):
            yield key, value


def _refuse_key(key: yaml.ScalarNode) -> bool:
    if key.value in _REFUSED_KEYS:
        raise _refused(_line(key), f"has {key.value}, which an environment has not here", _REFUSED_KEYS[key.value])
    if key.value not in (*_READ_KEYS, *_IGNORED_KEYS):
        raise _refused(
            _line(key), f"has the unknown key {key.value[:80]!r}", f"leave it out; known are {', '.join(_READ_KEYS)}"
        )
    return key.value in _READ_KEYS


def _refuse_installer(key: yaml.ScalarNode) -> bool:
    if key.value != "pip":
        raise _refused(_line(key), f"has {key.value[:80]!r} in dependencies", "only lists of pip can stand there")
    return True


def _items(node: yaml.Node, what: str) -> list[yaml.Node]:
    if isinstance(node, yaml.SequenceNode):
        return list(node.value)
    if isinstance(node, yaml.ScalarNode) and not node.value:
        return []
    raise _refused(_line(node), f"{what} is no list", "write one entry a line, each behind a dash")


def _scalar(node: yaml.Node, what: str) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise _refused(_line(node), f"{what} is no plain text", "write it on one line")
    return str(node.value)


def _conda_package(node: yaml.Node) -> CondaPackage:
    text = _scalar(node, "a dependency").strip()
    if not text:
        raise _refused(_line(node), "is an empty entry", "remove it")
    if "[" in text:
        raise _refused(
            _line(node), f"{text[:80]!r} has brackets", "write the version behind the name, such as name>=1.2"
        )
    try:
        return CondaPackage.parse(_with_operator(text))
    except ValueError as error:
        raise _wrong_entry(node, error) from None


def _with_operator(text: str) -> str:
    """`name 1.2` and `name 1.2 build`, as conda understands them, with the operator that they imply."""
    name, *words = text.split()
    if not words or not words[0][0].isalnum() or len(words) > 2 or name[-1:] in "=<>!~,|":
        return text
    if len(words) == 2:
        return f"{name}={words[0]}={words[1]}"
    return f"{name}={words[0]}" if "*" in words[0] else f"{name}=={words[0]}"


def _pypi_package(node: yaml.Node, text: str) -> PypiPackage:
    refusals = {
        "-r": "is a file of requirements, which is not here: write its packages themselves",
        "-c": "is a file of constraints, which is not here: write the versions behind the packages",
        "-e": "is a folder, which is not here: write the name of a published package",
        "-": "is an option of pip: only --index-url can stand here",
        "git+": "comes from Git, which an environment cannot: write the name of a published package",
    }
    start = next((start for start in refusals if text.startswith(start)), "")
    if start:
        raise _wrong_entry(node, ValueError(f"{_without_login(text)!r} {refusals[start]}"))
    if "://" in text or text.startswith((".", "/")):
        words = "is an address or a path: write the name of a published package"
        raise _wrong_entry(node, ValueError(f"{_without_login(text)!r} {words}"))
    if ";" in text:
        raise _wrong_entry(
            node, ValueError(f"{text[:80]!r} has a condition: leave out what stands from the semicolon on")
        )
    try:
        return PypiPackage.parse(text)
    except ValueError as error:
        raise _wrong_entry(node, error) from None


def _without_login(text: str) -> str:
    """The start of an entry, cut before a URL, which may hold a login."""
    return text.partition("://")[0][:80]


def _wrong_entry(node: yaml.Node, error: ValueError) -> InvalidInput:
    problem, _, remedy = str(error).partition(": ")
    return _refused(_line(node), problem, remedy)


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _refused(line: int | None, problem: str, remedy: str) -> InvalidInput:
    where = f"line {line}: " if line is not None else ""
    found = FieldProblem(_FIELD, "", printable(f"{where}{problem}"), printable(remedy))
    return InvalidInput(found.sentence(), fields=(found,))
