"""The part of a Dockerfile that is about startup commands: one is the main process, several are supervised by s6.

Commands reach neither a shell nor an instruction unquoted: one is written in the JSON form, several are scripts of the
build context in which every word is quoted.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence

from trailer_tui.dockerfile.command_names import command_names
from trailer_tui.dockerfile.context import ContextEntry, text_entry
from trailer_tui.dockerfile.plan import CONTEXT_FOLDER, Part, Plan
from trailer_tui.dockerfile.quoting import UserText
from trailer_tui.dockerfile.scripts import script
from trailer_tui.dockerfile.supervisor import supervisor
from trailer_tui.model.command_line import Launch, read_command_line
from trailer_tui.model.startup import StartupCommand

_FIELD = "configuration.startup"
_IN_IMAGE = "/opt/trailer/startup"
_FOLDER = f"{CONTEXT_FOLDER}/startup"
_DESKTOP_FOLDER = f"{CONTEXT_FOLDER}/s6-rc.d"
_RUN_IN_ENVIRONMENT = "/usr/local/bin/ws-run"
_NO_DESKTOP = (
    "Startup commands of a desktop are services of its s6-overlay, which this base image does not have: "
    "choose a desktop of the catalogue, or remove the startup commands"
)


def startup(plan: Plan) -> Part:
    """What makes the configured commands run when a container starts."""
    commands = plan.configuration.startup
    if not commands or plan.is_windows:
        return Part()
    if plan.is_desktop:
        return _desktop(commands)
    if len(commands) == 1:
        return _one(commands[0])
    names = command_names([command.command for command in commands])
    programs = ("check", "start", "run", "pause", "finish", "log", "stop", "stopped", "shell")
    return Part(
        steps=(supervisor(plan.family, plan.inputs.platform),),
        end=(("startup/several", {"names": [UserText(_FIELD, name) for name in names]}),),
        entries=(*_programs(programs), *_command_scripts(names, commands)),
    )


def _one(command: StartupCommand) -> Part:
    words = _words(command)
    uses_shell_script = f"{_IN_IMAGE}/shell" in words
    values = {"words": [UserText(f"{_FIELD}.0", word) for word in words], "uses_shell_script": uses_shell_script}
    return Part(end=(("startup/one", values),), entries=tuple(_programs(["shell"])) if uses_shell_script else ())


def _desktop(commands: Sequence[StartupCommand]) -> Part:
    """Services of the desktop's own init, which is the main process and stays it, run as the desktop's user."""
    names = command_names([command.command for command in commands])
    values = {"names": [UserText(_FIELD, name) for name in names], "failure": UserText(_FIELD, _NO_DESKTOP)}
    return Part(
        steps=(("startup/desktop", values),),
        entries=(
            *_programs(["pause", "log", "shell"]),
            *_command_scripts(names, commands),
            *(entry for name in names for entry in _desktop_service(name)),
        ),
    )


def _desktop_service(name: str) -> Iterable[ContextEntry]:
    """The definitions of one service and of its log, in the format of s6-rc."""
    # No command's service begins like these two, whatever the command is called.
    service, log, pipeline = f"trailer-{name}", f"log-of-trailer-{name}", f"pipeline-of-trailer-{name}"
    folder = f"{_DESKTOP_FOLDER}/{service}"
    yield text_entry(f"{folder}/type", "longrun\n")
    yield text_entry(f"{folder}/run", script("startup/desktop-run"), mode=0o755)
    yield text_entry(f"{folder}/finish", script("startup/finish"), mode=0o755)
    yield text_entry(f"{folder}/timeout-kill", script("startup/timeout-kill"))
    yield text_entry(f"{folder}/producer-for", f"{log}\n")
    yield text_entry(f"{folder}/dependencies.d/init-services", "")
    yield text_entry(f"{_DESKTOP_FOLDER}/{log}/type", "longrun\n")
    yield text_entry(f"{_DESKTOP_FOLDER}/{log}/run", script("startup/desktop-log"), mode=0o755)
    yield text_entry(f"{_DESKTOP_FOLDER}/{log}/consumer-for", f"{service}\n")
    yield text_entry(f"{_DESKTOP_FOLDER}/{log}/pipeline-name", f"{pipeline}\n")
    yield text_entry(f"{_DESKTOP_FOLDER}/user/contents.d/{pipeline}", "")


def _programs(names: Iterable[str]) -> Iterable[ContextEntry]:
    for name in names:
        yield text_entry(f"{_FOLDER}/{name}", script(f"startup/{name}"), mode=0o755)
    if "finish" in names:
        yield text_entry(f"{_FOLDER}/timeout-kill", script("startup/timeout-kill"))


def _command_scripts(names: Sequence[str], commands: Sequence[StartupCommand]) -> Iterable[ContextEntry]:
    for name, command in zip(names, commands, strict=True):
        text = f"#!/bin/sh\nexec {shlex.join(_words(command))}\n"
        yield text_entry(f"{_FOLDER}/commands/{name}", text, mode=0o755)


def _words(command: StartupCommand) -> list[str]:
    """The program and its arguments that run the command, whatever it is made of."""
    line = read_command_line(command.command)
    match line.launch:
        case Launch.WORDS:
            words = list(line.words)
        case Launch.EXEC:
            words = ["/bin/sh", "-c", f"exec {command.command}"]
        case Launch.SHELL:
            words = [f"{_IN_IMAGE}/shell", command.command]
    return [_RUN_IN_ENVIRONMENT, command.environment, *words] if command.environment else words
