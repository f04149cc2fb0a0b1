"""How startup commands are read: as words, as one program of a shell, or as a shell's own work."""

from __future__ import annotations

import shlex
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from trailer_tui.model.command_line import CommandLine, Launch, read_command_line
from trailer_tui.model.startup import StartupCommand


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("jupyter lab --port 8888", ["jupyter", "lab", "--port", "8888"]),
        ("nginx -g 'daemon off;'", ["nginx", "-g", "daemon off;"]),
        ('a "b c" d\\ e', ["a", "b c", "d e"]),
        (r'a "x\n\$\"" \$', ["a", 'x\\n$"', "$"]),
        ("'$HOME' \"it's\"", ["$HOME", "it's"]),
        ("'my program' ''", ["my program", ""]),
        ("'FOO=1' a", ["FOO=1", "a"]),
        ("env FOO=1 a#b {c}", ["env", "FOO=1", "a#b", "{c}"]),
    ],
)
def test_plain_commands_are_split_as_a_shell_would(text: str, words: list[str]) -> None:
    assert read_command_line(text) == CommandLine(Launch.WORDS, tuple(words))


@pytest.mark.parametrize(
    "text",
    ["a $HOME", 'a "$HOME"', "a > log", "a 2>&1 <in".replace("&", ""), "a *.py", "a ~/x", "./run.sh [ab]?", "a `b`"],
)
def test_one_program_with_a_shells_help_replaces_the_shell(text: str) -> None:
    assert read_command_line(text).launch is Launch.EXEC


@pytest.mark.parametrize(
    "text",
    [
        "cd /srv && a",
        "a; b",
        "a | b",
        "a &",
        "(a)",
        "FOO=1 a",
        "$PROGRAM a",
        "exec a",
        "if true; then a; fi",
        "{ a; }",
        "! a",
        "[ -e x ]",
        ". ./settings",
        "a # it's a comment",
        "a 2>&1",
        '"$(a \'"\')"',
        "''",
    ],
)
def test_the_rest_is_for_a_shell(text: str) -> None:
    assert read_command_line(text).launch is Launch.SHELL


@pytest.mark.parametrize("text", ["echo 'a", 'echo "a', "echo a\\", "echo 'it''s"])
def test_a_quote_without_its_end_is_refused_before_anything_is_built(text: str) -> None:
    with pytest.raises(ValidationError, match=r"without its end|at the end"):
        StartupCommand(command=text)


_PIECES = ["a", "b c", "'", '"', "\\", "$", "`", " ", "#", "=", "x=1", "~", "é", "-", "\\'", '\\"', "{", "}", ",", "%"]


@given(st.lists(st.sampled_from(_PIECES), min_size=1, max_size=8).map("".join))
def test_words_are_those_of_a_shell(text: str) -> None:
    try:
        found = read_command_line(text)
    except ValueError:
        return
    if found.launch is Launch.WORDS:
        shown = subprocess.run(
            ["/bin/sh", "-c", f"printf '%s\\0' {text}"], capture_output=True, check=True, env={"PATH": "/bin:/usr/bin"}
        )
        assert shown.stdout.decode() == "".join(f"{word}\0" for word in found.words)


@given(st.lists(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1), min_size=1, max_size=5))
def test_words_that_were_quoted_come_back(words: list[str]) -> None:
    assert read_command_line("'x' " + shlex.join(words)) == CommandLine(Launch.WORDS, ("x", *words))
