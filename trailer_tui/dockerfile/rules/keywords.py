"""Which instructions there are, and which flags each takes.

Source: moby/buildkit, `frontend/dockerfile/instructions/parse.go`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trailer_tui.dockerfile.rules.problem import error, shown, suggestion, warning

if TYPE_CHECKING:
    from trailer_tui.dockerfile.builder import Builder
    from trailer_tui.dockerfile.parse import Instruction
    from trailer_tui.model.image import DockerfileProblem


@dataclass(frozen=True, slots=True)
class Flag:
    """One flag of an instruction."""

    is_switch: bool = False
    """`--link` or `--link=true`; others need a value."""
    repeatable: bool = False
    classic: bool = True
    """Whether the classic builder takes it too."""


_SWITCH = Flag(is_switch=True, classic=False)
_MODERN = Flag(classic=False)
_LIST = Flag(repeatable=True, classic=False)

FLAGS: dict[str, dict[str, Flag]] = {
    "ADD": {
        "chown": Flag(),
        "chmod": _MODERN,
        "link": _SWITCH,
        "keep-git-dir": _SWITCH,
        "checksum": _MODERN,
        "exclude": _LIST,
        "unpack": _SWITCH,
    },
    "ARG": {},
    "CMD": {},
    "COPY": {
        "chown": Flag(),
        "from": Flag(),
        "chmod": _MODERN,
        "link": _SWITCH,
        "parents": _SWITCH,
        "exclude": _LIST,
    },
    "ENTRYPOINT": {},
    "ENV": {},
    "EXPOSE": {},
    "FROM": {"platform": Flag()},
    "HEALTHCHECK": {
        "interval": Flag(),
        "timeout": Flag(),
        "start-period": Flag(),
        "start-interval": _MODERN,
        "retries": Flag(),
    },
    "LABEL": {},
    "MAINTAINER": {},
    "ONBUILD": {},
    "RUN": {"mount": _LIST, "network": _MODERN, "security": _MODERN, "device": _LIST},
    "SHELL": {},
    "STOPSIGNAL": {},
    "USER": {},
    "VOLUME": {},
    "WORKDIR": {},
}
"""Every instruction, and its flags by name."""

_EARLY = frozenset({"chmod"})
"""Flags beyond the classic builder that the first BuildKit without heredocs has; `--mount` is a rule of its own."""


def check_keyword(instruction: Instruction) -> Iterator[DockerfileProblem]:
    """An instruction that no builder knows."""
    keyword = instruction.keyword
    if not keyword:
        yield error(instruction, "empty-instruction", "a continuation of nothing: remove the line")
    elif keyword not in FLAGS:
        meant = suggestion(keyword, FLAGS)
        remedy = f"write {meant}" if meant else f"an instruction is one of {', '.join(FLAGS)}"
        yield error(instruction, "unknown-instruction", f"unknown instruction {shown(keyword)}: {remedy}")
    elif keyword == "MAINTAINER":
        yield warning(
            instruction, "maintainer-deprecated", "MAINTAINER is deprecated: write LABEL maintainer=… instead"
        )


def check_flags(instruction: Instruction, builder: Builder) -> Iterator[DockerfileProblem]:
    """Flags that the instruction does not have, without their value, given twice, or beyond the builder.

    Args:
        instruction: with a known keyword.
        builder: what builds it.
    """
    known = FLAGS[instruction.keyword]
    seen: set[str] = set()
    for given in instruction.flags:
        name, equals, value = given.removeprefix("--").partition("=")
        flag = known.get(name)
        if flag is None:
            yield error(instruction, "unknown-flag", _unknown(instruction.keyword, name, known))
            continue
        if not flag.is_switch and not equals:
            yield error(instruction, "flag-value", f"--{name} has no value: write --{name}=…")
        if flag.is_switch and equals and value.lower() not in {"true", "false"}:
            yield error(instruction, "flag-value", f"--{name} is true or false, not {shown(value)}")
        if name in seen and not flag.repeatable:
            yield error(instruction, "duplicate-flag", f"--{name} is given twice: keep one")
        if not flag.classic and name != "mount":
            yield from _beyond(instruction, name, builder)
        seen.add(name)


def _beyond(instruction: Instruction, name: str, builder: Builder) -> Iterator[DockerfileProblem]:
    if not builder.buildkit:
        yield warning(instruction, "flag-needs-buildkit", f"--{name} needs BuildKit and {builder.label}")
    elif not builder.heredocs and name not in _EARLY:
        remedy = ": write # syntax=docker/dockerfile:1 on the first line" if builder.has_frontends else ""
        yield warning(
            instruction, "flag-needs-buildkit", f"--{name} needs a newer BuildKit and {builder.label}{remedy}"
        )


def _unknown(keyword: str, name: str, known: dict[str, Flag]) -> str:
    meant = suggestion(name, known)
    if meant:
        remedy = f"write --{meant}"
    elif known:
        remedy = f"it takes {', '.join(f'--{flag}' for flag in known)}"
    else:
        remedy = f"it takes no flags; put -- before arguments that start with a dash, as in {keyword} -- --x"
    return f"{keyword} has no flag --{shown(name)}: {remedy}"
