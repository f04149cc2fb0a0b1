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

    def log(self) -> str:
        """What its main process and what that started wrote, standard output and standard error."""
        return cast("bytes", self._client.logs(self.id)).decode()

    def stop(self) -> int:
        """Stop it as `docker stop` does, which kills what is left after ten seconds; its exit code."""
        self._client.stop(self.id, timeout=10)
        return self.ended()

    def ended(self) -> int:
        """Wait until it ends by itself; its exit code."""
        return cast("int", self._client.wait(self.id)["StatusCode"])


@contextmanager
def running(
    address: str, image: str, *, command: tuple[str, ...] = (), user: str = "", read_only: bool = False
) -> Iterator[Container]:
    """A container of this image on the engine at `address`; it is removed at the end.

    Args:
        address: of the engine.
        image: reference or id.
        command: instead of the image's own.
        user: instead of the image's own.
        read_only: whether its root file system cannot be written.
    """
    client = EngineClient(HostAddress.parse(address), api_version="1.41", timeout=60)
    raw: Any = client
    settings = raw.create_host_config(read_only=read_only)
    made = raw.create_container(image, command=list(command) or None, user=user or None, host_config=settings)
    try:
        raw.start(made["Id"])
        yield Container(client, made["Id"])
    finally:
        raw.remove_container(made["Id"], force=True)
        client.close()
        client.line.close()
