"""Errors of validators that look at several fields and know which one is wrong."""

from __future__ import annotations

from pydantic_core import PydanticCustomError

AT_FIELD = "at_field"
"""The type of such errors; their context names the field."""


def at_field(field: str, message: str) -> PydanticCustomError:
    """The error to raise in a validator of a whole model.

    Args:
        field: dotted path from the model to the field, such as `startup.0.environment`.
        message: "problem: remedy".
    """
    return PydanticCustomError(AT_FIELD, "{message}", {"field": field, "message": message})
