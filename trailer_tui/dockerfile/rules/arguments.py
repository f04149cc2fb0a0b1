"""The arguments of each instruction: how many, and in which form."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from trailer_tui.dockerfile.rules.problem import error, shown, warning
from trailer_tui.dockerfile.rules.secrets import looks_secret
from trailer_tui.dockerfile.rules.values import duration_problem, port_problem, signal_problem
from trailer_tui.dockerfile.words import quoted_words, unquote

if TYPE_CHECKING:
    from trailer_tui.dockerfile.parse import Instruction
    from trailer_tui.model.image import DockerfileProblem

_JSON_MEANT = re.compile(r"""\[(?:["']|\s*(?:"[^"]*"|'[^']*'|[\w./-]+)\s*,)""")
_JSON_KEYWORDS = frozenset({"RUN", "CMD", "ENTRYPOINT", "VOLUME", "COPY", "ADD"})
_FORBIDDEN_TRIGGERS = frozenset({"ONBUILD", "FROM", "MAINTAINER"})


def check_arguments(instruction: Instruction, *, escape: str, modern: bool) -> Iterator[DockerfileProblem]:
    """What is wrong with the arguments of one instruction.

    Args:
        instruction: with a known keyword.
        escape: the escape character of the file.
        modern: whether the builder knows what the classic builder does not.
    """
    if instruction.keyword in _JSON_KEYWORDS:
        yield from _json_form(instruction)
    match instruction.keyword:
        case "ENV" | "LABEL":
            yield from _pairs(instruction, escape)
        case "ARG":
            yield from _arg(instruction, escape)
        case "COPY" | "ADD":
            yield from _copy(instruction, modern=modern)
        case keyword if keyword in _SIMPLE:
            yield from _SIMPLE[keyword](instruction)


def _json_form(instruction: Instruction) -> Iterator[DockerfileProblem]:
    if instruction.json is None and instruction.has_mixed_json:
        yield error(instruction, "json-form", "the JSON form takes strings only: put every element in double quotes")
    elif instruction.json_rest:
        yield warning(
            instruction, "json-form", f"builders ignore {shown(instruction.json_rest)} after the JSON form: remove it"
        )
    elif instruction.json is None and _JSON_MEANT.match(instruction.arguments):
        yield warning(
            instruction,
            "json-form",
            'no valid JSON, so it is taken as plain words: write ["a", "b"] with double quotes and no final comma',
        )


def _pairs(instruction: Instruction, escape: str) -> Iterator[DockerfileProblem]:
    keyword = instruction.keyword
    words = quoted_words(instruction.arguments, escape)
    if not words:
        yield error(instruction, "missing-arguments", f"{keyword} has no arguments: write {keyword} name=value")
        return
    if "=" not in words[0]:
        if len(words) == 1:
            yield error(
                instruction,
                "missing-value",
                f"{keyword} {shown(words[0])} has no value: write {keyword} {shown(words[0])}=value",
            )
        yield from _secrets(instruction, words[:1])
        return
    for word in words:
        if "=" not in word:
            yield error(
                instruction,
                "missing-value",
                f"{shown(word)} has no =: write name=value, and put a value with spaces in quotes",
            )
        elif word.startswith("="):
            yield error(instruction, "missing-name", f"{shown(word)} has no name: write name=value")
        else:
            yield from _open_quote(instruction, word, escape)
    yield from _secrets(instruction, words)


def _open_quote(instruction: Instruction, word: str, escape: str) -> Iterator[DockerfileProblem]:
    e = re.escape(escape)
    closed = re.fullmatch(rf"""(?:[^'"{e}]++|{e}.|{e}$|'[^']*+'|"(?:[^"{e}]++|{e}.)*+")*+""", word, re.DOTALL)
    if closed is None:
        yield error(instruction, "open-quote", f"{shown(word)} has a quote that is not closed: close it or escape it")


def _secrets(instruction: Instruction, words: list[str]) -> Iterator[DockerfileProblem]:
    if instruction.keyword == "LABEL":
        return
    for word in words:
        name = unquote(word.partition("=")[0])
        if looks_secret(name):
            yield warning(
                instruction,
                "secret-in-image",
                f"{shown(name)} looks like a secret: anyone with the image can read {instruction.keyword} values",
            )


def _arg(instruction: Instruction, escape: str) -> Iterator[DockerfileProblem]:
    words = quoted_words(instruction.arguments, escape)
    if not words:
        yield error(instruction, "missing-arguments", "ARG has no name: write ARG name or ARG name=default")
    for word in words:
        if word.startswith("="):
            yield error(instruction, "missing-name", f"{shown(word)} has no name: write ARG name=default")
        else:
            yield from _open_quote(instruction, word, escape)
    yield from _secrets(instruction, words)


def _copy(instruction: Instruction, *, modern: bool) -> Iterator[DockerfileProblem]:
    keyword = instruction.keyword
    words = instruction.json if instruction.json is not None else instruction.arguments.split()
    if len(words) < 2:
        what = "has no arguments" if not words else "has no destination"
        yield error(instruction, "missing-arguments", f"{keyword} {what}: write {keyword} source destination")
        return
    destination = words[-1]
    folder = destination.endswith(("/", "\\", "/.")) or (modern and destination == ".")
    if len(words) > 2 and not folder and "$" not in destination and instruction.flag("parents") is None:
        yield error(
            instruction,
            "destination-folder",
            f"several sources need a folder as destination: write {shown(destination)}/",
        )


def _run(instruction: Instruction) -> Iterator[DockerfileProblem]:
    if instruction.json == () or not instruction.arguments:
        yield error(instruction, "missing-arguments", "RUN has no command: write RUN command")


def _command(instruction: Instruction) -> Iterator[DockerfileProblem]:
    if not instruction.arguments:
        yield warning(
            instruction,
            "missing-arguments",
            f"{instruction.keyword} has no command: write one, or {instruction.keyword} [] to clear that of the base",
        )


def _single(instruction: Instruction) -> Iterator[DockerfileProblem]:
    if not instruction.arguments:
        keyword = instruction.keyword
        wanted = {"WORKDIR": "/folder", "USER": "name", "MAINTAINER": "name"}[keyword]
        yield error(instruction, "missing-arguments", f"{keyword} has no argument: write {keyword} {wanted}")
    elif instruction.keyword == "USER" and len(instruction.arguments.split()) > 1 and "$" not in instruction.arguments:
        yield warning(
            instruction,
            "user-form",
            f"no account is named {shown(instruction.arguments)}: write USER name or name:group",
        )


def _stop_signal(instruction: Instruction) -> Iterator[DockerfileProblem]:
    value = unquote(instruction.arguments)
    if not value:
        yield error(instruction, "missing-arguments", "STOPSIGNAL has no signal: write STOPSIGNAL SIGTERM")
    elif "$" not in value and (problem := signal_problem(value)):
        yield error(instruction, "signal-form", f"{shown(value)} {problem}")


def _expose(instruction: Instruction) -> Iterator[DockerfileProblem]:
    words = instruction.arguments.split()
    if not words:
        yield error(instruction, "missing-arguments", "EXPOSE has no port: write EXPOSE 8080")
    for word in map(unquote, words):
        if "$" in word:
            continue
        if ":" in word:
            yield warning(
                instruction, "port-form", f"{shown(word)}: EXPOSE publishes nothing; write the container's port alone"
            )
        elif problem := port_problem(word):
            yield error(instruction, "port-form", f"{shown(word)} {problem}")


def _volume(instruction: Instruction) -> Iterator[DockerfileProblem]:
    words = instruction.json if instruction.json is not None else instruction.arguments.split()
    if not words:
        yield error(instruction, "missing-arguments", "VOLUME has no path: write VOLUME /path")
    elif any(not word.strip() for word in words):
        yield error(instruction, "volume-form", "VOLUME has an empty path: write VOLUME /path")


def _shell(instruction: Instruction) -> Iterator[DockerfileProblem]:
    if not instruction.json:
        yield error(instruction, "json-form", 'SHELL takes the JSON form only: write SHELL ["/bin/bash", "-c"]')


def _onbuild(instruction: Instruction) -> Iterator[DockerfileProblem]:
    trigger = instruction.arguments.split(maxsplit=1)[0].upper() if instruction.arguments else ""
    if not trigger:
        yield error(instruction, "missing-arguments", "ONBUILD has no instruction: write ONBUILD RUN command")
    elif trigger in _FORBIDDEN_TRIGGERS:
        yield error(instruction, "onbuild-trigger", f"ONBUILD cannot carry {trigger}: remove the line")


def _healthcheck(instruction: Instruction) -> Iterator[DockerfileProblem]:
    words = instruction.arguments.split(maxsplit=1)
    kind = words[0].upper() if words else ""
    if kind not in {"CMD", "NONE"}:
        found = f"not {shown(words[0])}" if words else "and has neither"
        yield error(instruction, "healthcheck-form", f"HEALTHCHECK takes CMD command or NONE, {found}")
    elif kind == "NONE" and (len(words) > 1 or instruction.flags):
        yield error(instruction, "healthcheck-form", "HEALTHCHECK NONE takes nothing else: remove the rest")
    elif kind == "CMD" and len(words) == 1:
        yield error(instruction, "healthcheck-form", "HEALTHCHECK CMD has no command: write HEALTHCHECK CMD command")
    for name in ("interval", "timeout", "start-period", "start-interval"):
        value = instruction.flag(name)
        if value and "$" not in value and (problem := duration_problem(value)):
            yield error(instruction, "healthcheck-form", f"--{name}={shown(value)} {problem}")
    retries = instruction.flag("retries")
    if retries and "$" not in retries and not re.fullmatch(r"0*[1-9]\d*", retries, re.ASCII):
        yield error(instruction, "healthcheck-form", f"--retries={shown(retries)} is no count: write 1 or more")


_SIMPLE: dict[str, Callable[[Instruction], Iterator[DockerfileProblem]]] = {
    "RUN": _run,
    "CMD": _command,
    "ENTRYPOINT": _command,
    "WORKDIR": _single,
    "USER": _single,
    "MAINTAINER": _single,
    "STOPSIGNAL": _stop_signal,
    "EXPOSE": _expose,
    "VOLUME": _volume,
    "SHELL": _shell,
    "ONBUILD": _onbuild,
    "HEALTHCHECK": _healthcheck,
}
