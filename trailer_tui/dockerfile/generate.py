"""From an image's configuration to its build context; the same configuration always gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from trailer_tui.dockerfile.context import BuildContext
from trailer_tui.dockerfile.quoting import FILTERS, Quoted, UserText
from trailer_tui.model.errors import FieldProblem, InvalidInput
from trailer_tui.model.image import (
    GenerateConfiguration,
    ImageConfiguration,
    PullConfiguration,
    WriteConfiguration,
)

Section = tuple[str, dict[str, UserText | list[UserText]]]
"""A template's name without `.j2`, and what it may show."""


def build_context(configuration: ImageConfiguration) -> BuildContext | None:
    """The Dockerfile and the files of a configuration; None when it pulls and nothing is built.

    Raises:
        InvalidInput: a value cannot stand in a Dockerfile. Validated configurations never cause it.
    """
    match configuration:
        case GenerateConfiguration():
            return BuildContext(dockerfile=_generated(configuration))
        case WriteConfiguration():
            return BuildContext(dockerfile=_written(configuration))
        case PullConfiguration():
            return None


def _written(configuration: WriteConfiguration) -> str:
    """The text byte for byte, CRLF too as every builder reads it; a missing last line break is added."""
    text = configuration.dockerfile
    try:
        text.encode()
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        problem = FieldProblem(
            "configuration.dockerfile", "", f"line {line} has a character that is no valid Unicode", "remove it"
        )
        raise InvalidInput(problem.sentence(), fields=(problem,)) from None
    return text if not text or text.endswith("\n") else f"{text}\n"


def _generated(configuration: GenerateConfiguration) -> str:
    return "\n".join(
        _environment().get_template(f"{template}.j2").render(values) for template, values in _sections(configuration)
    )


def _sections(configuration: GenerateConfiguration) -> Iterator[Section]:
    """The sections in the order of the file; each decides whether it applies."""
    yield "header", {}
    yield "base", {"base_image": UserText("configuration.base_image", configuration.base_image)}


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("trailer_tui.dockerfile", "templates"),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701  # HTML's escaping is not a Dockerfile's; _only_quoted stands guard instead
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_only_quoted,
    )
    environment.filters.update(FILTERS)
    return environment


def _only_quoted(value: object) -> object:
    if not isinstance(value, Quoted | int):
        raise TypeError(f"a template printed a {type(value).__name__} without a quoting filter")
    return value
