"""Reading files of an image from a container that is made of it and never started, so that nothing of it runs."""

from __future__ import annotations

import posixpath
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from io import BufferedIOBase
from typing import Any

import urllib3

from trailer_tui.engine.cancel import CancelToken
from trailer_tui.engine.client import EngineClient
from trailer_tui.engine.connections import Connections
from trailer_tui.engine.errors import Refused
from trailer_tui.engine.interface import ReadLimits
from trailer_tui.engine.leftovers import READING_LABEL, remove_leftovers, tidy
from trailer_tui.humanize import size as human_size
from trailer_tui.model.errors import EngineError

_DOING = "read files of the image"


def read_files(
    connections: Connections, docker_image_id: str, folders: Sequence[str], cancel: CancelToken, limits: ReadLimits
) -> Iterator[tuple[str, bytes]]:
    """Path and content of the regular files below each of the folders, read as they are asked for.

    The container goes when the iterator ends or is closed.

    Raises:
        EngineError: the engine refused, or a limit was reached.
        HostUnreachable: the host does not answer, or no longer.
        Cancelled: the token was cancelled.
    """
    remove_leftovers(connections)
    with connections.call("make a container to read files of the image") as client:
        container = str(client.ask("POST", "/containers/create", body=_description(docker_image_id))["Id"])
    try:
        with connections.long_call(cancel, _DOING) as client:
            left = limits.total
            for folder in folders:
                archive = _archive(connections, client, container, folder)
                if archive is None:
                    continue
                counted = _Counted(archive, left)
                with closing(archive):
                    yield from _files(counted, folder, limits, cancel)
                left = counted.left
    finally:
        tidy(
            connections,
            lambda client: client.ask("DELETE", f"/containers/{container}", query={"force": "1", "v": "1"}),
        )


def _description(docker_image_id: str) -> dict[str, Any]:
    return {
        "Image": docker_image_id,
        # An image may have no command, and one is demanded even of a container that is never started.
        "Entrypoint": ["x"],
        "Labels": {READING_LABEL: "1"},
        "NetworkDisabled": True,
        "HostConfig": {"NetworkMode": "none"},
    }


def _archive(
    connections: Connections, client: EngineClient, container: str, folder: str
) -> urllib3.BaseHTTPResponse | None:
    """The folder as a tar that is still to be read; None when there is no such folder."""
    try:
        with connections.errors(client, _DOING):
            return client.archive(container, folder)
    except Refused as refused:
        if refused.http_status == 404:
            return None
        raise


def _files(archive: _Counted, folder: str, limits: ReadLimits, cancel: CancelToken) -> Iterator[tuple[str, bytes]]:
    # The engine names what it sends after the folder's last part.
    above = posixpath.dirname(folder)
    try:
        with tarfile.open(fileobj=archive, mode="r|") as members:
            for member in members:
                cancel.check()
                path = posixpath.join(above, posixpath.normpath(member.name))
                if not member.isreg() or not path.startswith(f"{folder}/"):
                    continue
                if member.size > limits.file:
                    raise EngineError(f"{path} is larger than {human_size(limits.file)}")
                content = members.extractfile(member)
                assert content is not None
                yield path, content.read()
    except tarfile.TarError as error:
        raise EngineError(f"Could not {_DOING}: the engine's archive of {folder} is damaged: {error}") from error


class _Counted(BufferedIOBase):
    """Reads at most so many bytes."""

    def __init__(self, source: urllib3.BaseHTTPResponse, left: int) -> None:
        self._source = source
        self.left = left

    def read(self, size: int | None = -1, /) -> bytes:
        """The next bytes. Raises `EngineError` when there were too many."""
        data = self._source.read(size)
        self.left -= len(data)
        if self.left < 0:
            raise EngineError("The files are larger than allowed in all")
        return data
