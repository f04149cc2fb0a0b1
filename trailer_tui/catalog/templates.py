"""The templates that come with Trailer: one image document each, whose file's name begins with its number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml
from pydantic import ValidationError

from trailer_tui.model.builtin import MAX_NUMBER
from trailer_tui.model.document import ImageDocument
from trailer_tui.model.errors import InvalidInput
from trailer_tui.model.image import ImageConfiguration
from trailer_tui.model.validation import invalid_input

_FOLDER = "templates"
_FILE = re.compile(r"(?P<number>\d{1,3})-[a-z0-9-]+\.yaml", re.ASCII)


@dataclass(frozen=True, slots=True)
class BuiltinTemplate:
    """One template that everybody has and nobody can change."""

    number: int
    """Its place in lists, and what its id is made of: never given to another template."""
    name: str
    description: str
    configuration: ImageConfiguration


@cache
def builtin_templates() -> tuple[BuiltinTemplate, ...]:
    """All of them by number.

    Raises:
        InvalidInput: a file is no template; names the file and the key.
    """
    folder = files("trailer_tui.catalog").joinpath(_FOLDER)
    names = sorted(file.name for file in folder.iterdir() if file.name.endswith(".yaml"))
    templates = [read_template(name, folder.joinpath(name).read_text(encoding="utf-8")) for name in names]
    if len({template.number for template in templates}) != len(templates):
        raise InvalidInput(f"{_FOLDER}: two files have one number", hint="give each a number of its own")
    return tuple(sorted(templates, key=lambda template: template.number))


def read_template(file: str, text: str) -> BuiltinTemplate:
    """The template that the image document `text` of `file` is.

    Raises:
        InvalidInput: it is none; names the file and the key.
    """
    named = _FILE.fullmatch(file)
    if named is None or not 1 <= int(named["number"]) <= MAX_NUMBER:
        raise InvalidInput(f"{file}: has no number", hint="name it like 07-some-words.yaml")
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise InvalidInput(f"{file}: is no YAML: {error}") from error
    if not isinstance(document, dict):
        raise InvalidInput(f"{file}: is no mapping", hint="write it as `trailer export` would")
    try:
        read = ImageDocument.model_validate(document)
    except ValidationError as error:
        found = invalid_input(error.errors())
        raise InvalidInput(f"{file}: {found.cause}", fields=found.fields) from error
    return BuiltinTemplate(int(named["number"]), read.name, read.description, read.configuration)
