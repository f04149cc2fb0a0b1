"""The check of a Dockerfile: what a build would trip over, before it runs."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice

from trailer_tui.dockerfile.builder import ANY_BUILDER, Builder
from trailer_tui.dockerfile.parse import Instruction, ParsedDockerfile, parse, split_lines
from trailer_tui.dockerfile.rules.arguments import check_arguments
from trailer_tui.dockerfile.rules.git_sources import check_git_sources
from trailer_tui.dockerfile.rules.keywords import FLAGS, check_flags, check_keyword
from trailer_tui.dockerfile.rules.mounts import Given, check_mounts
from trailer_tui.dockerfile.rules.problem import error, shown, warning
from trailer_tui.dockerfile.rules.sources import check_sources
from trailer_tui.dockerfile.rules.stages import check_stages
from trailer_tui.model.image import DockerfileProblem

MAX_LINE_BYTES = 65_535
"""Longest line that the engine's scanner reads."""

MAX_PROBLEMS = 300
"""Most findings of one kind of rule (lines, stages, instructions): a file that is no Dockerfile has one per line."""


def check(
    text: str,
    *,
    builder: Builder = ANY_BUILDER,
    files: Collection[str] | None = None,
    given: Given | None = None,
) -> list[DockerfileProblem]:
    """The problems of a Dockerfile in order of their lines; [] when a builder would accept it.

    Args:
        text: the Dockerfile.
        builder: what builds it.
        files: paths in the build context beside the Dockerfile; None when they are not known.
        given: the secrets and the ssh agent that steps get; None when that is not known.
    """
    parsed = parse(text)
    builder = builder.with_frontend_of(parsed)
    instructions = (
        problem
        for instruction in parsed.instructions
        for problem in _instruction(instruction, parsed.escape, builder, given)
    )
    found = [
        *islice(_file(text, parsed), MAX_PROBLEMS),
        *_directives(parsed),
        *_order(parsed),
        *islice(check_stages(parsed), MAX_PROBLEMS),
        *islice(instructions, MAX_PROBLEMS),
        *islice(check_git_sources(parsed, builder, given), MAX_PROBLEMS),
        *islice(check_sources(parsed, files) if files is not None else (), MAX_PROBLEMS),
    ]
    return sorted(found, key=lambda problem: (problem.line, problem.severity, problem.end_line))


def _instruction(
    instruction: Instruction, escape: str, builder: Builder, given: Given | None
) -> Iterator[DockerfileProblem]:
    yield from check_keyword(instruction)
    if instruction.keyword in FLAGS:
        yield from check_flags(instruction, builder)
        yield from check_arguments(instruction, escape=escape, modern=builder.buildkit)
        yield from check_mounts(instruction, builder, given)
        yield from _heredocs(instruction, builder)
    if instruction.inner:
        yield from _instruction(instruction.inner, escape, builder, given)
    yield from _continuation(instruction)


def _heredocs(instruction: Instruction, builder: Builder) -> Iterator[DockerfileProblem]:
    if instruction.keyword == "ONBUILD":
        return
    if instruction.heredocs and not builder.heredocs:
        name = shown(instruction.heredocs[0].name)
        newer = ", or write # syntax=docker/dockerfile:1 on the first line" if builder.has_frontends else ""
        yield error(
            instruction,
            "heredoc-unsupported",
            f"{builder.label}, which knows no heredocs: write <<{name} as lines joined with \\, or as a file{newer}",
        )
        return
    for heredoc in instruction.heredocs:
        if not heredoc.terminated:
            name = shown(heredoc.name)
            yield error(
                instruction,
                "unterminated-heredoc",
                f"<<{name} has no end: write a line that is {name} and nothing else",
            )


def _continuation(instruction: Instruction) -> Iterator[DockerfileProblem]:
    if instruction.continues_past_end and instruction.keyword:
        yield warning(
            instruction, "continuation-at-end", "the file ends in a line continuation: remove it or complete the line"
        )
    if instruction.empty_continuations:
        line = instruction.empty_continuations[0]
        yield DockerfileProblem(
            line=line,
            end_line=line,
            severity="warning",
            rule="empty-continuation",
            message="an empty line inside a continued instruction will become an error: remove it or write # on it",
        )


def _file(text: str, parsed: ParsedDockerfile) -> Iterator[DockerfileProblem]:
    for number, line in enumerate(split_lines(text), 1):
        if len(line) > MAX_LINE_BYTES // 4 and len(line.encode("utf-8", "replace")) > MAX_LINE_BYTES:
            yield _at(number, "line-too-long", f"longer than {MAX_LINE_BYTES} bytes: break it with a continuation")
    if not parsed.instructions:
        yield _at(1, "empty", "no instruction yet: start with FROM and an image, such as FROM ubuntu:24.04")
    elif all(instruction.keyword != "FROM" for instruction in parsed.instructions):
        yield _at(parsed.instructions[0].line, "no-from", "there is no FROM: start with FROM and an image")


def _order(parsed: ParsedDockerfile) -> Iterator[DockerfileProblem]:
    """Only ARG may stand before the first FROM; said once, as the first explains the rest."""
    if all(instruction.keyword != "FROM" for instruction in parsed.instructions):
        return
    for instruction in parsed.instructions:
        if instruction.keyword == "FROM":
            return
        if instruction.keyword != "ARG" and instruction.keyword in FLAGS:
            yield error(
                instruction, "before-from", f"{instruction.keyword} stands before FROM: only ARG may; move it down"
            )
            return


def _directives(parsed: ParsedDockerfile) -> Iterator[DockerfileProblem]:
    seen: set[str] = set()
    for directive in parsed.directive_list:
        if directive.name in seen:
            yield _at(directive.line, "directive", f"a second {directive.name} directive: keep one")
        elif directive.name == "escape" and directive.value not in {"\\", "`"}:
            yield _at(directive.line, "directive", f"the escape character is \\ or `, not {shown(directive.value)}")
        seen.add(directive.name)


def _at(line: int, rule: str, message: str) -> DockerfileProblem:
    return DockerfileProblem(line=line, end_line=line, severity="error", rule=rule, message=message)
