"""From an image's configuration to its build context; the same configuration always gives the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from trailer_tui.catalog.base_images import family_of
from trailer_tui.dockerfile.bases import final_base, final_user
from trailer_tui.dockerfile.context import BuildContext
from trailer_tui.dockerfile.inputs import BuildInputs
from trailer_tui.dockerfile.parse import parse
from trailer_tui.dockerfile.parts import PARTS
from trailer_tui.dockerfile.plan import BASE_USER, Part, Plan, Section
from trailer_tui.dockerfile.quoting import FILTERS, Quoted, UserText
from trailer_tui.model.errors import FieldProblem, InvalidInput
from trailer_tui.model.image import (
    GenerateConfiguration,
    ImageConfiguration,
    PullConfiguration,
    WriteConfiguration,
)


def build_context(configuration: ImageConfiguration, inputs: BuildInputs | None = None) -> BuildContext | None:
    """The Dockerfile and the files of a configuration; None when it pulls and nothing is built.

    Args:
        configuration: of any mode.
        inputs: the rest of what the result depends on; None stands for a server that knows nothing more.

    Raises:
        InvalidInput: a value cannot stand in a Dockerfile, or names what there is not, such as a file.
    """
    inputs = inputs if inputs is not None else BuildInputs()
    match configuration:
        case GenerateConfiguration():
            return _generated(configuration, inputs)
        case WriteConfiguration():
            return _written(configuration, inputs)
        case PullConfiguration():
            return None


def _generated(configuration: GenerateConfiguration, inputs: BuildInputs) -> BuildContext:
    plan = Plan(configuration, inputs, family_of(configuration.base_image))
    parts = [make(plan) for make in PARTS]
    base_image = UserText("configuration.base_image", configuration.base_image)
    restores = _restores_user(parts, plan)
    sections: list[Section] = [
        ("header", {}),
        *(section for part in parts for section in part.stages),
        ("base", {"base_image": base_image}),
        *_steps(parts, base_user="" if restores else None),
        *_end(parts, base_user=f"${{{BASE_USER}}}" if restores else ""),
    ]
    return BuildContext(
        dockerfile="\n".join(_rendered(sections)),
        entries=tuple(entry for part in parts for entry in part.entries),
        base_of_user=configuration.base_image if restores else "",
        notes=tuple(note for part in parts for note in part.notes),
    )


def _written(configuration: WriteConfiguration, inputs: BuildInputs) -> BuildContext:
    """The text byte for byte; what the other settings ask for is added to its last stage."""
    text = _hand_written(configuration)
    parsed = parse(text)
    base = final_base(parsed) or ""
    plan = Plan(configuration, inputs, family_of(base))
    parts = [make(plan) for make in PARTS]
    user = final_user(parsed)
    restores = _restores_user(parts, plan) and user is None
    added: list[Section] = []
    if any(part.steps or part.end for part in parts):
        added = [
            ("added", {}),
            *_steps(parts, base_user="" if restores else None),
            *_end(parts, base_user=f"${{{BASE_USER}}}" if restores else user or ""),
        ]
    return BuildContext(
        dockerfile="\n".join([text, *_rendered(added)]),
        entries=tuple(entry for part in parts for entry in part.entries),
        base_of_user=base if restores else "",
        notes=tuple(note for part in parts for note in part.notes),
    )


def _restores_user(parts: Sequence[Part], plan: Plan) -> bool:
    """Whether the base image's user must be put back behind steps that run as root."""
    no_other = not any(part.user for part in parts)
    return no_other and any(part.steps for part in parts) and not plan.is_desktop and not plan.is_windows


def _steps(parts: Sequence[Part], *, base_user: str | None) -> list[Section]:
    steps = [section for part in parts for section in part.steps]
    return [("root", {"keeps_base_user": base_user is not None}), *steps] if steps else []


def _end(parts: Sequence[Part], *, base_user: str) -> list[Section]:
    user = next((part.user for part in parts if part.user), "") or base_user
    sections: list[Section] = [("last_user", {"user": Quoted(user)})] if user else []
    return sections + [section for part in parts for section in part.end]


def _rendered(sections: Sequence[Section]) -> list[str]:
    return [_environment().get_template(f"{template}.j2").render(values) for template, values in sections]


def _hand_written(configuration: WriteConfiguration) -> str:
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
