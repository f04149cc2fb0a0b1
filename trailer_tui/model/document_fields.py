"""What the models of a document know of themselves: the keys at a place, and what each is for."""

from __future__ import annotations

import typing
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import BaseModel


def fields_at(model: type[BaseModel], location: Sequence[str | int]) -> list[str]:
    """The keys that may stand at a place.

    Args:
        model: of the whole document.
        location: of pydantic's error: keys, numbers of list entries, and tags of unions.
    """
    models = [model]
    for part in location:
        if isinstance(part, int):
            continue
        inside = [
            inner
            for one in models
            if part in one.model_fields
            for inner in _models_in(one.model_fields[part].annotation)
        ]
        models = inside or [one for one in models if part in _tags(one)] or models
    return list(dict.fromkeys(name for one in models for name in one.model_fields))


def models_below(model: type[BaseModel]) -> list[type[BaseModel]]:
    """A model and all that its fields are made of, once each."""
    found: dict[type[BaseModel], None] = {}
    pending = [model]
    while pending:
        one = pending.pop()
        if one not in found:
            found[one] = None
            pending += [inner for field in one.model_fields.values() for inner in _models_in(field.annotation)]
    return list(found)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in typing.get_args(annotation):
        yield from _models_in(part)


def _tags(model: type[BaseModel]) -> set[str]:
    """The values of fields that have a fixed set of them, by which unions are told apart."""
    return {
        value
        for field in model.model_fields.values()
        if typing.get_origin(field.annotation) is typing.Literal
        for value in typing.get_args(field.annotation)
    }
