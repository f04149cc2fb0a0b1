"""Building with the engine's classic builder: the context goes up as a stream, the output comes back as one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import closing

from trailer_tui.dockerfile.context import BuildContext
from trailer_tui.engine.build_failure import build_failure
from trailer_tui.engine.cancel import CancelToken
from trailer_tui.engine.classic_output import ClassicOutput
from trailer_tui.engine.connections import Connections
from trailer_tui.engine.context_stream import context_tar, dockerfile_name, sent_entries
from trailer_tui.engine.credentials import CredentialsUnreadable, registry_config
from trailer_tui.engine.errors import Refused
from trailer_tui.engine.events import Emit, StepFinished, StepOutput, StepProgress, StepStarted
from trailer_tui.engine.interface import BuildRequest
from trailer_tui.engine.named_registries import named_registries
from trailer_tui.engine.podman_output import PodmanOutput
from trailer_tui.model.errors import BuildFailed, EngineError
from trailer_tui.model.log import STREAM_TRAILER
from trailer_tui.model.status import Phase

_PARSE_ERROR_LINE = re.compile(r"parse error (?:on )?line (\d+)", re.IGNORECASE)
_CONTEXT_STEP = "context"


def build(
    connections: Connections,
    request: BuildRequest,
    emit: Emit,
    cancel: CancelToken,
    *,
    platform: str = "",
) -> str:
    """Build on the host and return the image's id. The result has no reference; intermediate containers are removed.

    Raises:
        BuildFailed: a step failed, the engine cannot read the Dockerfile, or a file of the context cannot be sent.
        EngineError: the engine ended the build, which nobody had cancelled.
        Cancelled: the token was cancelled, and the work on the host has ended.
    """
    output = _output(connections)(request.context.dockerfile, emit)

    def remark(trouble: CredentialsUnreadable) -> None:
        emit(StepOutput("", STREAM_TRAILER, f"{trouble}; trying without\n"))

    registries = named_registries(request.context.dockerfile, request.build_args)
    batches = connections.stream(
        "/build",
        cancel,
        query=_query(request, platform),
        headers={
            "Content-Type": "application/x-tar",
            "X-Registry-Config": registry_config(registries, remark),
        },
        body=_body(request.context, emit),
    )
    try:
        with closing(batches):
            for batch in batches:
                output.feed(batch)
    except Refused as error:
        raise _unreadable(error, emit) from error
    output.finish()
    if output.error:
        raise _failure(output, request.context.dockerfile)
    if not output.image_id:
        raise EngineError("The engine ended the build without naming an image", hint="build again")
    return output.image_id


def _failure(output: ClassicOutput | PodmanOutput, dockerfile: str) -> EngineError:
    if isinstance(output, ClassicOutput) and output.given_up:
        return EngineError(
            "The engine ended the build, which nobody had cancelled; the connection to it may have been cut",
            hint="build again; when it happens again, look at the network to the host and at the engine's log",
        )
    failure = build_failure(output.error, output.error, output.exit_code, dockerfile)
    if isinstance(output, ClassicOutput) and output.killed and not failure.hint:
        # Newer engines do not say who killed it.
        failure.hint = (
            "the process was killed: often the host ran out of memory; an engine that is stopped, or whose connection "
            "to Trailer was cut, kills it too"
        )
    return failure


def _query(request: BuildRequest, platform: str) -> dict[str, str]:
    query = {
        "version": "1",
        "dockerfile": dockerfile_name(request.context),
        "rm": "1",
        "forcerm": "1",
        "pull": "0",
        "nocache": "1" if request.no_cache else "0",
    }
    if request.build_args:
        query["buildargs"] = json.dumps(request.build_args)
    if platform:
        query["platform"] = platform
    return query


def _body(context: BuildContext, emit: Emit) -> Iterator[bytes]:
    """The context's tar; sending files beside the Dockerfile is a step of its own, with progress for each file."""
    entries = sent_entries(context)
    if not entries:
        yield from context_tar(context)
        return
    count = len(entries)
    title = f"Send the build context ({count} {'file' if count == 1 else 'files'})"
    emit(StepStarted(_CONTEXT_STEP, Phase.BUILD, title))
    total, sent_before = sum(entry.size for entry in entries), 0
    last_path, last_size = "", 0

    def on_sent(path: str, sent: int, size: int) -> None:
        nonlocal sent_before, last_path, last_size
        if path != last_path:
            sent_before += last_size
            last_path, last_size = path, size
        emit(StepProgress(_CONTEXT_STEP, "context", "Sending", sent_before + sent, total))

    try:
        yield from context_tar(context, on_sent)
    except BuildFailed as error:
        emit(StepFinished(_CONTEXT_STEP, error=error.cause))
        raise
    emit(StepFinished(_CONTEXT_STEP))


def _unreadable(error: Refused, emit: Emit) -> EngineError:
    """The engine refused the request before the first step: as a rule it could not read the Dockerfile."""
    if error.http_status != 400 and "ockerfile" not in error.cause:
        return error
    found = _PARSE_ERROR_LINE.search(error.cause)
    emit(StepStarted("0", Phase.BUILD, "Read the Dockerfile", line=int(found[1]) if found else None))
    emit(StepFinished("0", error=error.cause))
    return BuildFailed(error.cause, hint="correct the Dockerfile")


def _output(connections: Connections) -> type[ClassicOutput | PodmanOutput]:
    return PodmanOutput if connections.podman() else ClassicOutput
