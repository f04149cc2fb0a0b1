"""No value of any field adds an instruction, changes one, or leaves its word.

A hostile value is refused with the name of its field, or what is generated from it has the instructions that a harmless
value in its place has, and holds the value literally: in the words of a shell, in JSON, in YAML.
"""

from __future__ import annotations

import fnmatch
import posixpath
import re
import shlex
from collections.abc import Mapping, Sequence
from functools import lru_cache

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.dockerfile.hostile import (
    KINDS,
    MARKS,
    SLOTS,
    Buildable,
    Slot,
    configuration_of,
    draft_with,
    hostile,
    inputs_of,
)
from trailer_tui.dockerfile.context import BuildContext, ContextEntry
from trailer_tui.dockerfile.generate import build_context
from trailer_tui.dockerfile.parse import Instruction, parse
from trailer_tui.dockerfile.review import review
from trailer_tui.dockerfile.words import quoted_words, unquote
from trailer_tui.model.command_line import Launch, read_command_line
from trailer_tui.model.environment import CondaPackage, PypiPackage
from trailer_tui.model.errors import InvalidInput
from trailer_tui.model.image import GenerateConfiguration
from trailer_tui.model.image_file import ImageFile
from trailer_tui.printable import first_control_character

_HARMLESS_COMMANDS = {Launch.WORDS: "prog arg", Launch.EXEC: "prog $arg", Launch.SHELL: "prog; arg"}
_ONE_CHARACTER = re.compile(r"\[[*?[\\]\]")
"""In the pattern that a source is, the class that stands for this character alone."""
_SCRIPT_NAME = re.compile(r"[A-Za-z0-9_.-]{1,30}")


def context_of(configuration: Buildable) -> BuildContext:
    context = build_context(configuration, inputs_of(configuration))
    assert context is not None
    return context


def _texts(context: BuildContext) -> dict[str, bytes]:
    return {entry.path: content(entry) for entry in context.entries}


def content(entry: ContextEntry) -> bytes:
    with entry.open() as opened:
        return opened.read()


def _name(slot: Slot) -> str:
    return f"{slot.kind}-{slot.path.removeprefix('configuration.')}"


@pytest.mark.parametrize("slot", [slot for slot in SLOTS if slot.kind in ("plain", "desktop", "windows")], ids=_name)
def test_every_mark_is_refused_by_its_field_or_stays_what_it_is(slot: Slot) -> None:
    for mark in MARKS:
        assert_nothing_escapes(slot.kind, {slot: slot.starts[-1] + mark + "x"})


@pytest.mark.parametrize("slot", SLOTS, ids=_name)
@given(data=st.data())
@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow])
def test_any_value_is_refused_by_its_field_or_stays_what_it_is(slot: Slot, data: st.DataObject) -> None:
    assert_nothing_escapes(slot.kind, {slot: _value(slot, data)})


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_values_of_several_fields_do_not_escape_together(kind: str, data: st.DataObject) -> None:
    slots = [slot for slot in SLOTS if slot.kind == kind]
    chosen = data.draw(st.lists(st.sampled_from(slots), unique=True, min_size=2, max_size=6))
    assert_nothing_escapes(kind, {slot: _value(slot, data) for slot in chosen})


def _value(slot: Slot, data: st.DataObject) -> str:
    value: str = data.draw(st.sampled_from(slot.starts)) + data.draw(hostile)
    return value


def assert_nothing_escapes(kind: str, values: Mapping[Slot, str]) -> None:
    """What can be built with these values is what harmless ones in their places give; else the fields are named."""
    try:
        configuration = configuration_of(draft_with(kind, values))
        context = context_of(configuration)
    except InvalidInput as error:
        problems = error.fields
    else:
        harmless = {slot: _harmless(slot, configuration) for slot in values}
        twin = _twin(kind, tuple(harmless.items()))
        assert_same_instructions(context, twin)
        assert_same_files(context, twin)
        assert_holds_literally(configuration, context)
        return
    assert problems
    assert [one for one in problems if not any(_concerns(one.field, slot) for slot in values)] == []
    assert all(one.problem for one in problems)


@lru_cache(maxsize=200)
def _twin(kind: str, values: tuple[tuple[Slot, str], ...]) -> BuildContext:
    return context_of(configuration_of(draft_with(kind, dict(values))))


def _concerns(field: str, slot: Slot) -> bool:
    """Whether a problem is told of the field itself, or of the entry that it is a part of."""
    entry = slot.path.rsplit(".", 1)[0]
    if slot.kind == "backtick" and field == "configuration.dockerfile":
        return True  # its escape character is what does not go together with the value
    return field.startswith((slot.path, entry)) or slot.path.startswith(field) or field == slot.also


def _harmless(slot: Slot, configuration: Buildable) -> str:
    """What makes the same instructions as the value: commands and files are written by what they need."""
    _, part, *rest = slot.path.split(".")
    if part == "startup":
        return _HARMLESS_COMMANDS[read_command_line(configuration.startup[int(rest[0])].command).launch]
    if part == "files":
        return _harmless_entry(configuration.files[int(rest[0])], rest[1], slot.harmless)
    if part == "environments":
        return slot.harmless
    found: object = configuration
    for name in (part, *rest):
        found = found[int(name)] if isinstance(found, list) else getattr(found, name)
    assert isinstance(found, str)
    # What the catalogue knows is no text of a user's any more, and a base image decides over everything else.
    is_chosen = part == "base_image" or rest[-1] in ("keyboard", "language", "0")
    return found if is_chosen or not found else slot.harmless


def _harmless_entry(file: ImageFile, field: str, otherwise: str) -> str:
    if field == "destination":
        return _harmless_place(file.destination)
    if file.source == "archive":
        return "bundle" if file.file.startswith("bundle") else "plain"
    return otherwise


def _harmless_place(destination: str) -> str:
    end = destination[-1] if destination[-1] in "/\\" else ""
    if posixpath.normpath(destination).startswith("/home/adauser/"):
        return f"/home/adauser/place{end}"
    if destination.startswith("/config/") or destination == "/config":
        return f"/config/place{end}"
    return f"/opt/place{end}" if destination.startswith("/") else f"C:\\opt\\place{end}"


def assert_same_instructions(context: BuildContext, twin: BuildContext) -> None:
    mine, others = parse(context.dockerfile), parse(twin.dockerfile)
    assert mine.directive_list == others.directive_list
    shape = [(one.keyword, [flag.split("=")[0] for flag in one.flags]) for one in mine.instructions]
    assert shape == [(one.keyword, [flag.split("=")[0] for flag in one.flags]) for one in others.instructions]
    for one, other in zip(mine.instructions, others.instructions, strict=True):
        assert one.heredocs == ()
        assert (one.json is None) == (other.json is None)
        assert one.json_rest == ""
        assert len(_words(one, mine.escape)) == len(_words(other, others.escape))
        if one.keyword == "RUN" and one.json is None:
            _assert_same_commands(one, other)
    assert context.base_of_user == "" or twin.base_of_user != ""


def _words(instruction: Instruction, escape: str) -> Sequence[str]:
    if instruction.keyword in ("CMD", "ENTRYPOINT"):
        return ()  # as many as the command has; `assert_holds_literally` knows which
    if instruction.json is not None:
        return instruction.json
    if instruction.keyword == "RUN":
        return shlex.split(instruction.arguments)
    return quoted_words(instruction.arguments, escape)


def _assert_same_commands(one: Instruction, other: Instruction) -> None:
    """Outside of quotation marks a shell finds the same in both."""
    assert _bare(one.arguments) == _bare(other.arguments) or _words(one, "") == _words(other, "")


def _bare(command: str) -> str:
    """What a shell reads as its own language: quoted text and plain words are taken out, operators stay."""
    return re.sub(r"[A-Za-z0-9_./:@%+=,-]+", "w", re.sub(r"'[^']*'|\"(?:[^\"\\]|\\.)*\"", "w", command)).replace(
        "ww", "w"
    )


def assert_same_files(context: BuildContext, twin: BuildContext) -> None:
    mine, others = [entry.path for entry in context.entries], [entry.path for entry in twin.entries]
    assert len(set(mine)) == len(mine)
    assert sorted(path.count("/") for path in mine) == sorted(path.count("/") for path in others)
    for path in mine:
        folder, name = path.rsplit("/", 1)
        assert path.startswith(".trailer/")
        assert not {"", ".", ".."} & set(path.split("/"))
        assert first_control_character(path) is None
        assert not folder.endswith("/startup/commands") or _SCRIPT_NAME.fullmatch(name)


def assert_holds_literally(configuration: Buildable, context: BuildContext) -> None:
    _assert_commands(configuration, context)
    _assert_additions(configuration, context)
    if isinstance(configuration, GenerateConfiguration):
        _assert_environments(configuration, context)
        _assert_windows(configuration, context)


def _assert_additions(configuration: Buildable, context: BuildContext) -> None:
    lists = [
        one.json
        for one in parse(context.dockerfile).instructions
        if one.keyword in ("ADD", "COPY") and one.json is not None
    ]
    # Single quotes keep everything; double ones are only around a single one.
    assert all("$" not in re.sub(r"""'[^']*'|"'+\"""", "", word) for words in lists for word in words)
    for number, (file, words) in enumerate(zip(configuration.files, lists, strict=False)):
        source, destination = map(_literal, words)
        if file.source == "archive":
            assert not re.search(r"[*?[\\]", _ONE_CHARACTER.sub("", source))
            matching = [entry.path for entry in context.entries if fnmatch.fnmatchcase(entry.path, source)]
            assert matching == [f".trailer/files/{number + 1}/{file.file}"]
        else:
            assert source == file.url
        if not configuration.services.is_windows and not _is_in_volume(configuration, file):
            assert destination in (file.destination, f"{file.destination}/")


def _is_in_volume(configuration: Buildable, file: ImageFile) -> bool:
    """Whether it is put in its place by a script when a desktop starts."""
    place = posixpath.normpath(file.destination)
    return configuration.services.desktop is not None and f"{place}/".startswith("/config/")


def _literal(word: str) -> str:
    """What builders make of one word of ADD or COPY: they expand it, and split nothing."""
    return unquote(word) if re.search(r"""[$'"\\`]""", word) else word


def _assert_commands(configuration: Buildable, context: BuildContext) -> None:
    texts = _texts(context)
    scripts = [text.decode() for path, text in texts.items() if "/startup/commands/" in path]
    if len(configuration.startup) == 1 and configuration.services.desktop is None:
        [started] = [one.json for one in parse(context.dockerfile).instructions[-1:]]
        found = [list(started or ())]
    else:
        found = [shlex.split(script.removeprefix("#!/bin/sh\nexec ")) for script in scripts]
        assert all(script.startswith("#!/bin/sh\nexec ") for script in scripts)
    for command, words in zip(configuration.startup, found, strict=True):
        if command.environment:
            assert words[:2] == ["/usr/local/bin/ws-run", command.environment]
            words = words[2:]
        line = read_command_line(command.command)
        match line.launch:
            case Launch.WORDS:
                assert words == shlex.split(command.command)
            case Launch.EXEC:
                assert words == ["/bin/sh", "-c", f"exec {command.command}"]
            case Launch.SHELL:
                assert words[1:] == [command.command]


def _assert_environments(configuration: GenerateConfiguration, context: BuildContext) -> None:
    texts = _texts(context)
    for environment in configuration.environments:
        written = yaml.safe_load(texts[f".trailer/environments/{environment.name}/environment.yml"])
        assert written["channels"][: len(environment.channels)] == list(environment.channels)
        packages = [one for one in written["dependencies"] if isinstance(one, str)]
        assert [CondaPackage.parse(one) for one in packages][: len(environment.conda)] == environment.conda
        pip: list[str] = next((one["pip"] for one in written["dependencies"] if isinstance(one, dict)), [])
        assert [PypiPackage.parse(one) for one in pip if not one.startswith("--")] == environment.pypi
        options = [one for one in pip if one.startswith("--")]
        assert options == ([f"--index-url {environment.pypi_index}"] if environment.pypi_index else [])


def _assert_windows(configuration: GenerateConfiguration, context: BuildContext) -> None:
    desktop = configuration.services.desktop
    if desktop is None or desktop.operating_system != "windows":
        return
    words = [
        word
        for one in parse(context.dockerfile).instructions
        if one.keyword == "ENV"
        for word in quoted_words(one.arguments, "\\")
    ]
    assert not any(re.search(r"(?<!\\)(?:\\\\)*\$", word) for word in words)
    pairs = [unquote(word) for word in words]
    assert f"USERNAME={desktop.username}" in pairs or desktop.username == "Docker"
    for entry in context.entries:
        if entry.path.endswith("install.bat"):
            lines = content(entry).decode("ascii").split("\r\n")
            assert len(lines) == 2 * len(configuration.files) + 4
            for line in lines[2:-2]:
                assert re.fullmatch(
                    r'(if not exist|xcopy) "[^"%]*(%%[^"%]*)*" (mkdir )?"[^"%]*(%%[^"%]*)*"[A-Z /]*', line
                )


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_harmless_is_built_and_passes_the_check(kind: str) -> None:
    configuration = configuration_of(draft_with(kind, {}))
    context, again = context_of(configuration), context_of(configuration)
    assert (context.dockerfile, _texts(context)) == (again.dockerfile, _texts(again))
    assert_holds_literally(configuration, context)
    problems = review(configuration, inputs=inputs_of(configuration)).problems
    assert [problem for problem in problems if problem.severity == "error"] == []
