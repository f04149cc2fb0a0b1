"""What other settings add to a hand-written Dockerfile, whatever it ends with."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.dockerfile.strategies import dockerfiles
from trailer_tui.dockerfile.check import check
from trailer_tui.dockerfile.context import BuildContext
from trailer_tui.dockerfile.generate import build_context
from trailer_tui.dockerfile.hand_written import fitted, without_group
from trailer_tui.dockerfile.parse import parse
from trailer_tui.model.errors import InvalidInput
from trailer_tui.model.image import WriteConfiguration

ADA = {"uid": 2001, "name": "ada"}
SEVERAL = ["serve 'a b'", "work; work"]


def written(dockerfile: str, **settings: Any) -> BuildContext:
    context = build_context(WriteConfiguration(image_name="a:b", dockerfile=dockerfile, **settings))
    assert context is not None
    return context


def added(dockerfile: str, **settings: Any) -> list[str]:
    """The instructions behind the hand-written ones."""
    context = written(dockerfile, **settings)
    own = len(parse(dockerfile).instructions)
    assert context.dockerfile.startswith(dockerfile)
    return [instruction.text for instruction in parse(context.dockerfile).instructions[own:]]


@pytest.mark.parametrize(
    "text",
    [
        "FROM debian:12\n",
        "# syntax=docker/dockerfile:1\r\n# escape=`\r\nFROM debian:12\r\nRUN a `\r\n  b\r\n",
        "ARG BASE=debian:12\nFROM $BASE AS one\nUSER app\nFROM one\nRUN a \\\n  b\n# the end \\\n",
        'FROM debian:12\nSHELL ["/bin/bash", "-c"]\nONBUILD USER other\nEXPOSE 80\n',
        "# syntax=docker/dockerfile:1\nFROM debian:12\nCOPY <<EOF /x\nUSER not\nEOF\n",
    ],
)
def test_own_lines_stay_and_the_whole_passes_the_check(text: str) -> None:
    assert written(text).dockerfile == text
    whole = written(text, user=ADA, startup=SEVERAL)
    assert whole.dockerfile.startswith(text)
    files = [entry.path for entry in whole.entries]
    assert check(whole.dockerfile, files=files) == check(text, files=[])
    assert [item.keyword for item in parse(whole.dockerfile).instructions][-4:] == [
        "USER",
        "STOPSIGNAL",
        "ENTRYPOINT",
        "CMD",
    ]


def test_without_a_last_line_break_one_is_added() -> None:
    assert written("FROM a").dockerfile == "FROM a\n"
    assert written("").dockerfile == ""


@pytest.mark.parametrize(
    ("text", "last", "base"),
    [
        ("FROM own:1\n", "USER ${TRAILER_BASE_USER}", "own:1"),
        ("FROM own:1\nUSER app:team\n", "USER app:team", ""),
        ("FROM own:1\nARG WHO=app\nUSER $WHO\n", "USER $WHO", ""),
        ("FROM own:1 AS one\nUSER app\nFROM other:1\nFROM one\n", "USER app", ""),
        ("FROM own:1 AS one\nARG WHO=app\nUSER ${WHO}:5\nFROM one\n", "USER app:5", ""),
        ("FROM own:1 AS one\nUSER app\nFROM other:2\n", "USER ${TRAILER_BASE_USER}", "other:2"),
        ("ARG BASE=own:1\nFROM ${BASE}\n", "USER ${TRAILER_BASE_USER}", "own:1"),
        ("ARG BASE\nFROM ${BASE}\n", "USER ${TRAILER_BASE_USER}", ""),
        ("FROM scratch\n", "USER ${TRAILER_BASE_USER}", ""),
        ("FROM own:1\nONBUILD USER app\n", "USER ${TRAILER_BASE_USER}", "own:1"),
    ],
)
def test_the_user_of_the_text_or_of_its_base_is_put_back(text: str, last: str, base: str) -> None:
    assert [line for line in added(text, startup=SEVERAL) if line.startswith("USER")] == ["USER root", last]
    assert written(text, startup=SEVERAL).base_of_user == base
    assert ("ARG TRAILER_BASE_USER=root" in added(text, startup=SEVERAL)) is ("TRAILER" in last)


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("FROM own:1\n", "USER ${TRAILER_BASE_USER}:7"),
        ("FROM own:1\nUSER app:team\n", "USER app:7"),
        ("FROM own:1\nARG WHO=app\nUSER ${WHO:-x}:team\n", "USER ${WHO:-x}:7"),
    ],
)
def test_a_group_alone_goes_to_the_user_that_is_there(text: str, last: str) -> None:
    assert added(text, user={"gid": 7})[-1] == last


def test_steps_run_in_the_shell_that_they_are_written_for() -> None:
    text = 'FROM a AS one\nSHELL ["powershell", "-c"]\nFROM one\n'
    found = [line for line in added(text, user=ADA) if line.startswith(("SHELL", "RUN", "USER"))]
    assert found == [
        "USER root",
        'SHELL ["/bin/sh", "-c"]',
        "RUN /bin/sh /opt/trailer/workspace-user 2001 ada '' ''",
        'SHELL ["powershell", "-c"]',
        "USER 2001",
    ]


def test_one_command_adds_no_step_and_leaves_the_user() -> None:
    assert added("FROM a\nUSER app\n", startup=["serve x"]) == [
        "STOPSIGNAL SIGTERM",
        "ENTRYPOINT []",
        'CMD ["serve", "x"]',
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("FROM a\nRUN b \\\n", "ends in a line continuation"),
        ("FROM a\nRUN b \\\n# c\n\n", "ends in a line continuation"),
        ("# escape=`\nFROM a\nRUN b `\n", "ends in a line continuation"),
        ("# syntax=docker/dockerfile:1\nFROM a\nRUN <<EOF\necho\n", "<<EOF without its end"),
        ("FROM a AS one\nARG WHO\nUSER $WHO\nFROM one\n", "in a stage below the last"),
    ],
)
def test_an_end_that_would_take_in_what_is_added_is_refused(text: str, told: str) -> None:
    assert written(text).dockerfile == text
    with pytest.raises(InvalidInput, match=r"write|complete") as caught:
        written(text, user=ADA, startup=SEVERAL)
    assert told in caught.value.fields[0].sentence()
    assert caught.value.fields[0].field == "configuration.dockerfile"


def test_another_escape_character_continues_lines_and_changes_no_value() -> None:
    text = "# escape=`\nFROM a\n"
    assert added(text, user=ADA, startup=SEVERAL) == added("FROM a\n", user=ADA, startup=SEVERAL)
    assert " \\\n" not in written(text, startup=SEVERAL).dockerfile
    assert fitted('CMD ["a\\"b`"]\n', "`") == 'CMD ["a\\"b`"]\n'
    with pytest.raises(InvalidInput, match="remove the directive"):
        fitted('ENV A="\\$x"\n', "`")


@pytest.mark.parametrize(
    ("user", "alone"), [("app", "app"), ("app:team", "app"), ("1:2", "1"), ("${A:-b}:c", "${A:-b}"), ("$A:c", "$A")]
)
def test_the_user_without_its_group(user: str, alone: str) -> None:
    assert without_group(user) == alone


@given(dockerfiles, st.sampled_from([["serve 'a b'"], ["work; work"], SEVERAL]))
def test_any_text_keeps_its_instructions_and_gets_the_same_behind_them(text: str, startup: list[str]) -> None:
    try:
        whole = written(text, user=ADA, startup=startup).dockerfile
    except (InvalidInput, ValidationError):
        return
    own = parse(text).instructions
    found = parse(whole).instructions
    assert [(item.text, item.line) for item in found[: len(own)]] == [(item.text, item.line) for item in own]
    keywords = [item.keyword for item in found[len(own) :] if item.keyword != "SHELL"]
    expected = parse(written("FROM own:1\n", user=ADA, startup=startup).dockerfile).instructions
    assert keywords == [item.keyword for item in expected[1:]]
