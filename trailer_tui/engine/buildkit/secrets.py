"""Build secrets, given to the engine when a step mounts one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from trailer_tui.engine.buildkit.buildkit_pb2 import GetSecretRequest, GetSecretResponse
from trailer_tui.engine.buildkit.grpc import NOT_FOUND, CallFailed, Handler, unary

_HEADER_PARTS = ("GIT_AUTH_", "HTTP_AUTH_")
"""How the ids begin whose values BuildKit itself puts into a header, where a line end breaks the login."""


def handlers(secrets: Mapping[str, Callable[[], bytes]]) -> Mapping[str, Handler]:
    """Serves these secrets by id, each read when it is asked for.

    Engines also ask for ids that nobody declared, such as tokens for git; those are not found, like all others.
    """

    def answer(question: bytes) -> bytes:
        name = GetSecretRequest.FromString(question).id
        read = secrets.get(name)
        if read is None:
            raise CallFailed(NOT_FOUND, f"secret {name}: not found")
        value = read()
        if name.startswith(_HEADER_PARTS):
            value = value.rstrip(b"\r\n")
        return GetSecretResponse(data=value).SerializeToString()

    return {"/moby.buildkit.secrets.v1.Secrets/GetSecret": unary(answer)}
