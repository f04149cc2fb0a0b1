"""Text of a user made safe to stand in a Dockerfile: the only way into a template.

A template sees `UserText`, which cannot be printed; each filter here turns it into `Quoted`, which can.
"""

from __future__ import annotations

import json
import re
import shlex

from trailer_tui.model.errors import FieldProblem, InvalidInput
from trailer_tui.model.reference import ImageReference, ReferenceProblem
from trailer_tui.printable import first_control_character, printable

_EXPANDED = re.compile(r"""[$'"\\`]""")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


_LONG_LINE = 30_000


class Quoted(str):
    """Text that is safe where its filter says."""

    __slots__ = ()


class UserText:
    """One value of the form, with the field it comes from; has no text form of its own."""

    __slots__ = ("field", "value")

    def __init__(self, field: str, value: str) -> None:
        self.field = field
        self.value = value

    def __str__(self) -> str:
        raise TypeError(f"{self.field} reached a template without a quoting filter")


def reference(text: UserText) -> Quoted:
    """An image reference, for FROM.

    Raises:
        InvalidInput: the value is no reference by the grammar, whatever let it pass before.
    """
    try:
        ImageReference.parse(text.value)
    except ReferenceProblem as problem:
        raise _refused(text, str(problem), problem.remedy) from None
    return Quoted(text.value)


def shell_word(text: UserText) -> Quoted:
    """One word of a shell command in RUN.

    Raises:
        InvalidInput: the value has a line break or another control character.
    """
    # A backslash before the line's end would continue it; inside the quotes that shlex adds it never ends a line.
    return Quoted(shlex.quote(_one_line(text)))


def json_form(texts: list[UserText]) -> Quoted:
    """The JSON form of a list of arguments, for CMD, ENTRYPOINT, COPY and others; any character is possible."""
    values = [text.value for text in texts]
    line = json.dumps(values)
    # Escaped, a character may take twelve bytes instead of four, and builders read no line of more than 64 KiB.
    return Quoted(line if len(line) < _LONG_LINE else json.dumps(values, ensure_ascii=False))


def path_list(texts: list[UserText]) -> Quoted:
    """The JSON form of paths and addresses for ADD and COPY, where builders expand variables and quotes in each.

    Raises:
        InvalidInput: a value has a line break or another control character.
    """
    # Between single quotes nothing counts, whatever the escape character of the file is.
    words = [_one_line(text) for text in texts]
    return Quoted(json.dumps([shlex.quote(word) if _EXPANDED.search(word) else word for word in words]))


def pair_value(text: UserText) -> Quoted:
    r"""The value of `name=value` in ENV and LABEL, in double quotes, for the escape character `\`.

    Raises:
        InvalidInput: the value has a line break or another control character.
    """
    value = _one_line(text)
    for special in ("\\", '"', "$"):
        value = value.replace(special, f"\\{special}")
    return Quoted(f'"{value}"')


def yaml_scalar(text: UserText) -> Quoted:
    """One value of a YAML file, in double quotes on one line.

    Raises:
        InvalidInput: the value has a line break or another control character.
    """
    # JSON's form is YAML's too, as long as nothing beyond the first plane becomes a pair of surrogates.
    quoted = json.dumps(_one_line(text), ensure_ascii=False)
    return Quoted(_NOT_ASCII.sub(lambda match: f"\\U{ord(match.group()):08X}", quoted))


def comment(text: UserText) -> Quoted:
    """Text after `# `; control characters are replaced by visible stand-ins.

    A comment never continues, but at the top of a file it might be read as a parser directive: the header stands there.
    """
    return Quoted(printable(text.value))


FILTERS = {
    "reference": reference,
    "shell_word": shell_word,
    "json_form": json_form,
    "path_list": path_list,
    "pair_value": pair_value,
    "comment": comment,
}
"""By the names that templates use."""


def _one_line(text: UserText) -> str:
    found = first_control_character(text.value)
    if found:
        raise _refused(text, f"has the control character {found[1]} at position {found[0] + 1}", "remove it")
    return text.value


def _refused(text: UserText, problem: str, remedy: str) -> InvalidInput:
    shown = printable(text.value[:80])
    found = FieldProblem(text.field, shown, problem, remedy)
    return InvalidInput(found.sentence(), fields=(found,))
