"""Removing from a host images and build cache that nothing needs. What is removed was chosen by the caller."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from docker.errors import APIError

from trailer_tui.engine.cancel import CancelToken
from trailer_tui.engine.client import EngineClient
from trailer_tui.engine.connections import Connections
from trailer_tui.engine.disk import named
from trailer_tui.engine.errors import Refused
from trailer_tui.model.errors import EngineError

_MISSING, _CONFLICT = 404, 409


def remove_images(
    connections: Connections, docker_image_ids: Sequence[str], cancel: CancelToken, *, keep: Collection[str]
) -> Mapping[str, str]:
    """Remove images that have no name, and the nameless ones below them that nothing else is built on.

    Args:
        connections: to the host.
        docker_image_ids: those to remove; one that has a name by now stays, with an error.
        cancel: stops between two images, and while the engine removes one.
        keep: ids of images that stay, though they lie below and have no name.

    Returns:
        The error of each image that stayed, by id.

    Raises:
        HostUnreachable: the host does not answer any more.
        Cancelled: the token was cancelled.
    """
    errors: dict[str, str] = {}
    for image_id in docker_image_ids:
        cancel.check()
        try:
            with connections.long_call(cancel) as client:
                error = _remove_chain(client, image_id, keep)
        except Refused as refused:
            error = refused.cause
        if error:
            errors[image_id] = error
    return errors


def prune_build_cache(connections: Connections, cancel: CancelToken) -> int:
    """Remove the build cache that no running build uses; returns the bytes that were freed.

    Raises:
        EngineError: the engine refused, or has no build cache of its own.
        HostUnreachable: the host does not answer.
        Cancelled: the token was cancelled; what was removed until then is gone.
    """
    try:
        with connections.long_call(cancel, "remove the build cache") as client:
            answer = client.ask("POST", "/build/prune", query={"all": "1"})
    except Refused as refused:
        if refused.http_status == _MISSING:
            raise EngineError("this engine has no build cache", hint="prune its images instead") from refused
        raise
    freed = answer.get("SpaceReclaimed") if isinstance(answer, dict) else 0
    return freed if isinstance(freed, int) else 0


def _remove_chain(client: EngineClient, image_id: str, keep: Collection[str]) -> str:
    """Remove an image, then what it was built on as far as that is nameless and free; returns why the first stayed."""
    details = _details(client, image_id)
    if details is None:
        return ""
    if names := named(details.get("RepoTags")):
        return f"it has the name {names[0]} by now"
    _remove(client, image_id, details)
    parent = str(details.get("Parent") or "")
    while parent and parent not in keep:
        details = _details(client, parent)
        if details is None or named(details.get("RepoTags")):
            break
        try:
            _remove(client, parent, details)
        except APIError as error:
            if error.status_code == _CONFLICT:
                break  # something else needs it
            raise
        parent = str(details.get("Parent") or "")
    return ""


def _remove(client: EngineClient, image_id: str, details: Mapping[str, Any]) -> None:
    """Remove one image; one that is gone is no error.

    By id the engine refuses an image that has references of several repositories, as left by a squash or known to
    registries: then by those, one by one.
    """
    written = [*(details.get("RepoTags") or ()), *(details.get("RepoDigests") or ())]
    references = [str(reference) for reference in written if "<none>" not in str(reference)]
    for target in [*references[:-1], image_id] if len(references) > 1 else [image_id]:
        try:
            # Without the engine's own walk down, which knows nothing of images that are to be kept.
            client.ask("DELETE", f"/images/{target}", query={"noprune": "1"})
        except APIError as error:
            if error.status_code != _MISSING:
                raise


def _details(client: EngineClient, image_id: str) -> dict[str, Any] | None:
    try:
        return client.image_details(image_id)
    except APIError as error:
        if error.status_code == _MISSING:
            return None
        raise
