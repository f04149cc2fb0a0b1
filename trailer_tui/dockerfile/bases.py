"""The stages of a Dockerfile and the images that it needs from outside."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from trailer_tui.dockerfile.parse import Instruction, ParsedDockerfile
from trailer_tui.dockerfile.variables import argument_defaults, substitute
from trailer_tui.dockerfile.words import unquote

SCRATCH = "scratch"
"""The empty base, which is no image."""

_AS = re.compile(r"as", re.IGNORECASE)
_PLATFORM_ARGUMENTS = frozenset(
    f"{side}{part}" for side in ("TARGET", "BUILD") for part in ("PLATFORM", "OS", "ARCH", "VARIANT")
)
"""Set by BuildKit itself; only the builder knows their values."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One FROM and what follows it."""

    index: int
    """From 0, as `COPY --from=0` counts."""
    name: str
    """Lower case; empty without `AS name`."""
    base: str | None
    """The base as the builder reads it, ARG defaults put in; None when a variable has no known value."""
    instruction: Instruction
    """The FROM."""
    instructions: tuple[Instruction, ...]
    """What follows the FROM up to the next one."""


def stages(parsed: ParsedDockerfile, build_args: Mapping[str, str] | None = None) -> list[Stage]:
    """The stages in order; `build_args` stand in for the defaults of ARG.

    A FROM with the wrong number of words has None as its base.
    """
    values = global_values(parsed, build_args or {})
    starts = [index for index, found in enumerate(parsed.instructions) if found.keyword == "FROM"]
    ends = [*starts[1:], len(parsed.instructions)]
    found: list[Stage] = []
    for index, (start, end) in enumerate(zip(starts, ends, strict=False)):
        base, name = _from_words(parsed.instructions[start])
        resolved = substitute(unquote(base), values) if base else None
        found.append(Stage(index, name, resolved, parsed.instructions[start], parsed.instructions[start + 1 : end]))
    return found


def final_base(parsed: ParsedDockerfile) -> str | None:
    """The image from outside that the last stage is built on, through earlier stages; None when it is not known."""
    chain = final_chain(parsed)
    return chain[-1].base if chain else None


def final_chain(parsed: ParsedDockerfile) -> list[Stage]:
    """The last stage and the earlier ones that it is built on, itself first."""
    found = stages(parsed)
    chain = found[-1:]
    while chain:
        below = [
            stage for stage in found[: chain[-1].index] if stage.name and stage.name == (chain[-1].base or "").lower()
        ]
        if not below:
            break
        chain.append(below[-1])
    return chain


def external_bases(parsed: ParsedDockerfile, build_args: Mapping[str, str] | None = None) -> list[str]:
    """References of the images that a build needs, in order of use and each once.

    Those are the bases that are no earlier stage and not `scratch`, and the images that COPY and ADD take files from.
    ARG defaults or the `build_args` instead are put in, `${NAME:-default}` too; what stays unknown, or holds a platform
    variable, is left out.
    """
    wanted: dict[str, None] = {}
    names: set[str] = set()
    all_stages = stages(parsed, build_args)
    for stage in all_stages:
        if stage.base and stage.base.lower() not in names and stage.base.lower() != SCRATCH:
            wanted.setdefault(stage.base)
        if stage.name:
            names.add(stage.name)
        for instruction in stage.instructions:
            for source in image_sources(instruction):
                if not _is_stage(source, names, len(all_stages)):
                    wanted.setdefault(source)
    return list(wanted)


def image_sources(instruction: Instruction) -> list[str]:
    """The stages and images that `--from=` of a COPY or ADD, or of the mounts of a RUN, names.

    Those with a variable are left out: builders do not put ARG values in there.
    """
    found: list[str] = []
    if instruction.keyword in {"COPY", "ADD"}:
        found = [instruction.flag("from") or ""]
    elif instruction.keyword == "RUN":
        mounts = [flag.removeprefix("--mount=") for flag in instruction.flags if flag.startswith("--mount=")]
        parts = [part.partition("=") for mount in mounts for part in mount.split(",")]
        found = [value for key, _, value in parts if key == "from"]
    return [source for source in found if source and "$" not in source]


def _is_stage(source: str, names: set[str], count: int) -> bool:
    return source.lower() in names or source.lower() == SCRATCH or (source.isdecimal() and int(source[:9]) < count)


def _from_words(instruction: Instruction) -> tuple[str, str]:
    words = instruction.arguments.split()
    if len(words) == 1:
        return words[0], ""
    if len(words) == 3 and _AS.fullmatch(words[1]):
        return words[0], words[2].lower()
    return "", ""


def global_values(parsed: ParsedDockerfile, build_args: Mapping[str, str]) -> dict[str, str]:
    """What the ARGs before the first FROM are worth; `build_args` stand in for their defaults."""
    values: dict[str, str] = {}
    for instruction in parsed.instructions:
        if instruction.keyword == "FROM":
            break
        if instruction.keyword == "ARG":
            declared = argument_defaults(instruction, values, parsed.escape)
            given = {name: build_args.get(name, default) for name, default in declared.items()}
            values |= {
                name: value for name, value in given.items() if value is not None and name not in _PLATFORM_ARGUMENTS
            }
    return values
