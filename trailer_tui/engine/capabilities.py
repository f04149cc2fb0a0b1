"""What a host is and can do, asked of the host itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trailer_tui.engine.connections import Connections
from trailer_tui.model.host import Capabilities


def probe(connections: Connections) -> Capabilities:
    """Ask the host for its version and facts, each within a few seconds.

    Raises:
        HostUnreachable: nothing answers, or what answers is no Docker engine.
    """
    client = connections.probing()
    try:
        version = connections.ask_version(client)
        with connections.errors(client):
            info = client.info()
    finally:
        client.close()
        client.line.close()
    return capabilities(version, info)


def capabilities(version: Mapping[str, Any], info: Mapping[str, Any]) -> Capabilities:
    """The record for the engine's `/version` and `/info`.

    The classic builder refuses heredocs and takes a git address for a plain download, on every engine.
    """
    system = str(version.get("Os") or info.get("OSType") or "linux")
    architecture = str(version.get("Arch") or info.get("Architecture") or "")
    return Capabilities(
        engine_version=str(version.get("Version") or info.get("ServerVersion") or "unknown"),
        api_version=str(version["ApiVersion"]),
        operating_system=system,
        architecture=architecture,
        builder="classic",
        heredocs=False,
        git_sources=False,
        platforms=[f"{system}/{architecture}"] if architecture else [],
        image_store=str(info.get("Driver") or ""),
        experimental=bool(info.get("ExperimentalBuild") or version.get("Experimental")),
        cpus=int(info.get("NCPU") or 0),
        memory=int(info.get("MemTotal") or 0),
    )
