"""Registry credentials, given to the engine when a registry asks it for them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from trailer_tui.engine.buildkit.buildkit_pb2 import CredentialsRequest, CredentialsResponse
from trailer_tui.engine.buildkit.grpc import Handler, unary
from trailer_tui.engine.credentials import CredentialsUnreadable, credentials_for
from trailer_tui.model.reference import DEFAULT_DOMAIN

_HUB = "registry-1.docker.io"
"""What engines call Docker Hub when they ask."""


def handlers(
    registries: Collection[str], on_trouble: Callable[[CredentialsUnreadable], object]
) -> Mapping[str, Handler]:
    """Serves the credentials of these registries (as references name them) and of no other.

    An engine also asks for a mirror of its own, under the mirror's name; that is nobody's business unless the
    Dockerfile names it too, so it is answered like any other host: anonymously. What cannot be read is told to
    `on_trouble` and answered so as well. The methods for tokens are missing on purpose: the engine then fetches tokens
    itself, with these credentials.
    """

    def answer(question: bytes) -> bytes:
        host = CredentialsRequest.FromString(question).host
        if (DEFAULT_DOMAIN if host == _HUB else host) not in registries:
            return CredentialsResponse().SerializeToString()
        try:
            found = credentials_for(host)
        except CredentialsUnreadable as error:
            on_trouble(error)
            return CredentialsResponse().SerializeToString()
        # A user's name beside an identity token would make it a password.
        username = "" if found.identity_token else found.username
        return CredentialsResponse(username=username, secret=found.secret).SerializeToString()

    return {"/moby.filesync.v1.Auth/Credentials": unary(answer)}
