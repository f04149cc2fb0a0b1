"""A pattern with many wildcards matches what its regular expression matches, and is done at once."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailer_tui.dockerfile.ignore import PathPatterns
from trailer_tui.dockerfile.path_automaton import path_matcher

_PIECES = st.sampled_from([["[^/]", "*"], ["[^/]"], list("(.*/)?"), [".", "*"], ["a"], ["[^a]"], ["[a/]", "?"], ["/"]])


@given(st.lists(_PIECES, max_size=10), st.text("ab/\n", max_size=12))
def test_it_matches_what_the_regular_expression_matches(pieces: list[list[str]], path: str) -> None:
    atoms = [atom for piece in pieces for atom in piece]
    assert path_matcher(atoms)(path) == (re.compile("".join(atoms)).fullmatch(path) is not None)


@pytest.mark.parametrize(
    ("pattern", "misses", "matches"),
    [
        ("a*" * 30 + "b", "a" * 200, "a" * 199 + "b"),
        ("**/" * 30 + "b", "a/" * 100 + "a", "a/" * 100 + "b"),
        ("[a-c]*" * 30 + "[^a]x", "a" * 200, "a" * 200 + "bx"),
        ("**a" * 30 + "/b", "a" * 200, "a" * 30 + "/b"),
    ],
)
def test_many_wildcards_take_no_time(pattern: str, misses: str, matches: str) -> None:
    """A regular expression would not be done with one of these in a lifetime."""
    rules = PathPatterns([pattern])
    assert (rules.match(misses).matched, rules.match(matches).matched) == (False, True)
