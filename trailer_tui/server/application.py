"""The HTTP application: the routers under `/v1`, the border around them, and the OpenAPI document."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from trailer_tui import __version__
from trailer_tui.server.border import Border
from trailer_tui.server.peer import Doorkeeper
from trailer_tui.server.problems import MEDIA_TYPE, Problem, install
from trailer_tui.server.routes import builds, catalog, dockerfile, events, files, hosts, images, secrets, server
from trailer_tui.server.running import Running

PREFIX = "/v1"


def create_application(running: Running) -> FastAPI:
    """The application that serves `running`. Requests must carry a `Peer` in their state."""
    app = FastAPI(
        title="Trailer",
        version=__version__,
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        # Overridden in the document; named here so that FastAPI does not describe its own error format.
        responses={"default": {"description": "A problem (RFC 9457)", "model": Problem}},
    )
    app.state.running = running
    for area in (images, builds, hosts, files, secrets, events, dockerfile, catalog, server):
        app.include_router(area.router, prefix=PREFIX)
    install(app)
    app.add_middleware(Border, running=running, doorkeeper=Doorkeeper(running.options))
    app.openapi = lambda: _document(app)  # type: ignore[method-assign]
    return app


def _document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, with the media type that problems really have."""
    if app.openapi_schema is None:
        document = get_openapi(title=app.title, version=app.version, routes=app.routes)
        for path in document["paths"].values():
            for operation in path.values():
                content = operation["responses"].get("default", {}).get("content", {})
                if "application/json" in content:
                    content[MEDIA_TYPE] = content.pop("application/json")
        app.openapi_schema = document
    return app.openapi_schema
