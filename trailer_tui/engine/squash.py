"""A one-layer copy of an image with the same configuration, made on the host without moving bytes to the client."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from trailer_tui.dockerfile.context import BuildContext
from trailer_tui.engine import classic_builder
from trailer_tui.engine.cancel import CancelToken
from trailer_tui.engine.connections import Connections
from trailer_tui.engine.events import Emit, EngineEvent, StepFinished, StepOutput, StepStarted
from trailer_tui.engine.interface import BuildRequest
from trailer_tui.model.errors import TrailerError
from trailer_tui.model.log import STREAM_TRAILER
from trailer_tui.model.status import Phase

_KEY = "squash"


def squash(connections: Connections, docker_image_id: str, emit: Emit, cancel: CancelToken) -> str:
    """Flatten the image and return the id of the copy, which has no reference yet.

    Nothing temporary stays on the host, whatever happens.

    Raises:
        EngineError: the engine refused a part of the work.
        Cancelled: the token was cancelled.
    """
    emit(StepStarted(_KEY, Phase.SQUASH, "Squash into one layer"))
    try:
        with connections.call("look up the image to squash") as client:
            before = client.image_details(docker_image_id)
        flat_id = _flatten(connections, before, cancel)
    except TrailerError as error:
        emit(StepFinished(_KEY, error=error.cause))
        raise
    layers = len((before.get("RootFS") or {}).get("Layers") or ())
    emit(StepOutput(_KEY, STREAM_TRAILER, f"Layers before: {layers}; now: 1\n"))
    emit(StepFinished(_KEY))
    return flat_id


def _flatten(connections: Connections, before: dict[str, Any], cancel: CancelToken) -> str:
    # The id names the image here. A temporary tag would be the only one of an image that has none yet, and removing it
    # would remove the image with the build cache in its parents.
    context = BuildContext(dockerfile=f"FROM scratch\nCOPY --from={before['Id']} / /\n")
    request = BuildRequest(context=context, reference="")
    flat = classic_builder.build(connections, request, _ignore, cancel, platform=_platform(connections, before))
    try:
        cancel.check()
        return _commit(connections, flat, before.get("Config") or {})
    except BaseException:
        with suppress(TrailerError), connections.call() as client:
            client.remove_image(flat)
        raise


def _commit(connections: Connections, flat: str, config: dict[str, Any]) -> str:
    """Put the configuration of the original on the flat image; an unchanged container adds no layer."""
    # An entry point of its own, so that no command of the container leaks into an image that has none.
    with connections.call("make a container of the squashed image") as client:
        container = client.container_from(flat, entrypoint=["x"])
    wanted = dict(config)
    wanted["Entrypoint"] = wanted.get("Entrypoint") or []
    try:
        with connections.call("commit the squashed image") as client:
            return str(client.commit(container, conf=wanted, pause=False)["Id"])
    finally:
        with suppress(TrailerError), connections.call() as client:
            client.remove_container(container, force=True)


def _platform(connections: Connections, image: dict[str, Any]) -> str:
    """The image's platform when it is not the host's own, which the copy would get otherwise."""
    with connections.call("ask for the host's platform") as client:
        host = client.version(api_version=False)
    wanted = (str(image.get("Os") or ""), str(image.get("Architecture") or ""))
    if wanted == (host.get("Os"), host.get("Arch")) or not all(wanted):
        return ""
    return "/".join(part for part in (*wanted, str(image.get("Variant") or "")) if part)


def _ignore(event: EngineEvent) -> None:
    """The steps of the copy are no steps of the user's build."""
