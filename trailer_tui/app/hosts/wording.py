"""One host in words: its state, its load, its engine, its disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trailer_tui.humanize import ago, size
from trailer_tui.model.host import BuilderChoice
from trailer_tui.model.status import HostState

if TYPE_CHECKING:
    from datetime import datetime

    from trailer_tui.model.host import Capabilities, DiskSpace, Host

BUILDER_NAMES = {"buildkit": "BuildKit", "classic": "classic builder"}

LOW = "!"
"""Stands before a disk that is nearly full."""


def lasting(since: datetime, now: float) -> str:
    """How long something lasts: `2 h`; empty in the first second."""
    return ago(max(0.0, now - since.timestamp())).removesuffix(" ago").replace("now", "")


def offline_for(host: Host, now: float) -> str:
    """How long it has not answered: `2 h`; empty in the first minute, whose seconds would only draw the eye."""
    since = host.offline_since
    return lasting(since, now) if since is not None and now - since.timestamp() >= 60 else ""


def state_words(host: Host, now: float) -> str:
    """Symbol, word and, for a host that does not answer, since when: `✖ offline 2 h`."""
    word = "not looked at" if host.state is HostState.UNKNOWN else host.state.value
    if host.state is HostState.OFFLINE and host.offline_since is not None:
        word = f"{word} {offline_for(host, now)}".rstrip()
    return f"{host.state.symbol} {word}"


def builds_words(host: Host) -> str:
    """How busy it is: `1 of 2`, and how many wait: `2 of 2, 3 queued`."""
    queued = f", {host.queued} queued" if host.queued else ""
    return f"{host.running} of {host.parallel_builds}{queued}"


def engine_words(known: Capabilities | None) -> str:
    """Engine and API version without the packager's suffix: `20.10.24 (1.41)`; the engine's name if not Docker."""
    if known is None:
        return "unknown"
    name = "" if known.engine == "Docker" else f"{known.engine} "
    version = known.engine_version.partition("+")[0]
    return f"{name}{version} ({known.api_version})"


def builder_words(host: Host) -> str:
    """The builder that builds use there; what is configured, while that is not known."""
    known = host.capabilities
    if known is not None:
        return BUILDER_NAMES.get(known.builder, known.builder)
    return "" if host.builder is BuilderChoice.AUTO else BUILDER_NAMES[host.builder.value]


def is_low(disk: DiskSpace | None, low_bytes: float) -> bool:
    """Whether there is too little room for builds to be safe."""
    return disk is not None and disk.free < low_bytes


def free_words(disk: DiskSpace | None, low_bytes: float) -> str:
    """The room that is left: `44.7 GB`, `! 3.1 GB` when that is little, `?` when nobody knows."""
    if disk is None:
        return "?"
    return f"{LOW} {size(disk.free)}" if is_low(disk, low_bytes) else size(disk.free)


def disk_words(disk: DiskSpace | None, low_bytes: float) -> str:
    """The room that is left and that there is: `44.7 GB of 100.0 GB`."""
    return "not known" if disk is None else f"{free_words(disk, low_bytes)} of {size(disk.total)}"


def unknown_disk(note: str) -> str:
    """That the room is not known, and why when somebody said so."""
    return f"not known: {note}" if note else "not known"


def disk_sentence(host: Host, low_bytes: float) -> str:
    """Used, free and all of it, or why that is not known."""
    disk = host.disk
    if disk is None:
        return unknown_disk(host.disk_note)
    used = disk.total - disk.free
    share = f" ({used / disk.total:.0%})" if disk.total else ""
    low = f"{LOW} low: " if is_low(disk, low_bytes) else ""
    return f"{low}{size(disk.free)} free, {size(used)} used{share} of {size(disk.total)}"


def next_try(host: Host) -> str:
    """When a host that does not answer is looked at again; empty when it is not.

    No time of day: it would be another after every try, and a screen that nobody touches stays as it is.
    """
    return "tried again within a minute" if host.next_check_at is not None else ""


def machine_words(known: Capabilities) -> str:
    """What kind of machine it is: `linux/x86_64, 8 CPUs, 16 GB memory, overlay2 storage`."""
    parts = [f"{known.operating_system}/{known.architecture}"]
    if known.cpus:
        parts.append(f"{known.cpus} CPU{'' if known.cpus == 1 else 's'}")
    if known.memory:
        parts.append(f"{known.memory / 1e9:.0f} GB memory")
    if known.image_store:
        parts.append(f"{known.image_store} storage")
    return ", ".join(parts)
