"""What a diagnosis says of a Docker host."""

from __future__ import annotations

from collections.abc import Sequence

from trailer_tui.humanize import size
from trailer_tui.model.host import Host
from trailer_tui.model.same_engine import same_engine_words
from trailer_tui.model.server import Finding
from trailer_tui.model.status import HostState

_GB = 1e9


def host_finding(host: Host, *, low_disk_gb: float, hosts: Sequence[Host] = ()) -> Finding:
    """What is right or wrong with a host; less room on its disk than `low_disk_gb` is worth a warning, and so is one of
    `hosts` that is the same engine.
    """
    subject = f"host {host.name}"
    match host.state:
        case HostState.ONLINE:
            return _online(subject, host, low_disk_gb, same_engine_words(host, hosts))
        case HostState.OFFLINE:
            detail = host.error if host.address in host.error else f"{host.address}: {host.error}"
            return Finding(subject=subject, state="error", detail=detail, remedy=host.hint)
        case HostState.DISABLED:
            return Finding(subject=subject, state="warning", detail="is disabled", remedy="enable it to build there")
        case _:
            return Finding(subject=subject, state="warning", detail=f"{host.address} has not answered yet")


def _online(subject: str, host: Host, low_disk_gb: float, same: str) -> Finding:
    engine, disk = host.capabilities, host.disk
    detail = f"{host.address} answers"
    if engine is not None:
        detail += f", engine {engine.engine_version} on {engine.architecture}"
    if disk is not None:
        detail += f", {size(disk.free)} free"
    if same:
        detail += f", {same}"
    if disk is not None and disk.free < low_disk_gb * _GB:
        remedy = f"`trailer hosts prune {host.name}` shows what can go"
        return Finding(subject=subject, state="warning", detail=f"{detail}: its disk is nearly full", remedy=remedy)
    if same:
        remedy = "disable all of them but one, or give them limits that fit together"
        return Finding(subject=subject, state="warning", detail=detail, remedy=remedy)
    return Finding(subject=subject, state="ok", detail=detail)
