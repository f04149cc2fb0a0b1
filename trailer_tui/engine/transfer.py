"""Pulling and pushing one image, with the progress of every layer."""

from __future__ import annotations

from contextlib import closing
from urllib.parse import quote

from trailer_tui.engine.cancel import CancelToken
from trailer_tui.engine.connections import Connections
from trailer_tui.engine.credentials import ANONYMOUS, CredentialsUnreadable, registry_auth
from trailer_tui.engine.errors import Refused
from trailer_tui.engine.events import Emit, StepFinished, StepOutput, StepStarted
from trailer_tui.engine.registry_errors import registry_error
from trailer_tui.engine.transfer_progress import TransferProgress
from trailer_tui.model.errors import EngineError, InvalidInput, TrailerError
from trailer_tui.model.log import STREAM_TRAILER
from trailer_tui.model.reference import ImageReference, ReferenceProblem
from trailer_tui.model.status import Phase


def pull(connections: Connections, reference: str, emit: Emit, cancel: CancelToken) -> str:
    """Pull one image (a reference without tag or digest means `latest`); returns the name under which it is there.

    Raises:
        RegistryError: the registry has no such image, denied it or cannot be reached.
        InvalidInput: the reference is none.
    """
    wanted = parse_reference(reference)
    name = f"{wanted.repository}@{wanted.digest}" if wanted.digest else wanted.familiar()
    query = {"fromImage": wanted.repository, "tag": wanted.digest or wanted.tag or "latest"}
    key = f"pull {wanted.familiar()}"
    emit(StepStarted(key, Phase.RESOLVE, f"Pull {wanted.familiar()}"))
    _transfer(connections, "pull", key, wanted, "/images/create", query, emit, cancel)
    return name


def push(connections: Connections, reference: str, emit: Emit, cancel: CancelToken) -> str:
    """Push one image; returns the digest that the registry gave, `sha256:…`.

    Raises:
        RegistryError: the registry denied it or cannot be reached, or the host has no such image.
        InvalidInput: the reference is none, or names a digest.
    """
    wanted = parse_reference(reference)
    if wanted.digest:
        raise InvalidInput(f"{reference} names a digest, and a digest cannot be pushed", hint="push repository:tag")
    key = f"push {wanted.familiar()}"
    emit(StepStarted(key, Phase.PUSH, f"Push {wanted.familiar()}"))
    path = f"/images/{quote(wanted.repository, safe='/:')}/push"
    digest = _transfer(connections, "push", key, wanted, path, {"tag": wanted.tag or "latest"}, emit, cancel)
    if not digest:
        raise EngineError(f"The push of {wanted.familiar()} ended without a digest", hint="push again")
    return digest


def _transfer(
    connections: Connections,
    doing: str,
    key: str,
    wanted: ImageReference,
    path: str,
    query: dict[str, str],
    emit: Emit,
    cancel: CancelToken,
) -> str:
    """Run one transfer whose step has started, and end the step; returns the digest if one was named."""
    progress = TransferProgress(key, emit)
    credentials = _credentials(wanted, key, emit)
    has_login = None if credentials is None else credentials != ANONYMOUS
    try:
        headers = {"X-Registry-Auth": credentials or ANONYMOUS}
        with closing(connections.stream(path, cancel, query=query, headers=headers)) as batches:
            for batch in batches:
                for message in batch:
                    progress.feed(message)
        if progress.error:
            raise registry_error(doing, wanted, progress.error, has_login=has_login)
    except Refused as refused:
        emit(StepFinished(key, error=refused.cause))
        raise registry_error(doing, wanted, refused.cause, has_login=has_login) from refused
    except TrailerError as failure:
        emit(StepFinished(key, error=progress.error or failure.cause))
        raise
    emit(StepFinished(key))
    return progress.digest


def _credentials(wanted: ImageReference, key: str, emit: Emit) -> str | None:
    """The user's credentials; None when they cannot be read, which the log says: the registry decides then."""
    try:
        return registry_auth(wanted.registry)
    except CredentialsUnreadable as error:
        emit(StepOutput(key, STREAM_TRAILER, f"{error}; trying without\n"))
        return None


def parse_reference(reference: str) -> ImageReference:
    """The reference in parts.

    Raises:
        InvalidInput: the text is no image reference.
    """
    try:
        return ImageReference.parse(reference)
    except ReferenceProblem as problem:
        raise InvalidInput(f"The image reference {reference!r} {problem}", hint=problem.remedy) from problem
