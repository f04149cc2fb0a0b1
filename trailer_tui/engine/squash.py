"""A one-layer copy of an image with the same configuration, made on the host without moving bytes to the client.

A builder copies the whole content into an image of one layer; a container of that image, never started, is committed
with the original's configuration, which adds no layer. Podman makes one layer by itself when it commits.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from trailer_tui.dockerfile.context import BuildContext
from trailer_tui.engine.cancel import Cancelled, CancelToken
from trailer_tui.engine.client import EngineClient
from trailer_tui.engine.connections import Connections
from trailer_tui.engine.context_stream import context_tar
from trailer_tui.engine.errors import Refused, refusal
from trailer_tui.engine.events import Emit, StepFinished, StepOutput, StepStarted
from trailer_tui.engine.leftovers import remove_leftovers, squash_container_name, tidy
from trailer_tui.engine.podman import is_podman
from trailer_tui.model.errors import EngineError, HostUnreachable, TrailerError
from trailer_tui.model.log import STREAM_TRAILER
from trailer_tui.model.status import Phase

TEMPORARY_REPOSITORY = "localhost/trailer-squash"
"""Where an image has its name while it is squashed."""

_KEY = "squash"
_LATE_SECONDS = 5.0
"""How long after a lost connection the engine may still name the copy: it notices the loss a moment later."""
_LOOK_SECONDS = 0.2
_CLASSIC, _BUILDKIT = "1", "2"
# A tar without members, whose import makes an image without content.
_EMPTY_TAR = bytes(10_240)


def squash(connections: Connections, docker_image_id: str, emit: Emit, cancel: CancelToken) -> str:
    """Flatten the image and return the id of the copy, which has no reference yet.

    Nothing temporary stays on the host, whatever happens, as long as the host answers.

    Raises:
        EngineError: the engine refused a part of the work.
        HostUnreachable: the host does not answer, or no longer.
        Cancelled: the token was cancelled, and the work on the host has ended.
    """
    emit(StepStarted(_KEY, Phase.SQUASH, "Squash into one layer"))
    try:
        with connections.call("look up the image to squash") as client:
            before = client.image_details(docker_image_id)
            host = client.version(api_version=False)
        remove_leftovers(connections)
        flat_id = _one_layer(connections, before, host, cancel)
    except TrailerError as error:
        emit(StepFinished(_KEY, error=error.cause))
        raise
    layers = len((before.get("RootFS") or {}).get("Layers") or ())
    emit(StepOutput(_KEY, STREAM_TRAILER, f"Layers before: {layers}; now: 1\n"))
    emit(StepFinished(_KEY))
    return flat_id


def _one_layer(connections: Connections, image: Mapping[str, Any], host: Mapping[str, Any], cancel: CancelToken) -> str:
    image_id, config = str(image["Id"]), image.get("Config") or {}
    if is_podman(host):
        return _commit(connections, image_id, config, cancel, squash=True)
    flat = f"{TEMPORARY_REPOSITORY}:{uuid.uuid4().hex}-flat"
    platform = _platform(host, image)
    try:
        if _buildkit_copies_everything(host):
            with _named(connections, image_id) as name:
                _copy(connections, _BUILDKIT, name, flat, platform, cancel)
        else:
            _copy(connections, _CLASSIC, image_id, flat, platform, cancel)
        cancel.check()
        return _commit(connections, flat, config, cancel, squash=False)
    except HostUnreachable:
        _await_late(connections, flat)
        raise
    except Cancelled as cancelled:
        if not cancelled.confirmed:
            _await_late(connections, flat)
        raise
    finally:
        # An image that the result was made of stays below it without a name.
        tidy(connections, lambda client: client.remove_image(flat))


def _await_late(connections: Connections, flat: str) -> None:
    """Wait until the engine has named the copy after all, or will not any more, or does not answer."""
    deadline = time.monotonic() + _LATE_SECONDS
    client = connections.probing()
    try:
        while time.monotonic() < deadline:
            try:
                with connections.errors(client):
                    client.image_details(flat)
            except Refused:
                time.sleep(_LOOK_SECONDS)  # not there, or not yet
            except TrailerError:
                return
            else:
                return
    finally:
        client.close()
        client.line.close()


def _buildkit_copies_everything(host: Mapping[str, Any]) -> bool:
    """Whether the host's BuildKit copies any file as it is: that of 20.10 drops pipes and makes files of devices.

    From Docker 25 on it only makes a character device of a block device, of which images have none to use; it is many
    times faster than the classic builder, and keeps extended attributes of users where the image still has them.
    """
    major, _, minor = str(host.get("ApiVersion") or "").partition(".")
    new = major.isdigit() and minor.isdigit() and (int(major), int(minor)) >= (1, 44)
    return new and host.get("Os") == "linux"


@contextmanager
def _named(connections: Connections, image_id: str) -> Iterator[str]:
    """A name for the image while the block runs: BuildKit knows images by name only."""
    tag = uuid.uuid4().hex
    with connections.call("name the image to squash") as client:
        client.tag(image_id, TEMPORARY_REPOSITORY, tag)
    name = f"{TEMPORARY_REPOSITORY}:{tag}"

    def take_back(client: EngineClient) -> None:
        # Removing the only name of an image would remove the image. The name moves to an empty one, which may go.
        client.import_image_from_data(_EMPTY_TAR, repository=TEMPORARY_REPOSITORY, tag=tag)
        client.remove_image(name)

    try:
        yield name
    finally:
        tidy(connections, take_back)


def _copy(connections: Connections, builder: str, source: str, target: str, platform: str, cancel: CancelToken) -> None:
    """Let a builder of the host copy all content of the image `source` into one of one layer, named `target`."""
    query = {"version": builder, "dockerfile": "Dockerfile", "t": target, "rm": "1", "forcerm": "1"}
    if platform:
        query["platform"] = platform
    body = context_tar(BuildContext(dockerfile=f"FROM scratch\nCOPY --from={source} / /\n"))
    headers = {"Content-Type": "application/x-tar"}
    error = ""
    for batch in connections.stream("/build", cancel, query=query, headers=headers, body=body):
        for message in batch:
            if "error" in message:
                detail = message.get("errorDetail") or {}
                error = str(detail.get("message") or message["error"])
    if error:
        raise refusal(500, error, doing="copy the image into one layer")


def _commit(
    connections: Connections, image: str, config: Mapping[str, Any], cancel: CancelToken, *, squash: bool
) -> str:
    """An image of the same content with this configuration; with `squash` (Podman) all of it in one layer."""
    # An entry point of its own, so that no command of the container leaks into an image that has none. Podman instead
    # takes what the original has, and the entry point as well.
    with connections.call("make a container of the squashed image") as client:
        container = client.container_from(image, entrypoint=[] if squash else ["x"], name=squash_container_name())
    query = {"container": container, "pause": "0"} | ({"squash": "1"} if squash else {})
    body = json.dumps({**config, "Entrypoint": config.get("Entrypoint") or []}).encode()
    headers = {"Content-Type": "application/json"}
    committed = ""
    try:
        for batch in connections.stream("/commit", cancel, query=query, headers=headers, body=iter((body,))):
            committed = next((str(answer["Id"]) for answer in batch if "Id" in answer), committed)
    except BaseException:
        if committed:
            tidy(connections, lambda client: client.remove_image(committed))
        raise
    finally:
        tidy(connections, lambda client: client.remove_container(container, force=True))
    if not committed:
        raise EngineError("The engine ended the squash without naming an image", hint="build again")
    return committed if ":" in committed else f"sha256:{committed}"


def _platform(host: Mapping[str, Any], image: Mapping[str, Any]) -> str:
    """The image's platform when it is not the host's own, which the copy would get otherwise."""
    wanted = (str(image.get("Os") or ""), str(image.get("Architecture") or ""))
    if wanted == (host.get("Os"), host.get("Arch")) or not all(wanted):
        return ""
    return "/".join(part for part in (*wanted, str(image.get("Variant") or "")) if part)
