"""The parser sees in a Dockerfile what the builders see."""

from __future__ import annotations

import json

import pytest
from hypothesis import given

from tests.dockerfile.strategies import dockerfiles
from tests.dockerfile.valid_files import FOLDER, VALID
from trailer_tui.dockerfile.parse import Instruction, parse, split_lines

EXPECTED = json.loads((FOLDER / "instructions.json").read_text())
"""Keyword, first line, last line and flags of every instruction, as BuildKit's own parser gave them."""


def only(text: str) -> Instruction:
    (instruction,) = parse(text).instructions
    return instruction


@pytest.mark.parametrize("name", VALID)
def test_instructions_are_those_of_the_builders_parser(name: str) -> None:
    found = [[item.keyword, item.line, item.end_line, list(item.flags)] for item in parse(VALID[name]).instructions]
    assert found == EXPECTED[name]


def test_steps_are_numbered_as_the_classic_builder_counts_them() -> None:
    parsed = parse("ARG A=1\nFROM x\n# c\nRUN a \\\n b\nFROM y\nCMD z\n")
    assert [(item.number, item.keyword) for item in parsed.instructions] == [
        (1, "ARG"), (2, "FROM"), (3, "RUN"), (4, "FROM"), (5, "CMD"),
    ]  # fmt: skip


def test_continuations_are_joined_without_comments_and_empty_lines() -> None:
    instruction = only("RUN one \\\n  # c\n\n  two\\\nthree\nx"[:-2])
    assert instruction.arguments == "one   twothree"
    assert instruction.empty_continuations == (3,)
    assert instruction.source.splitlines()[0] == "RUN one \\"


@pytest.mark.parametrize(
    ("line", "continued"),
    [
        ("RUN a\\", True),
        ("RUN a\\ \t", True),
        ("RUN a\\\\", False),
        ("\\", True),
        ("RUN a`", False),
        ("RUN a\\ x", False),
    ],
)
def test_what_continues_a_line(line: str, continued: bool) -> None:
    assert len(parse(f"{line}\nUSER b").instructions) == (1 if continued else 2)


def test_escape_directive_changes_the_continuation() -> None:
    parsed = parse("# escape=`\nRUN a `\n b\nRUN c:\\\nRUN d")
    assert parsed.escape == "`"
    assert [item.arguments for item in parsed.instructions] == ["a  b", "c:\\", "d"]


def test_directives_count_only_at_the_top() -> None:
    parsed = parse("# Syntax=a/b:1\n# other=x\n# check=skip=all\n\n# escape=`\nFROM x")
    assert parsed.directives == {"syntax": "a/b:1", "check": "skip=all"}
    assert parsed.escape == "\\"


def test_heredocs_of_one_instruction_are_read_in_order() -> None:
    instruction = only('COPY <<one 3<<-"two" /x/\na\none\n\tb $c\n\ttwo')
    first, second = instruction.heredocs
    assert (first.name, first.body, first.expand, first.line, first.end_line) == ("one", "a\n", True, 2, 3)
    assert (second.name, second.body, second.expand, second.strip_tabs) == ("two", "\tb $c\n", False, True)
    assert instruction.end_line == 5


@pytest.mark.parametrize(
    "line",
    [
        "CMD cat <<EOF",
        'RUN ["cat", "<<EOF"]',
        "RUN echo '<<EOF'",
        "RUN echo $((1<<2))",
        "RUN cat << EOF",
        "RUN a <<<EOF",
        "RUN 'open <<EOF",
        "RUN ${open <<EOF",
    ],
)
def test_what_is_no_heredoc(line: str) -> None:
    assert all(not item.heredocs for item in parse(f"{line}\nEOF\n").instructions)


def test_an_unterminated_heredoc_ends_with_the_file() -> None:
    instruction = only("RUN <<EOF\na\nb")
    assert [(item.terminated, item.body, item.end_line) for item in instruction.heredocs] == [(False, "a\nb\n", 3)]


def test_flags_lose_their_quotes_and_leave_the_arguments() -> None:
    instruction = only('COPY --chown="a b" --x\\ y --from=z -- --a b')
    assert instruction.flags == ("--chown=a b", "--x y", "--from=z")
    assert instruction.arguments == "--a b"
    assert (instruction.flag("from"), instruction.flag("chmod")) == ("z", None)


def test_json_form_ends_with_its_bracket() -> None:
    assert only('CMD ["a", "b"] c').json == ("a", "b")
    assert only('CMD ["a", "b"] c').json_rest == "c"
    assert only("CMD ['a']").json is None
    assert only('CMD ["a", 1]').has_mixed_json


def test_onbuild_carries_an_instruction_with_its_heredoc() -> None:
    inner = only("ONBUILD run --mount=type=tmpfs,target=/t <<E\nx\nE\n").inner
    assert inner is not None
    assert (inner.keyword, inner.flags, inner.heredocs[0].body) == ("RUN", ("--mount=type=tmpfs,target=/t",), "x\n")


def test_the_text_of_a_step_is_one_line() -> None:
    assert only("copy --from=a \\\n b \\\n c").text == "COPY --from=a b  c"


@given(dockerfiles)
def test_every_line_that_says_something_belongs_to_one_instruction(text: str) -> None:
    parsed = parse(text)
    lines = split_lines(text)
    covered: set[int] = set()
    for item in parsed.instructions:
        assert 1 <= item.line <= item.end_line <= len(lines)
        span = set(range(item.line, item.end_line + 1))
        assert not span & covered
        assert item.source == "\n".join(lines[item.line - 1 : item.end_line])
        covered |= span
    blank = "\t\n\v\f\r \x85\xa0\u2028\u2029\u3000"
    says = {number for number, line in enumerate(lines, 1) if (bare := line.strip(blank).strip()) and bare[0] != "#"}
    assert says <= covered
    assert [item.number for item in parsed.instructions] == list(range(1, len(parsed.instructions) + 1))
