"""`.dockerignore` takes out what Docker's own client takes out; the table was read off that client."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailer_tui.dockerfile.ignore import BadPattern, Matches, PathPatterns, name_matcher, read_ignore_file


def matcher(patterns: list[str]) -> Callable[[str], bool]:
    """Asks parents first, as a walk does."""
    rules = PathPatterns(patterns)

    def matches(path: str) -> bool:
        found: Matches | None = None
        parts = path.split("/")
        for end in range(1, len(parts) + 1):
            found = rules.match("/".join(parts[:end]), found)
        assert found is not None
        return found.matched

    return matches


@pytest.mark.parametrize(
    ("patterns", "out", "stays"),
    [
        (["a"], ["a", "a/b", "a/b/c"], ["b/a", "ab"]),
        (["*"], ["a", ".x", "a/b"], []),
        (["*.txt"], ["a.txt", ".txt"], ["d/a.txt", "a.txt.md"]),
        (["*/*"], ["a/b", "a/b/c"], ["a"]),
        (["**"], ["a", "a/b"], []),
        (["**/a"], ["a", "b/a", "b/c/a/d"], ["ba"]),
        (["**a"], ["a", "ba", "c/ba"], ["ab"]),
        (["a/**"], ["a/b", "a/b/c"], ["a", "ab"]),
        (["a**"], ["a", "ab", "ab/c"], ["ba"]),
        (["a/**/b"], ["a/b", "a/x/b", "a/x/y/b/z"], ["a/x"]),
        (["**/*.md", "!**/keep.md"], ["x.md", "d/x.md"], ["keep.md", "d/keep.md"]),
        (["?"], ["a", "a/b", "é"], ["ab"]),
        (["a?b"], ["a-b"], ["a/b", "ab"]),
        (["[a-c]x"], ["ax", "cx"], ["dx"]),
        (["[^a]x"], ["bx"], ["ax"]),
        (["[!a]x"], ["!x", "ax"], ["bx"]),
        (["[!a]"], ["!", "a"], ["b"]),
        ([r"\*"], ["*"], ["a"]),
        ([r"\[a\]"], ["[a]"], ["a"]),
        ([r"\!a"], ["!a"], ["a"]),
        (["[[:digit:]]x"], ["1x"], ["ax", ":x"]),
        (["a^b"], ["a^b"], ["ab"]),
        (["{a}", "$", "a+", "(b)"], ["{a}", "$", "a+", "(b)"], ["a", "aa", "b"]),
        (["a.b"], ["a.b"], ["axb"]),
        (["*.a.b"], ["x.a.b"], ["x.axb"]),
        (["*", "!a"], ["b"], ["a", "a/b"]),
        (["*", "!a", "a/b"], ["b", "a/b"], ["a", "a/c"]),
        (["a", "!a/b"], ["a", "a/c"], ["a/b", "a/b/d"]),
        (["!a", "a"], ["a"], []),
        (["*/*", "!sub"], ["d/x", "sub/x"], ["sub", "d"]),
        (["*", "!*"], [], ["a", "a/b"]),
        # What cannot change the answer for a folder is not asked there, and so does not count below it.
        (["a/b", "!a"], ["a/b"], ["a"]),
        (["a/../b"], ["b"], ["a"]),
        (["../a", ".", ".."], [], ["a"]),
        ([], [], ["a"]),
    ],
)
def test_a_table_of_patterns(patterns: list[str], out: list[str], stays: list[str]) -> None:
    matches = matcher(patterns)
    assert [path for path in out if not matches(path)] == []
    assert [path for path in stays if matches(path)] == []


@pytest.mark.parametrize(
    ("content", "patterns"),
    [
        (b"a\nb\n", ["a", "b"]),
        (b"\xef\xbb\xbfa\r\nb\r\n", ["a", "b"]),
        (b"# comment\n#a\n\n   \n a \n", ["a"]),
        (b" # no comment", ["# no comment"]),
        (b"/a\n/\na/\n./a\na//b\n", ["a", "/", "a", "a", "a/b"]),
        (b"! a\n!/b/\n!./c", ["!a", "!b", "!c"]),
        (b"a/../b\n../c", ["b", "../c"]),
        ("é ".encode(), ["é"]),
        (b"", []),
    ],
)
def test_an_ignore_file_becomes_tidy_patterns(content: bytes, patterns: list[str]) -> None:
    assert read_ignore_file(content) == patterns


@pytest.mark.parametrize("pattern", ["!", "[", "[a", "*[b-a]", r"*\q", "*[[:nothing:]]"])
def test_a_pattern_that_cannot_be_read_is_named(pattern: str) -> None:
    with pytest.raises(BadPattern, match="pattern"):
        PathPatterns([pattern])


def test_one_part_of_a_wildcard_source() -> None:
    assert name_matcher("*.txt")("a.txt")
    assert not name_matcher("*.txt")("a.md")
    assert name_matcher("[a")("[a")


# An oracle that shares nothing with the matcher: no regular expressions, one character at a time.


def glob(pattern: str, path: str) -> bool:
    if not pattern:
        return not path
    if pattern.startswith("**"):
        rest = pattern[2:].removeprefix("/")
        if not rest:
            return True
        return any(glob(rest, path[at:]) for at in range(len(path) + 1) if at == 0 or path[at - 1] == "/")
    if pattern[0] == "*":
        return any(glob(pattern[1:], path[at:]) for at in range(len(path) + 1) if "/" not in path[:at])
    if not path:
        return False
    if pattern[0] == "?":
        return path[0] != "/" and glob(pattern[1:], path[1:])
    if pattern.startswith("[ab]"):
        return path[0] in "ab" and glob(pattern[4:], path[1:])
    return pattern[0] == path[0] and glob(pattern[1:], path[1:])


def expected(patterns: list[str], path: str) -> bool:
    counted = [False] * len(patterns)
    matched = False
    for end in [at for at, character in enumerate(path) if character == "/"] + [len(path)]:
        matched = False
        for number, pattern in enumerate(patterns):
            back = pattern.startswith("!")
            if not counted[number] and back == matched:
                counted[number] = glob(pattern.removeprefix("!"), path[:end])
            if counted[number]:
                matched = not back
    return matched


names = st.text("ab.", min_size=1, max_size=3).filter(lambda name: name not in (".", ".."))
paths = st.lists(names, min_size=1, max_size=4).map("/".join)
# `**` before a name without a slash compares the end of the whole path; the table has that.
parts = st.sampled_from(["a", "b", "*", "**", "?", "[ab]", "a*", "*b", ".*", "ab", "a?", "*.*"])
written = st.tuples(st.sampled_from(["", "", "!"]), st.lists(parts, min_size=1, max_size=4).map("/".join)).map("".join)


@given(st.lists(written, max_size=5), paths)
def test_any_patterns_agree_with_an_oracle(patterns: list[str], path: str) -> None:
    assert matcher(patterns)(path) == expected(patterns, path)
