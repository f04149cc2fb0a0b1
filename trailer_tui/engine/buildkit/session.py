"""The session of a build: what the engine may ask of us while it builds, and under which name it finds us."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from trailer_tui.engine.buildkit import auth, health, secrets, ssh_agent
from trailer_tui.engine.buildkit.filesync import FileSync
from trailer_tui.engine.buildkit.grpc import Handler, Request, Server
from trailer_tui.engine.buildkit.transport import Transport
from trailer_tui.engine.credentials import CredentialsUnreadable
from trailer_tui.engine.interface import BuildRequest
from trailer_tui.engine.named_registries import named_registries
from trailer_tui.model.reference import ImageReference

_HEADER = "x-docker-expose-session-"
_NAME = "trailer"


@dataclass(frozen=True, slots=True)
class Session:
    """What is served during one build. `identity` names it to the engine."""

    handlers: Mapping[str, Handler]
    context_key: str
    identity: str = field(default_factory=lambda: uuid.uuid4().hex)

    @classmethod
    def of(
        cls,
        request: BuildRequest,
        on_sent: Callable[[int, int], None],
        on_trouble: Callable[[CredentialsUnreadable], object],
    ) -> Session:
        """The session for this build; see `FileSync` for `on_sent` and `auth` for `on_trouble`."""
        files = FileSync(request.context, on_sent)

        def sync(call: Request) -> None:
            files.serve(call, call.metadata())

        return cls(
            {
                **health.handlers(),
                **auth.handlers(_registries(request), on_trouble),
                **secrets.handlers(request.secrets),
                **ssh_agent.handlers(request.ssh_agent),
                "/moby.filesync.v1.FileSync/DiffCopy": sync,
            },
            # Without a key the engine would compare the files with those of any other build that has none.
            request.context_key or uuid.uuid4().hex,
        )

    def headers(self) -> list[tuple[str, str]]:
        """What tells the engine of the session and its methods, as headers or as metadata of a call."""
        return [
            (f"{_HEADER}uuid", self.identity),
            (f"{_HEADER}name", _NAME),
            (f"{_HEADER}sharedkey", self.context_key),
            *((f"{_HEADER}grpc-method", method) for method in self.handlers),
        ]

    def serve(self, transport: Transport) -> Server:
        """Answer the engine's calls on this transport."""
        return Server(transport, self.handlers, f"build session {self.identity[:8]}")


def _registries(request: BuildRequest) -> list[str]:
    named = named_registries(request.context.dockerfile, request.build_args)
    return [*named, *(ImageReference.parse(taken).registry for taken in request.stand_ins.values())]
