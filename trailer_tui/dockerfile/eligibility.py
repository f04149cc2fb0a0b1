"""Whether a host can take a build that waits for another one; asked before it is moved, and before that is offered."""

from __future__ import annotations

from trailer_tui.dockerfile.builder import Builder
from trailer_tui.dockerfile.inputs import BuildInputs
from trailer_tui.dockerfile.review import review
from trailer_tui.model.build import Build, BuildKind
from trailer_tui.model.errors import InvalidInput
from trailer_tui.model.host import Capabilities, Host
from trailer_tui.model.status import HostState


def cannot_take(target: Host, build: Build, source: Host | None, inputs: BuildInputs | None = None) -> str:
    """Why `target` cannot take the build, or nothing.

    Args:
        target: where it is to go.
        build: that waits.
        source: the host it waits for.
        inputs: the rest of what its Dockerfile depends on; None where only the server knows them, which asks again.
    """
    if target.id == build.host_id:
        return "it is queued there already"
    if build.kind is BuildKind.PUSH:
        return f"the image that it pushes lies on {build.host_name}"
    match target.state:
        case HostState.DISABLED:
            return "the host is disabled"
        case HostState.OFFLINE:
            return f"the host is offline: {target.error}"
        case HostState.UNKNOWN:
            return "the host has not answered yet"
    known = source.capabilities if source is not None else None
    return _other_kind(target.capabilities, known) or _unbuildable(target, build, inputs)


def _other_kind(target: Capabilities | None, known: Capabilities | None) -> str:
    if target is None or known is None:
        return ""
    if target.operating_system != known.operating_system:
        return f"the host builds for {target.operating_system}, and this build is for {known.operating_system}"
    if target.architecture != known.architecture:
        return f"the host builds for {target.architecture}, and this build is for {known.architecture}"
    return ""


def _unbuildable(target: Host, build: Build, inputs: BuildInputs | None) -> str:
    configuration, known = build.configuration, target.capabilities
    if configuration.mode == "pull":
        return ""
    if known is not None and not known.secrets and (configuration.secrets or configuration.ssh_agent):
        wanted = "build secrets" if configuration.secrets else "the ssh agent"
        return f"its steps get {wanted}, and the host uses the classic builder, which mounts none"
    try:
        problems = review(configuration, Builder.of(known, target.name), inputs).problems
    except InvalidInput as error:
        return error.cause if inputs is not None else ""
    return next((f"line {found.line}: {found.message}" for found in problems if found.severity == "error"), "")
