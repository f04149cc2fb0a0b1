"""Which images a build needs from outside."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.dockerfile.strategies import dockerfiles
from trailer_tui.dockerfile.bases import external_bases, stages
from trailer_tui.dockerfile.parse import parse


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM ubuntu:24.04", ["ubuntu:24.04"]),
        ("FROM a AS One\nFROM ONE\nFROM one AS two\nFROM scratch", ["a"]),
        ("FROM a\nFROM a\nFROM b", ["a", "b"]),
        ("ARG V=12\nARG I=debian:${V}\nFROM $I", ["debian:12"]),
        ("FROM ${I:-debian}:${V:-${W:-12}}", ["debian:12"]),
        ("ARG I\nFROM ${I:-debian:12}", ["debian:12"]),
        ("ARG I=\nFROM ${I:-debian:12}\nFROM ${I-x}y", ["debian:12", "y"]),
        ("ARG S=yes\nFROM debian:12${S:+-slim}", ["debian:12-slim"]),
        ("FROM $UNKNOWN\nFROM x:$TARGETARCH", []),
        ("ARG V=1\nFROM a:$V\nARG V=2\nFROM b:$V", ["a:1", "b:1"]),
        ('ARG V="1 2" W=x\nFROM a:$W', ["a:x"]),
        ('FROM "debian:12"', ["debian:12"]),
        ("FROM a AS x\nCOPY --from=x a b\nCOPY --from=0 a b", ["a"]),
        ("FROM a\nCOPY --from=tool:1 a b\nADD --from=other a b", ["a", "tool:1", "other"]),
        ("FROM a\nRUN --mount=type=bind,from=tool:2,target=/x true", ["a", "tool:2"]),
        ("FROM a\nRUN --mount=from=b,target=/x --mount=from=c,target=/z x", ["a", "b", "c"]),
        ("FROM a\nCOPY --from=$X a b", ["a"]),
        ("RUN true", []),
        ("FROM a b", []),
    ],
)
def test_bases_of_a_build(text: str, expected: list[str]) -> None:
    assert external_bases(parse(text)) == expected


def test_stages_hold_their_instructions() -> None:
    found = stages(parse("ARG A\nFROM a AS B\nRUN x\nRUN y\nFROM c\n"))
    assert [(stage.index, stage.name, stage.base, len(stage.instructions)) for stage in found] == [
        (0, "b", "a", 2),
        (1, "", "c", 0),
    ]


@given(dockerfiles)
def test_bases_never_raise_and_are_each_named_once(text: str) -> None:
    found = external_bases(parse(text))
    assert len(found) == len(set(found))
    assert all(found)
