"""What is known before a build begins: why it cannot succeed on its host, and what had better be said."""

from __future__ import annotations

from pathlib import Path

from trailer_tui.dockerfile.builder import Builder
from trailer_tui.dockerfile.check import check
from trailer_tui.dockerfile.context import BuildContext
from trailer_tui.dockerfile.parse import parse
from trailer_tui.dockerfile.rules.mounts import Given
from trailer_tui.humanize import size
from trailer_tui.model.build import BuildFailure
from trailer_tui.model.host import DiskSpace, Host
from trailer_tui.model.image import GenerateConfiguration, WriteConfiguration
from trailer_tui.model.status import Phase
from trailer_tui.service.failures import BuildRefused, dockerfile_failure

_GB = 1_000_000_000
_TOLD = frozenset({"secret-not-given", "ssh-agent-not-given", "flag-needs-buildkit"})
"""Rules of the Dockerfile check whose warnings explain why a step of this build may fail."""


def disk_warnings(host: str, disk: DiskSpace | None, low_disk_gb: float) -> list[str]:
    """That a host has little room left, when it is known that it has less than `low_disk_gb` gigabytes."""
    if disk is None or disk.free >= low_disk_gb * _GB:
        return []
    return [
        f"host {host} has only {size(disk.free)} of {size(disk.total)} left; `trailer hosts prune {host}` makes room"
    ]


def examine(
    configuration: GenerateConfiguration | WriteConfiguration, context: BuildContext, host: Host, agent: Path | None
) -> list[str]:
    """What had better be said in the log of a build that may begin.

    Args:
        configuration: what is built.
        context: what it gives.
        host: where; one that was never reached is taken to understand everything.
        agent: socket of the server's ssh agent.

    Raises:
        BuildRefused: the host's builder cannot build this, or lacks what its steps ask for.
    """
    builder = Builder.of(host.capabilities, host.name)
    problems = check(context.dockerfile, builder=builder, given=Given(configuration.secrets, configuration.ssh_agent))
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise BuildRefused(dockerfile_failure(errors[0], context.dockerfile, len(errors) - 1))
    _refuse_mounts(configuration, builder, agent)
    told = [f"Dockerfile line {problem.line}: {problem.message}" for problem in problems if problem.rule in _TOLD]
    if host.capabilities is not None and host.capabilities.containerd_store and builder.has_frontends:
        told += _remote_first(context.dockerfile, host.name)
    return told


def _remote_first(dockerfile: str, host: str) -> list[str]:
    # Source: moby/buildkit issue 6956; without the line, FROM means the local image.
    if not parse(dockerfile).directives.get("syntax"):
        return []
    return [
        f"host {host} keeps images in containerd's store, and with # syntax= its builder looks for the base images in "
        "their registries before it takes those of the host"
    ]


def _refuse_mounts(
    configuration: GenerateConfiguration | WriteConfiguration, builder: Builder, agent: Path | None
) -> None:
    # A frontend of `# syntax=` mounts nothing that the builder around it does not give.
    if not builder.mounts and (configuration.secrets or configuration.ssh_agent):
        wanted = f"the build secrets {', '.join(configuration.secrets)}" if configuration.secrets else "the ssh agent"
        raise _refused(
            f"steps cannot get {wanted}: {builder.label}, which mounts neither secrets nor the ssh agent",
            "choose a host with BuildKit, or do without them",
        )
    if configuration.ssh_agent and agent is None:
        raise _refused(
            "steps cannot get the ssh agent: Trailer's server has none",
            "start the server where SSH_AUTH_SOCK is set, or name the agent's socket as server.ssh_agent",
        )
    if configuration.ssh_agent and agent is not None and not agent.is_socket():
        raise _refused(
            f"steps cannot get the ssh agent: {agent} is no socket",
            "start the agent again, or correct server.ssh_agent, and start the server anew",
        )


def _refused(message: str, hint: str) -> BuildRefused:
    return BuildRefused(
        BuildFailure(phase=Phase.PREPARE, message=message, hint=f"{hint}; nothing was sent to the host")
    )
