"""The build context: a Dockerfile and the files beside it, as something to stream."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO
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


def text_entry(path: str, text: str, *, mode: int = 0o644) -> ContextEntry:
    """A file of the build context that holds `text`."""
    content = text.encode()
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    return ContextEntry(path, len(content), mode, partial(BytesIO, content), digest)


@dataclass(frozen=True, slots=True)
class BuildContext:
    """What a builder needs: the Dockerfile's text and the files that it may copy."""

    dockerfile: str
    entries: tuple[ContextEntry, ...] = field(default=())
    base_of_user: str = ""
    """The base image whose user the build argument `plan.BASE_USER` carries; empty when there is no such argument."""
    takes_base_group: bool = True
    """Whether that argument carries the group too that the base image's user may have behind a colon."""
    notes: tuple[str, ...] = field(default=())
    """What had better be known of the result."""

    def listing(self) -> Iterator[tuple[str, int]]:
        """Path and size in bytes of everything that is sent, the Dockerfile first."""
        yield "Dockerfile", len(self.dockerfile.encode())
        for entry in self.entries:
            yield entry.path, entry.size
