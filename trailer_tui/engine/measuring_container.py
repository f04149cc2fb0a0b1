"""Asking for the room on a host's disk from a container that lives for a moment.

The root of a container lies on the disk of the engine's data, so `df` inside tells of it. The container has no network
and no privileges, and is made of an image that the host has already.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Any

from docker.errors import APIError

from trailer_tui.engine.client import EngineClient
from trailer_tui.engine.connections import Connections
from trailer_tui.engine.df import read_df
from trailer_tui.engine.disk import named
from trailer_tui.engine.interface import FreeSpace
from trailer_tui.engine.leftovers import MEASURING_LABEL, remove_leftovers
from trailer_tui.model.errors import EngineError, HostUnreachable, TrailerError

_TRIES = 3
"""Images that are tried at a time; most have `df`."""
_WAIT_SECONDS = 20
_NOBODY = "65534:65534"


class MeasuringContainer:
    """Measures one host. Safe from any thread; remembers which images have `df`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._lock = threading.Lock()
        self._useful = ""
        self._useless: set[str] = set()

    def measure(self) -> FreeSpace:
        """The room on the disk, with `costly` set.

        Raises:
            EngineError: no image of the host can tell; the cause says what was tried.
            HostUnreachable: the host does not answer.
        """
        with self._lock:
            remove_leftovers(self._connections)
            reason = "a look takes a container, and the engine has no image yet to make one of"
            for image_id in self._candidates():
                try:
                    found = self._try(image_id)
                except HostUnreachable:
                    raise
                except TrailerError as error:
                    reason = f"no container could look: {error.cause}"
                    self._useless.add(image_id)
                else:
                    self._useful = image_id
                    return found
        raise EngineError(reason)

    def _candidates(self) -> list[str]:
        """The image that worked before, else the smallest with a name that were not tried."""
        with self._connections.call("list images") as client:
            images = client.ask("GET", "/images/json") or []
        sizes = {str(image["Id"]): int(image.get("Size") or 0) for image in images if named(image.get("RepoTags"))}
        if self._useful in sizes:
            return [self._useful]
        if self._useless >= sizes.keys():
            self._useless.clear()  # whatever kept all of them from it may be over
        fresh = [image_id for image_id in sizes if image_id not in self._useless]
        return sorted(fresh, key=lambda image_id: sizes[image_id])[:_TRIES]

    def _try(self, image_id: str) -> FreeSpace:
        """What `df` says in a container of this image. Raises `EngineError` when it cannot."""
        with self._connections.call("run df in a container") as client:
            container = str(client.ask("POST", "/containers/create", body=_description(image_id))["Id"])
            try:
                output = _output(client, container)
            finally:
                with suppress(APIError):
                    client.ask("DELETE", f"/containers/{container}", query={"force": "1", "v": "1"})
        found = read_df(output)
        if found is None:
            raise EngineError("its df did not tell")
        return FreeSpace(found.total, found.free, costly=True)


def _description(image_id: str) -> dict[str, Any]:
    return {
        "Image": image_id,
        "Entrypoint": ["df"],
        "Cmd": ["-P", "-k", "/"],
        "User": _NOBODY,
        "Env": ["LC_ALL=C"],
        "Labels": {MEASURING_LABEL: "1"},
        "NetworkDisabled": True,
        "Healthcheck": {"Test": ["NONE"]},
        "HostConfig": {
            "NetworkMode": "none",
            "ReadonlyRootfs": True,
            "CapDrop": ["ALL"],
            "SecurityOpt": ["no-new-privileges"],
        },
    }


def _output(client: EngineClient, container: str) -> str:
    client.ask("POST", f"/containers/{container}/start")
    ended = client.wait(container, timeout=_WAIT_SECONDS)
    if ended.get("StatusCode") != 0:
        return ""
    output: bytes = client.logs(container, stdout=True, stderr=False)
    return output.decode("utf-8", "replace")
