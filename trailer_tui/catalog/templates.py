"""The templates that come with Trailer: one YAML file each, in the order of their numbers."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from trailer_tui.model.builtin import MAX_NUMBER
from trailer_tui.model.errors import InvalidInput
from trailer_tui.model.image import Description, ImageConfiguration, ImageName
from trailer_tui.model.validation import invalid_input

_FOLDER = "templates"


class BuiltinTemplate(BaseModel):
    """One template that everybody has and nobody can change."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: Annotated[int, Field(ge=1, le=MAX_NUMBER)]
    """Its place in lists, and what its id is made of: never given to another template."""
    name: ImageName
    description: Description
    configuration: ImageConfiguration


@cache
def builtin_templates() -> tuple[BuiltinTemplate, ...]:
    """All of them by number.

    Raises:
        InvalidInput: a file is no template; names the file and the key.
    """
    found = sorted(files("trailer_tui.catalog").joinpath(_FOLDER).iterdir(), key=lambda file: file.name)
    texts = {file.name: file.read_text(encoding="utf-8") for file in found if file.name.endswith(".yaml")}
    templates = [read_template(name, text) for name, text in texts.items()]
    numbers = {template.number for template in templates}
    if len(numbers) != len(templates):
        raise InvalidInput(f"{_FOLDER}: two files have one number", hint="give each a number of its own")
    return tuple(sorted(templates, key=lambda template: template.number))


def read_template(file: str, text: str) -> BuiltinTemplate:
    """The template that the YAML `text` of `file` is.

    Raises:
        InvalidInput: it is none; names the file and the key.
    """
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise InvalidInput(f"{file}: is no YAML: {error}") from error
    if not isinstance(document, dict):
        raise InvalidInput(f"{file}: is no mapping", hint="write number, name, description and configuration")
    try:
        return BuiltinTemplate.model_validate(document)
    except ValidationError as error:
        found = invalid_input(error.errors())
        raise InvalidInput(f"{file}: {found.cause}", fields=found.fields) from error
