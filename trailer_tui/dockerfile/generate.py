"""From an image's configuration to its build context; the same configuration always gives the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from trailer_tui.dockerfile.bases import final_base
from trailer_tui.dockerfile.context import BuildContext
from trailer_tui.dockerfile.distributions import distribution
from trailer_tui.dockerfile.hand_written import ending, fitted, hand_written, without_group
from trailer_tui.dockerfile.inputs import BuildInputs
from trailer_tui.dockerfile.parse import parse
from trailer_tui.dockerfile.parts import PARTS
from trailer_tui.dockerfile.plan import BASE_USER, Part, Plan, Section
from trailer_tui.dockerfile.quoting import FILTERS, Quoted, UserText
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
    family, system = distribution(configuration.services, configuration.base_image, inputs.catalogue)
    plan = Plan(configuration, inputs, family, system)
    parts = [make(plan) for make in PARTS]
    base_image = UserText("configuration.base_image", configuration.base_image)
    restores = _restores_user(parts, plan)
    sections: list[Section] = [
        ("header", {}),
        *(section for part in parts for section in part.stages),
        ("base", {"base_image": base_image}),
        *_steps(parts, as_root=not plan.is_windows, declares_base_user=restores),
        *_end(parts, f"${{{BASE_USER}}}" if restores else ""),
    ]
    return _context(parts, "\n".join(_rendered(sections)), configuration.base_image if restores else "")


def _written(configuration: WriteConfiguration, inputs: BuildInputs) -> BuildContext:
    """The text byte for byte; what the other settings ask for is added to its last stage."""
    text = hand_written(configuration.dockerfile)
    base = final_base(parse(text)) or ""
    plan = Plan(configuration, inputs, *distribution(configuration.services, base, inputs.catalogue))
    parts = [make(plan) for make in PARTS]
    if not any(part.steps or part.end for part in parts):
        return _context(parts, text, "")
    found = ending(text)
    restores = found.user is None and _restores_user(parts, plan)
    shell = [UserText("configuration.dockerfile", word) for word in found.shell or ()]
    sections: list[Section] = [
        ("added", {}),
        *_steps(parts, as_root=not plan.is_windows, declares_base_user=restores, shell=shell),
        *_end(parts, f"${{{BASE_USER}}}" if restores else "" if plan.is_windows else found.user or ""),
    ]
    added = fitted("\n".join(_rendered(sections)), found.escape)
    return _context(parts, f"{text}\n{added}", found.base if restores else "")


def _context(parts: Sequence[Part], dockerfile: str, base_of_user: str) -> BuildContext:
    return BuildContext(
        dockerfile=dockerfile,
        entries=tuple(entry for part in parts for entry in part.entries),
        base_of_user=base_of_user,
        takes_base_group=not any(part.group for part in parts),
        notes=tuple(note for part in parts for note in part.notes),
    )


def _restores_user(parts: Sequence[Part], plan: Plan) -> bool:
    """Whether the base image's user must be put back behind steps that run as root."""
    no_other = not any(part.user for part in parts)
    return no_other and any(part.steps for part in parts) and not plan.is_desktop and not plan.is_windows


def _steps(
    parts: Sequence[Part], *, as_root: bool, declares_base_user: bool, shell: Sequence[UserText] = ()
) -> list[Section]:
    """Steps run as root, in the shell that they are written for; `shell` is put back where there is another.

    Without `as_root` there is nothing to run, and the image keeps what its base says of both.
    """
    steps = [section for part in parts for section in part.steps]
    if not steps or not as_root:
        return steps
    own_shell: list[Section] = [("shell", {"words": list(shell)})] if shell else []
    return [("root", {"declares_base_user": declares_base_user, "sets_shell": bool(shell)}), *steps, *own_shell]


def _end(parts: Sequence[Part], base_user: str) -> list[Section]:
    """USER, where steps ran as root, and what stands behind it."""
    sections = [section for part in parts for section in part.end]
    if not any(part.steps for part in parts):
        return sections
    user = next((part.user for part in parts if part.user), "")
    group = next((part.group for part in parts if part.group), "")
    if not user:
        user = f"{without_group(base_user)}:{group}" if group and base_user else base_user
    return [("last_user", {"user": Quoted(user)}), *sections] if user else sections


def _rendered(sections: Sequence[Section]) -> list[str]:
    return [_environment().get_template(f"{template}.j2").render(values) for template, values in sections]


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
