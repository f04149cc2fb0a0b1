"""Removing from a host what nothing uses."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from trailer_tui.engine.cancel import CancelToken
from trailer_tui.engine.connections import Connections
from trailer_tui.model.errors import EngineError


def remove_images(
    connections: Connections, docker_image_ids: Sequence[str], cancel: CancelToken, *, keep: Collection[str]
) -> Mapping[str, str]:
    """Remove images that have no name."""
    raise EngineError("images cannot be removed")


def prune_build_cache(connections: Connections, cancel: CancelToken) -> int:
    """Remove the build cache that nothing uses."""
    raise EngineError("the build cache cannot be removed")
