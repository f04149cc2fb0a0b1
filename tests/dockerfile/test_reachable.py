"""Which images BuildKit needs for the last stage."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.dockerfile.strategies import dockerfiles
from trailer_tui.dockerfile.bases import external_bases
from trailer_tui.dockerfile.parse import parse
from trailer_tui.dockerfile.reachable import reachable_bases


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM a", [("a", 1)]),
        ("FROM a AS x\nFROM b", [("b", 2)]),
        ("FROM a AS x\nFROM b AS y\nFROM X\nCOPY --from=tool:1 a b", [("a", 1), ("tool:1", 4)]),
        ("FROM a AS x\nFROM b\nFROM c\nCOPY --from=1 a b", [("b", 2), ("c", 3)]),
        ("FROM a AS x\nFROM b\nRUN --mount=from=x,target=/x --mount=type=bind,from=t:2,target=/t true", None),
        ("FROM --platform=linux/arm64 a AS x\nFROM b\nCOPY --from=x a b", [("b", 2)]),
        ("FROM scratch\nCOPY --from=$X a b", []),
        ("ARG V=1\nFROM a:$V\n", [("a:1", 2)]),
        ("FROM a AS x\nFROM x AS x\nFROM x", [("a", 1)]),
        ("RUN true", []),
    ],
)
def test_only_what_the_last_stage_needs_is_named(text: str, expected: list[tuple[str, int]] | None) -> None:
    expected = expected if expected is not None else [("a", 1), ("b", 2), ("t:2", 3)]
    assert [(base, instruction.line) for base, instruction in reachable_bases(parse(text))] == expected


@given(dockerfiles)
def test_what_is_reachable_is_needed(text: str) -> None:
    parsed = parse(text)
    bases = [base for base, _ in reachable_bases(parsed)]
    assert len(bases) == len(set(bases))
    assert set(bases) <= set(external_bases(parsed))
