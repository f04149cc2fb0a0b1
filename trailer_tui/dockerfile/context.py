"""The build context: a Dockerfile and the files beside it, as something to stream."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import IO


@dataclass(frozen=True, slots=True)
class ContextEntry:
    """One file of a build context, opened only when it is sent."""

    path: str
    """Relative to the context's root, with `/`."""
    size: int
    """Bytes."""
    mode: int
    """Permission bits."""
    open: Callable[[], IO[bytes]]
    digest: str = ""
    """Names the contents, such as `sha256:…`, where it is known: then nobody reads them only to see a change."""


@dataclass(frozen=True, slots=True)
class BuildContext:
    """What a builder needs: the Dockerfile's text and the files that it may copy."""

    dockerfile: str
    entries: tuple[ContextEntry, ...] = field(default=())

    def listing(self) -> Iterator[tuple[str, int]]:
        """Path and size in bytes of everything that is sent, the Dockerfile first."""
        yield "Dockerfile", len(self.dockerfile.encode())
        for entry in self.entries:
            yield entry.path, entry.size
