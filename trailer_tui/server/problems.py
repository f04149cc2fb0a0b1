"""Errors on their way to the client: problem details (RFC 9457), never a traceback, never a secret."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import Response

from trailer_tui.model.errors import NotFound, TrailerError
from trailer_tui.model.validation import invalid_input
from trailer_tui.printable import printable

MEDIA_TYPE = "application/problem+json"


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
