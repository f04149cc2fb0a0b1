"""Stages: what FROM names, what COPY --from names, and what only the last of counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from trailer_tui.dockerfile.bases import SCRATCH, Stage, stages
from trailer_tui.dockerfile.rules.problem import error, shown, warning
from trailer_tui.model.reference import ImageReference, ReferenceProblem

if TYPE_CHECKING:
    from trailer_tui.dockerfile.parse import Instruction, ParsedDockerfile
    from trailer_tui.model.image import DockerfileProblem

_STAGE_NAME = re.compile(r"[a-z][a-z0-9_.-]*")
_IMAGE_ID = re.compile(r"(?:sha256:)?[0-9a-f]{64}")
_ONCE = ("CMD", "ENTRYPOINT", "HEALTHCHECK")


def check_stages(parsed: ParsedDockerfile) -> Iterator[DockerfileProblem]:
    """What is wrong between the stages of a file."""
    found = stages(parsed)
    names: dict[str, Stage] = {}
    for stage in found:
        yield from _base(stage, names)
        yield from _name(stage, names)
        if stage.name:
            names.setdefault(stage.name, stage)
        for instruction in stage.instructions:
            yield from _source(instruction, stage, found, names)
        yield from _repeated(stage)


def _base(stage: Stage, names: dict[str, Stage]) -> Iterator[DockerfileProblem]:
    instruction = stage.instruction
    words = instruction.arguments.split()
    if len(words) not in {1, 3} or (len(words) == 3 and words[1].upper() != "AS"):
        what = "has no image" if not words else "takes an image, or an image AS a name"
        yield error(instruction, "from-form", f"FROM {what}: write FROM image or FROM image AS name")
    elif stage.base is not None and stage.base.lower() not in names and stage.base.lower() != SCRATCH:
        yield from _reference(instruction, stage.base)


def _name(stage: Stage, names: dict[str, Stage]) -> Iterator[DockerfileProblem]:
    if not stage.name:
        return
    if not _STAGE_NAME.fullmatch(stage.name):
        yield error(
            stage.instruction,
            "stage-name",
            f"{shown(stage.name)} is no stage name: start with a letter, then letters, digits, _ . and -",
        )
    elif stage.name == SCRATCH:
        yield error(stage.instruction, "stage-name", "scratch is the empty base: give the stage another name")
    elif stage.name in names:
        line = names[stage.name].instruction.line
        yield error(
            stage.instruction,
            "duplicate-stage",
            f"line {line} has a stage {shown(stage.name)} already: give this one another name",
        )


def _source(
    instruction: Instruction, stage: Stage, found: list[Stage], names: dict[str, Stage]
) -> Iterator[DockerfileProblem]:
    source = instruction.flag("from") if instruction.keyword in {"COPY", "ADD"} else None
    if not source:
        return
    if "$" in source:
        yield error(
            instruction,
            "from-variable",
            "--from takes no variable: name the image in a stage, FROM $image AS name, and write --from=name",
        )
    elif source.isascii() and source.isdecimal():
        if len(source) > 9 or int(source) >= stage.index:
            earlier = f"0 to {stage.index - 1}" if stage.index else "none, as this is the first stage"
            yield error(
                instruction, "unknown-stage", f"there is no earlier stage {shown(source)}: earlier stages are {earlier}"
            )
    elif source.lower() == stage.name:
        yield error(instruction, "unknown-stage", f"--from={shown(source)} is this stage itself: name an earlier one")
    elif source.lower() not in names:
        if any(later.name == source.lower() for later in found):
            yield warning(
                instruction,
                "unknown-stage",
                f"the stage {shown(source)} comes later, so an image of that name is taken: move the stage up",
            )
        yield from _reference(instruction, source)


def _reference(instruction: Instruction, text: str) -> Iterator[DockerfileProblem]:
    if _IMAGE_ID.fullmatch(text):
        return
    try:
        ImageReference.parse(text)
    except ReferenceProblem as problem:
        remedy = f": {problem.remedy}" if problem.remedy else ""
        yield error(instruction, "image-reference", f"{shown(text) or 'the image'} {problem}{remedy}")


def _repeated(stage: Stage) -> Iterator[DockerfileProblem]:
    for keyword in _ONCE:
        given = [instruction for instruction in stage.instructions if instruction.keyword == keyword]
        for instruction in given[:-1]:
            yield warning(
                instruction,
                "repeated-command",
                f"only the last {keyword} of a stage counts, that of line {given[-1].line}: remove this one",
            )
