"""What the names of BuildKit's vertexes say: a numbered step of the Dockerfile, or work of the builder's own.

Source: moby/buildkit, `frontend/dockerfile/dockerfile2llb/convert.go` (`prefixCommand`) and `frontend/dockerui`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from trailer_tui.dockerfile.bases import SCRATCH, Stage, stages
from trailer_tui.dockerfile.parse import Instruction, parse
from trailer_tui.dockerfile.reachable import reachable_stages

_NUMBERED = re.compile(r"\[(?:[^\s\]]+/[^\s\]]+ +)?(?:([^\s/\]]+) +)? *(\d+)/(\d+)\] (.*)", re.DOTALL)
_UNNAMED_STAGE = re.compile(r"stage-(\d+)")
_ADDED_DIGEST = re.compile(r"(?<=[\w.-])@sha256:[0-9a-f]{64}\Z")
_HUB = "docker.io/"
_NUMBERED_KEYWORDS = frozenset({"RUN", "COPY", "ADD", "WORKDIR"})
"""Instructions that make a vertex; the others only change the image's configuration."""

_OWN_WORK = (
    (re.compile(r"\[internal\] load build definition from (.*)"), "Read {}"),
    (re.compile(r"\[internal\] load \.dockerignore"), "Read .dockerignore"),
    (re.compile(r"\[internal\] load (?:remote )?build context"), "Send the build context"),
    (re.compile(r"\[internal\] load metadata for (.*)"), "Look up {}"),
    (re.compile(r"resolve image config for (?:docker-image://)?(.*)"), "Look up {}"),
    (re.compile(r"docker-image://(.*)"), "Fetch {}"),
    (re.compile(r"\[auth\] (\S+).* token for (.*)"), "Log in to {1} for {0}"),
    (re.compile(r"exporting to image"), "Export the image"),
    (re.compile(r"\[internal\] (.*)"), "{}"),
)


@dataclass(frozen=True, slots=True)
class NumberedStep:
    """A vertex of an instruction: `[build 2/5] RUN make`."""

    stage: str
    """As the builder calls it; empty when there is only one."""
    number: int
    """In its stage, from 1."""
    total: int
    """Of its stage."""
    instruction: str
    """Variables are expanded."""

    @property
    def keyword(self) -> str:
        """Upper case."""
        return self.instruction.partition(" ")[0].upper()


def numbered_step(name: str) -> NumberedStep | None:
    """The step that a vertex of this name belongs to; None when it is the builder's own work."""
    found = _NUMBERED.fullmatch(name)
    if found is None:
        return None
    instruction = found[4].strip()
    keyword, _, arguments = instruction.partition(" ")
    if keyword.upper() == "FROM":
        instruction = f"{keyword} {_ADDED_DIGEST.sub('', _familiar(arguments))}"
    return NumberedStep(found[1] or "", int(found[2]), int(found[3]), instruction)


def own_work(name: str) -> str:
    """What the builder's own work is, in words."""
    for pattern, words in _OWN_WORK:
        found = pattern.fullmatch(name)
        if found is not None:
            words = words.format(*map(_familiar, found.groups()))
            return words[:1].upper() + words[1:]
    return name


def is_export(name: str) -> bool:
    """Whether it is the end of the work: layers and configuration become an image."""
    return name.startswith("exporting to ")


def is_reading(name: str) -> bool:
    """Whether the builder reads the Dockerfile."""
    return name.startswith("[internal] load build definition")


class InstructionLines:
    """Finds the Dockerfile line of a numbered step: steps are counted per stage, and ONBUILD adds some."""

    def __init__(self, dockerfile: str) -> None:
        self._stages = stages(parse(dockerfile))
        self._steps = [_own_steps(stage, self._stages[: stage.index]) for stage in self._stages]

    def own(self, step: NumberedStep) -> NumberedStep | None:
        """The step as this Dockerfile counts it; None when it does not have it.

        Builds that run at once share what is equal in them, and then the engine names it as the other one does.
        """
        if not self._stages or self._stage_index(step.stage) is not None:
            return step
        for stage in self._stages:
            for position, found in enumerate(self._steps[stage.index]):
                alike = found.text == step.instruction
                if found.keyword == "FROM":
                    alike = step.keyword == "FROM" and _is_base(stage, step.instruction.rpartition(" ")[2])
                if alike:
                    return NumberedStep(
                        self._name(stage), position + 1, len(self._steps[stage.index]), step.instruction
                    )
        return None

    def stage_steps(self) -> dict[str, int]:
        """How many steps each stage has that the last one needs, by the builder's names of them, in order."""
        needed = {stage.index for stage in reachable_stages(self._stages)}
        return {self._name(stage): len(self._steps[stage.index]) for stage in self._stages if stage.index in needed}

    def _name(self, stage: Stage) -> str:
        return stage.name or ("" if len(self._stages) == 1 else f"stage-{stage.index}")

    def line(self, step: NumberedStep) -> int | None:
        """The line where the instruction starts, from 1; None when the Dockerfile does not show it."""
        index = self._stage_index(step.stage)
        if index is None:
            return None
        own = self._steps[index]
        added = step.total - len(own)
        start = self._stages[index].instruction
        if step.keyword == "FROM":
            return start.line
        # What ONBUILD adds comes right after the base.
        before = 1 if own and own[0] is start else 0
        if added > 0 and before < step.number <= before + added:
            return start.line
        return _line_by_words(step, start.line, own, step.number - 1 - max(added, 0))

    def base_line(self, name: str) -> int | None:
        """The line of the FROM whose base the vertex `[internal] load metadata for …` looks up."""
        reference = _familiar(name.rpartition(" ")[2])
        found = (stage.instruction.line for stage in self._stages if _is_base(stage, reference))
        return next(found, None)

    def _stage_index(self, name: str) -> int | None:
        if not name:
            return 0 if len(self._stages) == 1 else None
        named = [stage.index for stage in self._stages if stage.name == name.lower()]
        if named:
            return named[-1]
        unnamed = _UNNAMED_STAGE.fullmatch(name)
        index = int(unnamed[1]) if unnamed else len(self._stages)
        return index if index < len(self._stages) else None


def _own_steps(stage: Stage, before: Sequence[Stage]) -> list[Instruction]:
    """The instructions of a stage that the builder counts: the base only when it is an image."""
    base = (stage.base or "").lower()
    is_image = base != SCRATCH and all(base != earlier.name for earlier in before)
    counted = [found for found in stage.instructions if found.keyword in _NUMBERED_KEYWORDS]
    return [stage.instruction, *counted] if is_image else counted


def _line_by_words(step: NumberedStep, base: int, own: Sequence[Instruction], position: int) -> int | None:
    """The line of a step that is at `position` of `own`, unless ONBUILD added some that the total does not count.

    No engine with a frontend of its own counts them; then the words tell whose step it is, where they can be compared.
    """
    expected = own[position] if 0 <= position < len(own) else None
    if expected is not None and _words(expected.text) == _words(step.instruction):
        return expected.line
    same = [found.line for found in own[: max(position, 0)] if _words(found.text) == _words(step.instruction)]
    if same or step.keyword == "ONBUILD":
        return same[-1] if same else base
    if expected is not None and expected.keyword == step.keyword:
        return expected.line if _is_named_otherwise(expected) or own[0].keyword != "FROM" else base
    alike = [found.line for found in own if found.keyword == step.keyword]
    return alike[0] if len(alike) == 1 else None


def _words(text: str) -> str:
    return re.sub(r"[\s'\"]", "", text).lower()


def _is_named_otherwise(found: Instruction) -> bool:
    """Whether the builder names the instruction in words of its own: variables, escapes, heredocs and comments."""
    return any(sign in found.source for sign in ("$", "<<", "#")) or "\\" in found.text


def _is_base(stage: Stage, reference: str) -> bool:
    base = _familiar(stage.base or "")
    return base != "" and reference in (base, f"{base}:latest")


def _familiar(reference: str) -> str:
    """A reference as people write it, without the registry that is meant anyway."""
    return reference.removeprefix(_HUB).removeprefix("library/") if reference.startswith(_HUB) else reference
