"""The interface of one Docker host, which the real engine and the fake one of the tests both implement."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from trailer_tui.dockerfile.context import BuildContext
from trailer_tui.engine.cancel import CancelToken
from trailer_tui.engine.events import Emit
from trailer_tui.model.host import Capabilities


@dataclass(frozen=True, slots=True)
class BuildRequest:
    """One build of one Dockerfile."""

    context: BuildContext
    reference: str
    """The reference that the result will get; the pipeline tags it, the builder does not."""
    no_cache: bool = False
    build_args: dict[str, str] = field(default_factory=dict)
    secrets: Mapping[str, Callable[[], bytes]] = field(default_factory=dict)
    """Build secrets by id, read when a step asks for one; never kept."""
    ssh_agent: Path | None = None
    """Socket of the ssh agent that steps may use under the id `default`."""
    context_key: str = ""
    """Names the context across builds, so that only changed files are sent; empty sends all."""
    stand_ins: Mapping[str, str] = field(default_factory=dict)
    """References of images that are taken for those that the Dockerfile names: what is taken, by what is named, in the
    familiar form. Only BuildKit takes them, when `Capabilities.heredocs` and the route is not `session`."""


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """What the host knows of an image."""

    docker_image_id: str
    """`sha256:…`"""
    size: int
    """Bytes."""
    layers: int
    digests: tuple[str, ...]
    """`repository@sha256:…`, as registries gave them."""
    architecture: str
    user: str = ""
    """The user that its containers run as, as USER names it; empty for root."""


@dataclass(frozen=True, slots=True)
class StoredImage:
    """One image of the host, as a disk usage names it."""

    docker_image_id: str
    references: tuple[str, ...]
    """`repository:tag`, without the `<none>` of an image that has no name."""
    size: int
    """Bytes, with layers that it shares."""
    unique_size: int
    """Bytes that go when it goes; `size` where the engine does not say."""
    containers: int
    """Containers that use it, also stopped ones; 0 where the engine does not say."""
    children: bool = False
    """Whether another image is built on it and keeps its layers."""


@dataclass(frozen=True, slots=True)
class DiskUsage:
    """What fills the engine's disk, in bytes."""

    images: tuple[StoredImage, ...]
    layers_size: int
    containers: int
    containers_size: int
    volumes: int
    volumes_size: int
    build_cache_size: int
    build_cache_free: int
    """Part of the build cache that nothing uses now."""
    build_cache_count: int
    """Entries of that part."""


@dataclass(frozen=True, slots=True)
class FreeSpace:
    """Room on the disk of the engine's data folder, in bytes."""

    total: int
    free: int
    costly: bool = False
    """Whether asking made the host start a container: not to be done without need."""


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """How much is read of the files of an image, in bytes."""

    file: int
    """Of one file."""
    total: int
    """Of all together, as they are sent."""


class Engine(Protocol):
    """One Docker host. Every method blocks and may be called from any thread.

    Every method raises `HostUnreachable` when the host does not answer and `EngineError` when it refuses;
    those with a token raise `Cancelled` after it was cancelled, with the work on the host ended.
    """

    def probe(self) -> Capabilities:
        """Ask the host what it is; bounded by a short timeout."""

    def facts(self, reference: str) -> ImageFacts | None:
        """What the host knows of the image, or None when it has none of that name or id."""

    def pull(self, reference: str, emit: Emit, cancel: CancelToken) -> ImageFacts:
        """Pull one image (a reference without tag means `latest`), as one step of phase `resolve`."""

    def build(self, request: BuildRequest, emit: Emit, cancel: CancelToken) -> str:
        """Build and return the image's id.

        Raises:
            BuildFailed: a step failed; its `StepFinished` carried the error, `exit_code` is set when there is one.
        """

    def squash(self, docker_image_id: str, emit: Emit, cancel: CancelToken) -> str:
        """One-layer copy of an image with the same configuration, as one step of phase `squash`; returns its id."""

    def tag(self, docker_image_id: str, reference: str) -> None:
        """Give the image one more reference, which moves if another image had it."""

    def push(self, reference: str, emit: Emit, cancel: CancelToken) -> str:
        """Push as one step of phase `push`; returns the digest that the registry gave, `sha256:…`."""

    def read_files(
        self, docker_image_id: str, folders: Sequence[str], cancel: CancelToken, limits: ReadLimits
    ) -> Iterator[tuple[str, bytes]]:
        """Absolute path and content of the regular files below folders of an image, of which nothing is run.

        A folder that the image has not has no files. Links are left out; only one that stands for a folder itself may
        be followed, inside the image. Close the iterator when it is not read to its end. Raises `EngineError` when a
        limit is reached.
        """

    def remove_image(self, reference: str) -> None:
        """Remove the reference, and the image with its last one; a missing image is no error."""

    def disk_usage(self, cancel: CancelToken, *, images_only: bool = False) -> DiskUsage:
        """What fills the disk; a large host takes minutes.

        With `images_only` the engine may leave out all but images and layers, which is much quicker.
        """

    def free_space(self) -> FreeSpace:
        """Room on the engine's disk; bounded by a short timeout.

        Raises:
            EngineError: it cannot be known from here; the cause says why.
        """

    def remove_images(
        self, docker_image_ids: Sequence[str], cancel: CancelToken, *, keep: Collection[str] = ()
    ) -> Mapping[str, str]:
        """Remove images that have no name; returns the error of each that stayed, by id. A missing one is no error.

        Nameless images that each was built on go with it when nothing else needs them, but for those in `keep`.
        """

    def prune_build_cache(self, cancel: CancelToken) -> int:
        """Remove the build cache that nothing uses; returns the bytes that were freed."""

    def close(self) -> None:
        """Drop all connections."""
