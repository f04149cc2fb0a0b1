"""What fills the disk of a host, as its engine tells (`GET /system/df`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trailer_tui.engine.cancel import CancelToken
from trailer_tui.engine.connections import Connections
from trailer_tui.engine.errors import Refused
from trailer_tui.engine.interface import DiskUsage, StoredImage
from trailer_tui.engine.leftovers import remove_leftovers
from trailer_tui.engine.squash import TEMPORARY_REPOSITORY
from trailer_tui.model.errors import EngineError

# The answer of later versions has other fields.
_NEWEST_VERSION = "1.51"
_DIGEST = "sha256:"
_NO_NAME = ("<none>", f"{TEMPORARY_REPOSITORY}:")


def disk_usage(connections: Connections, cancel: CancelToken, *, images_only: bool = False) -> DiskUsage:
    """What fills the disk; a large host takes minutes. What killed servers left there of Trailer's own goes before.

    Raises:
        EngineError: the engine refused, or another client asks it the same already.
        HostUnreachable: the host does not answer.
        Cancelled: the token was cancelled.
    """
    # Engines before API 1.42 do not know the parameter and ignore it.
    query = {"type": "image"} if images_only else {}
    cancel.check()
    remove_leftovers(connections)
    try:
        with connections.long_call(cancel, "look at the disk") as client:
            answer = client.ask("GET", "/system/df", query=query, newest_version=_NEWEST_VERSION)
    except Refused as refused:
        if "already running" in refused.cause:
            raise EngineError(refused.cause, hint="somebody else asks it the same: try again in a minute") from refused
        raise
    if not isinstance(answer, dict):
        raise EngineError("the engine's answer about its disk has no meaning", hint="look at the engine's log")
    return usage_of(answer)


def usage_of(answer: Mapping[str, Any]) -> DiskUsage:
    """The usage in an engine's answer; engines leave out parts, and write -1 for what they did not count."""
    images = _entries(answer, "Images")
    parents = {_image_id(image.get("ParentId")) for image in images if image.get("ParentId")}
    cache = _entries(answer, "BuildCache")
    unused = [entry for entry in cache if not entry.get("InUse")]
    containers, volumes = _entries(answer, "Containers"), _entries(answer, "Volumes")
    return DiskUsage(
        images=tuple(_stored_image(image, parents) for image in images),
        layers_size=_count(answer.get("LayersSize")),
        containers=len(containers),
        containers_size=sum(_count(container.get("SizeRw")) for container in containers),
        volumes=len(volumes),
        volumes_size=sum(_count((volume.get("UsageData") or {}).get("Size")) for volume in volumes),
        build_cache_size=_own_size(cache),
        build_cache_free=_own_size(unused),
        build_cache_count=len(unused),
    )


def named(tags: object) -> tuple[str, ...]:
    """The references among an image's `RepoTags`: engines write `<none>:<none>`, or nothing, for an image without.

    Names that a squash left behind, because the server or the engine was killed in the middle of it, do not count.
    """
    return tuple(tag for tag in map(str, tags) if not tag.startswith(_NO_NAME)) if isinstance(tags, list) else ()


def _stored_image(image: Mapping[str, Any], parents: set[str]) -> StoredImage:
    image_id, size, shared = _image_id(image.get("Id")), _count(image.get("Size")), image.get("SharedSize")
    return StoredImage(
        docker_image_id=image_id,
        references=named(image.get("RepoTags")),
        size=size,
        unique_size=max(0, size - _count(shared)),
        containers=_count(image.get("Containers")),
        children=image_id in parents,
    )


def _image_id(value: object) -> str:
    text = str(value or "")
    return text if not text or text.startswith(_DIGEST) else _DIGEST + text


def _own_size(cache: list[Mapping[str, Any]]) -> int:
    """Bytes of the entries that no image has too."""
    return sum(_count(entry.get("Size")) for entry in cache if not entry.get("Shared"))


def _count(value: object) -> int:
    return max(0, value) if isinstance(value, int) else 0


def _entries(answer: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    return [entry for entry in answer.get(name) or () if isinstance(entry, dict)]
