"""Containers of images that were built, to see what is in them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

from trailer_tui.engine.client import EngineClient
from trailer_tui.engine.wire import HostAddress


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command in a container ended."""

    code: int
    output: str
    """What it wrote to standard output and standard error."""


class Container:
    """One running container."""

    def __init__(self, client: EngineClient, container_id: str) -> None:
        self._client: Any = client
        self.id = container_id

    def run(self, *command: str, user: str = "") -> Ran:
        """Run a command in it, as `docker exec` does."""
        made = self._client.exec_create(self.id, list(command), user=user)
        output = cast("bytes", self._client.exec_start(made["Id"]))
        return Ran(self._client.exec_inspect(made["Id"])["ExitCode"], output.decode())


@contextmanager
def running(address: str, image: str, *, command: tuple[str, ...] = (), user: str = "") -> Iterator[Container]:
    """A container of this image on the engine at `address`; it is removed at the end.

    Args:
        address: of the engine.
        image: reference or id.
        command: instead of the image's own.
        user: instead of the image's own.
    """
    client = EngineClient(HostAddress.parse(address), api_version="1.41", timeout=60)
    raw: Any = client
    made = raw.create_container(image, command=list(command) or None, user=user or None)
    try:
        raw.start(made["Id"])
        yield Container(client, made["Id"])
    finally:
        raw.remove_container(made["Id"], force=True)
        client.close()
        client.line.close()
