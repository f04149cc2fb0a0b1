"""Errors survive the trip over HTTP."""

from __future__ import annotations

import pytest

from trailer_tui.model.errors import (
    BuildFailed,
    EditConflict,
    FieldProblem,
    InvalidInput,
    NotFound,
    StorageFull,
    TrailerError,
)


@pytest.mark.parametrize("kind", [NotFound, StorageFull, BuildFailed, TrailerError])
def test_kind_cause_and_hint_come_back(kind: type[TrailerError]) -> None:
    sent = kind("the cause", hint="the hint")
    received = TrailerError.from_problem(sent.to_problem())
    assert type(received) is kind
    assert (received.cause, received.hint) == ("the cause", "the hint")


def test_field_problems_come_back_and_read_as_a_sentence() -> None:
    field = FieldProblem("name", "x" * 5, "has 300 characters", "shorten it")
    received = TrailerError.from_problem(InvalidInput("bad", fields=(field,)).to_problem())
    assert received.fields == (field,)
    assert field.sentence() == "name 'xxxxx': has 300 characters: shorten it"


def test_a_conflict_brings_the_stored_record() -> None:
    received = TrailerError.from_problem(EditConflict("changed", current={"id": 3}).to_problem())
    assert isinstance(received, EditConflict)
    assert received.current == {"id": 3}


def test_a_problem_of_an_unknown_kind_is_still_an_error() -> None:
    received = TrailerError.from_problem({"type": "urn:trailer:from-the-future", "title": "New", "detail": "why"})
    assert type(received) is TrailerError
    assert received.cause == "why"
