"""What COPY and ADD take from the build context, when it is known what that holds."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from trailer_tui.dockerfile.rules.git_sources import sources, would_be_cloned
from trailer_tui.dockerfile.rules.problem import shown, warning

if TYPE_CHECKING:
    from trailer_tui.dockerfile.parse import Instruction, ParsedDockerfile
    from trailer_tui.model.image import DockerfileProblem

_REMOTE = ("http://", "https://")
_VARIABLE = "$"
_WILDCARDS = "*?["


def check_sources(parsed: ParsedDockerfile, files: Collection[str]) -> Iterator[DockerfileProblem]:
    """Sources that the build context lacks.

    Args:
        parsed: the Dockerfile.
        files: paths in the build context beside the Dockerfile.
    """
    for instruction in parsed.instructions:
        if instruction.keyword not in {"COPY", "ADD"} or instruction.flag("from") is not None:
            continue
        for source in _local_sources(instruction):
            if not _is_held(source, files):
                yield warning(
                    instruction,
                    "missing-source",
                    f"the build context holds no {shown(source)}: fetch it with ADD and a URL or in a RUN, "
                    "or write it in a RUN",
                )


def _local_sources(instruction: Instruction) -> list[str]:
    return [
        source
        for source in sources(instruction)
        if source
        and not source.startswith((*_REMOTE, "<<"))
        and not would_be_cloned(source)
        and not any(c in source for c in _VARIABLE + _WILDCARDS)
    ]


def _is_held(source: str, files: Collection[str]) -> bool:
    path = source.removeprefix("./").strip("/")
    if path in {"", ".", "Dockerfile"}:
        return True
    return any(file == path or file.startswith(f"{path}/") for file in files)
