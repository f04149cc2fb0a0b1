"""Containers that Trailer makes for a moment, and removing those whose server was killed before it could.

A container holds the image that it was made of. Several servers may work on one host, so that only age tells which
ones nobody will remove any more.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from docker.errors import APIError

from trailer_tui.engine.client import EngineClient
from trailer_tui.engine.connections import Connections
from trailer_tui.model.errors import TrailerError

MEASURING_LABEL = "trailer.measures-disk"
"""The label of a container that looks at the disk."""

READING_LABEL = "trailer.reads-files"
"""The label of a container whose files are read."""

_SQUASH_NAME = "trailer-squash-"
_SQUASH = re.compile(rf"/?{_SQUASH_NAME}[0-9a-f]{{32}}")
MEASURING_SECONDS = 900.0
"""A look takes 20 seconds, and a few calls that may take two minutes each."""
READING_SECONDS = 2 * 3600.0
"""A few megabytes are read; a build whose container went meanwhile only forgets its packages."""
SQUASH_SECONDS = 24 * 3600.0
"""The container of a squash lives for one commit, which takes minutes on the slowest host."""


def squash_container_name() -> str:
    """A new name: a label would become part of the squashed image."""
    return f"{_SQUASH_NAME}{uuid.uuid4().hex}"


def remove_leftovers(connections: Connections) -> None:
    """Remove the containers of servers that were killed. That it cannot be done stops nobody."""
    with suppress(TrailerError), connections.call() as client:
        squashing = [found for found in _listed(client, "name", _SQUASH_NAME) if _is_squash(found)]
        old = [(found, SQUASH_SECONDS) for found in squashing]
        old += [(found, MEASURING_SECONDS) for found in _listed(client, "label", MEASURING_LABEL)]
        old += [(found, READING_SECONDS) for found in _listed(client, "label", READING_LABEL)]
        # Ages are told by the engine's clock alone, which may differ from ours.
        now = _engine_time(client) if old else None
        for found, longest_life in old:
            made = found.get("Created")
            if now is not None and isinstance(made, int) and now - made > longest_life:
                with suppress(APIError):
                    client.ask("DELETE", f"/containers/{found['Id']}", query={"force": "1", "v": "1"})


def tidy(connections: Connections, work: Callable[[EngineClient], object]) -> None:
    """Remove something temporary. A host that does not answer is not waited for, and a refusal hides no other error."""
    client = connections.probing()
    try:
        with suppress(TrailerError):
            with connections.errors(client):
                client.ping()
            with connections.call() as patient:
                work(patient)
    finally:
        client.close()
        client.line.close()


def _listed(client: EngineClient, key: str, value: str) -> list[Mapping[str, Any]]:
    """All containers that the engine's filter takes, whether they run or not."""
    query = {"all": "1", "filters": json.dumps({key: [value]})}
    return [found for found in client.ask("GET", "/containers/json", query=query) or () if isinstance(found, dict)]


def _is_squash(container: Mapping[str, Any]) -> bool:
    """Whether that is its whole name: the engine's filter also takes names that contain it."""
    return any(_SQUASH.fullmatch(str(name)) for name in container.get("Names") or ())


def _engine_time(client: EngineClient) -> float | None:
    """The engine's clock in seconds since 1970; None when it does not say."""
    told = re.sub(r"\.\d+", "", str((client.ask("GET", "/info") or {}).get("SystemTime") or ""))
    try:
        return datetime.fromisoformat(told).timestamp()
    except ValueError:
        return None
