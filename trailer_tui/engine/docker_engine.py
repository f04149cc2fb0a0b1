"""One Docker host, driven through its Engine API."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from trailer_tui.engine import classic_builder, disk, image_files, prune, squash, transfer
from trailer_tui.engine.builders import Builders
from trailer_tui.engine.cancel import CancelToken
from trailer_tui.engine.capabilities import probe
from trailer_tui.engine.connections import Connections
from trailer_tui.engine.errors import Refused
from trailer_tui.engine.events import Emit
from trailer_tui.engine.interface import BuildRequest, DiskUsage, FreeSpace, ImageFacts, ReadLimits
from trailer_tui.engine.room import Room
from trailer_tui.engine.wire import HostAddress
from trailer_tui.model.errors import EngineError, InvalidInput
from trailer_tui.model.host import BuilderChoice, Capabilities, TlsFiles


class DockerEngine:
    """The engine at `address` (`unix:///path`, `tcp://host:port`, `ssh://user@host`). Makes no connection by itself.

    `tls` reaches a `tcp` host; `builder` is the host's choice of builder.

    Raises:
        InvalidInput: the address has another form.
    """

    def __init__(
        self, address: str, *, tls: TlsFiles | None = None, builder: BuilderChoice = BuilderChoice.AUTO
    ) -> None:
        try:
            parsed = HostAddress.parse(address, tls)
        except ValueError as error:
            raise InvalidInput(f"The address {address!r} {error}") from error
        self._connections = Connections(parsed)
        self._room = Room(self._connections)
        self._builders = Builders(self._connections, builder)

    def probe(self) -> Capabilities:
        """Ask the host what it is; see `capabilities.probe`."""
        return probe(self._connections, self._builders)

    def facts(self, reference: str) -> ImageFacts | None:
        """What the host knows of the image, or None when it has none of that name or id."""
        try:
            with self._connections.call(f"look up {reference}") as client:
                found = client.image_details(reference)
        except Refused as refused:
            if refused.http_status == 404:
                return None
            raise
        return image_facts(found)

    def pull(self, reference: str, emit: Emit, cancel: CancelToken) -> ImageFacts:
        """Pull one image; see `transfer.pull`."""
        name = transfer.pull(self._connections, reference, emit, cancel)
        found = self.facts(name)
        if found is None:
            raise EngineError(f"{name} was pulled, and is gone again", hint="pull it again")
        return found

    def build(self, request: BuildRequest, emit: Emit, cancel: CancelToken) -> str:
        """Build and return the image's id; see `classic_builder.build` and `buildkit.builder.build`."""
        cancel.check()
        route = self._builders.for_build()
        if route is None:
            return classic_builder.build(self._connections, request, emit, cancel)
        # HTTP/2 and its messages take a while to import.
        from trailer_tui.engine.buildkit import builder as buildkit

        return buildkit.build(self._connections, route, request, emit, cancel)

    def squash(self, docker_image_id: str, emit: Emit, cancel: CancelToken) -> str:
        """One-layer copy of an image; see `squash.squash`."""
        return squash.squash(self._connections, docker_image_id, emit, cancel)

    def tag(self, docker_image_id: str, reference: str) -> None:
        """Give the image one more reference, which moves if another image had it."""
        wanted = transfer.parse_reference(reference)
        with self._connections.call(f"tag the image as {reference}") as client:
            client.tag(docker_image_id, wanted.repository, wanted.tag or "latest")

    def push(self, reference: str, emit: Emit, cancel: CancelToken) -> str:
        """Push one image; see `transfer.push`."""
        return transfer.push(self._connections, reference, emit, cancel)

    def read_files(
        self, docker_image_id: str, folders: Sequence[str], cancel: CancelToken, limits: ReadLimits
    ) -> Iterator[tuple[str, bytes]]:
        """Files of an image, of which nothing is run; see `image_files.read_files`."""
        return image_files.read_files(self._connections, docker_image_id, folders, cancel, limits)

    def remove_image(self, reference: str) -> None:
        """Remove the reference, and the image with its last one; a missing image is no error."""
        try:
            with self._connections.call(f"remove {reference}") as client:
                client.remove_image(reference)
        except Refused as refused:
            if refused.http_status == 404:
                return
            if refused.http_status == 409:
                users = "images built on it" if "child images" in refused.cause else "containers that use it"
                raise EngineError(refused.cause, hint=f"remove the {users} first") from refused
            raise

    def disk_usage(self, cancel: CancelToken, *, images_only: bool = False) -> DiskUsage:
        """What fills the disk; see `disk.disk_usage`."""
        return disk.disk_usage(self._connections, cancel, images_only=images_only)

    def free_space(self) -> FreeSpace:
        """Room on the engine's disk; see `room.Room`."""
        return self._room.free_space()

    def remove_images(
        self, docker_image_ids: Sequence[str], cancel: CancelToken, *, keep: Collection[str] = ()
    ) -> Mapping[str, str]:
        """Remove images that have no name; see `prune.remove_images`."""
        return prune.remove_images(self._connections, docker_image_ids, cancel, keep=keep)

    def prune_build_cache(self, cancel: CancelToken) -> int:
        """Remove the build cache that nothing uses; see `prune.prune_build_cache`."""
        return prune.prune_build_cache(self._connections, cancel)

    def close(self) -> None:
        """Drop all connections."""
        self._connections.close()


def image_facts(inspected: Mapping[str, Any]) -> ImageFacts:
    """The facts in the engine's answer to an image inspection."""
    return ImageFacts(
        docker_image_id=str(inspected["Id"]),
        size=int(inspected.get("Size") or 0),
        layers=len((inspected.get("RootFS") or {}).get("Layers") or ()),
        digests=tuple(str(digest) for digest in inspected.get("RepoDigests") or ()),
        architecture=str(inspected.get("Architecture") or ""),
        user=str((inspected.get("Config") or {}).get("User") or ""),
    )
