"""Errors on their way to the client: problem details (RFC 9457), never a traceback, never a secret."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import Response

from trailer_tui.model.errors import FieldProblem, InvalidInput, NotFound, TrailerError
from trailer_tui.printable import printable

MEDIA_TYPE = "application/problem+json"

_SECRET_WORDS = ("password", "secret", "token", "credential")
_UNION_TAGS = {"configuration": ("generate", "write", "pull")}
_SHOWN_CHARACTERS = 80


class ProblemField(BaseModel):
    """One field that cannot be used."""

    field: str
    value: str
    problem: str
    remedy: str = ""


class Problem(BaseModel):
    """How every error is told."""

    type: str
    """`urn:trailer:` and the error's code."""
    title: str
    status: int
    detail: str = ""
    hint: str = ""
    fields: list[ProblemField] = []
    current: dict[str, Any] | None = None
    """The record as it is stored now, for an edit conflict."""


def problem_response(problem: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """A problem as a response. Escaped to ASCII: a message may quote text that no encoding can carry."""
    body = json.dumps(problem, ensure_ascii=True).encode()
    return Response(body, status_code=int(problem["status"]), headers=headers, media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Make `app` answer its expected errors as problems; the unexpected are the border's."""

    @app.exception_handler(TrailerError)
    async def known(_: Request, error: TrailerError) -> Response:
        return problem_response(error.to_problem())

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> Response:
        return problem_response(invalid_input(error.errors()).to_problem())

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        if error.status_code == 404:
            return problem_response(NotFound(f"there is no {printable(request.url.path)}").to_problem())
        problem = {"type": "about:blank", "title": str(error.detail), "status": error.status_code}
        return problem_response(problem, error.headers)


def invalid_input(errors: Sequence[Mapping[str, Any]]) -> InvalidInput:
    """What a validator found, as field problems.

    Args:
        errors: entries of pydantic's `errors()`, whose `loc` begins with the part of the request.
    """
    fields = tuple(_field_problem(entry) for entry in errors)
    return InvalidInput("; ".join(field.sentence() for field in fields) or "the request is malformed", fields=fields)


def _field_problem(entry: Mapping[str, Any]) -> FieldProblem:
    path = _path(entry["loc"])
    message = str(entry["msg"]).removeprefix("Value error, ")
    problem, _, remedy = message.partition(": ") if entry["type"] == "value_error" else (message, "", "")
    return FieldProblem(path, _shown(path, entry), printable(problem), printable(remedy))


def _path(location: Sequence[str | int]) -> str:
    """`configuration.base_image` of `("body", "configuration", "generate", "base_image")`."""
    parts = [str(part) for part in (location[1:] if len(location) > 1 else location)]
    kept: list[str] = []
    for index, part in enumerate(parts):
        if index and part in _UNION_TAGS.get(parts[index - 1], ()):
            continue
        kept.append(part)
    return printable(".".join(kept))[:200]


def _shown(path: str, entry: Mapping[str, Any]) -> str:
    """The offending value, when it is short enough to help and no secret."""
    value = entry.get("input")
    if entry["type"] == "missing" or isinstance(value, dict | list | bytes) or value is None:
        return ""
    if any(word in path.lower() for word in _SECRET_WORDS):
        return ""
    text = printable(str(value))
    return text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 1] + "…"
