"""The part of a Dockerfile that its last stage needs, which is all that BuildKit builds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trailer_tui.dockerfile.bases import SCRATCH, Stage, image_sources, stages
from trailer_tui.dockerfile.parse import Instruction, ParsedDockerfile


def reachable_bases(parsed: ParsedDockerfile) -> list[tuple[str, Instruction]]:
    """Images from outside that the last stage needs, each with the first instruction that names it, in file order.

    Left out are those of another platform (`FROM --platform=`), which only the builder can choose, and those that
    hold a variable nobody knows the value of.
    """
    all_stages = stages(parsed)
    found: dict[str, Instruction] = {}
    for stage in reachable_stages(all_stages):
        if stage.base and _stage(stage.base, all_stages[: stage.index]) is None and not _is_foreign(stage):
            found.setdefault(stage.base, stage.instruction)
        for source, instruction in _sources(stage):
            if _stage(source, all_stages[: stage.index]) is None:
                found.setdefault(source, instruction)
    found.pop(SCRATCH, None)
    return list(found.items())


def reachable_stages(all_stages: Sequence[Stage]) -> list[Stage]:
    """Of the stages of a file those that the last one rests on or takes files from, and itself, in file order."""
    reached: dict[int, Stage] = {}
    pending = list(all_stages[-1:])
    while pending:
        stage = pending.pop()
        if stage.index in reached:
            continue
        reached[stage.index] = stage
        earlier = all_stages[: stage.index]
        names = [*([stage.base] if stage.base else []), *(source for source, _ in _sources(stage))]
        pending += [needed for needed in (_stage(name, earlier) for name in names) if needed is not None]
    return [reached[index] for index in sorted(reached)]


def _stage(name: str, earlier: Sequence[Stage]) -> Stage | None:
    """The earlier stage that a name or number means; the last of those that share a name."""
    for stage in reversed(earlier):
        if stage.name and stage.name == name.lower():
            return stage
    return earlier[int(name)] if name.isdecimal() and int(name[:9]) < len(earlier) else None


def _is_foreign(stage: Stage) -> bool:
    return stage.instruction.flag("platform") is not None


def _sources(stage: Stage) -> Iterator[tuple[str, Instruction]]:
    for instruction in stage.instructions:
        yield from ((source, instruction) for source in image_sources(instruction))
