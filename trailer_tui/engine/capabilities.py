"""What a host is and can do, asked of the host itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trailer_tui.engine.builders import Builders
from trailer_tui.engine.buildkit.route import Route
from trailer_tui.engine.connections import Connections
from trailer_tui.engine.podman import is_podman
from trailer_tui.model.host import Capabilities

_HEREDOCS_SINCE = (1, 42)
_GIT_SOURCES_SINCE = (1, 44)
_PODMAN_HEREDOCS_SINCE = (5,)
_CONTAINERD_DRIVER = ["driver-type", "io.containerd.snapshotter.v1"]


def probe(connections: Connections, builders: Builders) -> Capabilities:
    """Ask the host for its version and facts, each within a few seconds, and find its builders.

    Raises:
        HostUnreachable: nothing answers, or what answers is no Docker engine.
        EngineError: the engine lacks the builder that was chosen for the host.
    """
    client = connections.probing()
    try:
        version = connections.ask_version(client)
        with connections.errors(client):
            info = client.info()
    finally:
        client.close()
        client.line.close()
    route = builders.route(version)
    return capabilities(version, info, route, builders.chosen(route))


def capabilities(
    version: Mapping[str, Any], info: Mapping[str, Any], route: Route | None, chosen: Route | None
) -> Capabilities:
    """The record for the engine's `/version` and `/info`.

    `route` leads to its BuildKit (None without one); `chosen` is the same when builds use it, None when they use the
    classic builder. Docker's refuses heredocs; both it and Podman's take a git address for a plain download.
    """
    system = str(version.get("Os") or info.get("OSType") or "linux")
    architecture = str(version.get("Arch") or info.get("Architecture") or "")
    api, engine = _numbers(str(version["ApiVersion"])), _numbers(str(version.get("Version")))
    buildkit, podman = chosen is not None, is_podman(version)
    return Capabilities(
        engine="Podman" if podman else "Docker",
        # Podman makes a new one for each answer.
        engine_id="" if podman else str(info.get("ID") or ""),
        engine_version=str(version.get("Version") or info.get("ServerVersion") or "unknown"),
        api_version=str(version["ApiVersion"]),
        operating_system=system,
        architecture=architecture,
        builders=["buildkit", "classic"] if route else ["classic"],
        builder="buildkit" if buildkit else "classic",
        route=chosen.value if chosen else "",
        heredocs=api >= _HEREDOCS_SINCE if buildkit else podman and engine >= _PODMAN_HEREDOCS_SINCE,
        git_sources=buildkit and api >= _GIT_SOURCES_SINCE,
        secrets=buildkit,
        syntax_directive=buildkit,
        clips_output=buildkit,
        platforms=[f"{system}/{architecture}"] if architecture else [],
        image_store=str(info.get("Driver") or ""),
        containerd_store=_CONTAINERD_DRIVER in (info.get("DriverStatus") or []),
        cpus=int(info.get("NCPU") or 0),
        memory=int(info.get("MemTotal") or 0),
        data_folder=str(info.get("DockerRootDir") or ""),
    )


def _numbers(api_version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in api_version.split(".") if part.isdecimal())
