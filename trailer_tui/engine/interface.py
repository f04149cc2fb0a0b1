"""The interface of one Docker host, which the real engine and the fake one of the tests both implement."""

from __future__ import annotations

from dataclasses import dataclass, field
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

    def remove_image(self, reference: str) -> None:
        """Remove the reference, and the image with its last one; a missing image is no error."""

    def close(self) -> None:
        """Drop all connections."""
