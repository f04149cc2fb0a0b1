"""What is known of a host, as lines to read."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from trailer_tui.app.builds.facts import LEAD, counted, fact
from trailer_tui.app.hosts import wording
from trailer_tui.app.text_line import TextLine
from trailer_tui.humanize import size
from trailer_tui.model.host import BuilderChoice
from trailer_tui.model.status import HostState
from trailer_tui.printable import printable_lines

if TYPE_CHECKING:
    from trailer_tui.model.host import Capabilities, Host, HostUsage, PruneItem

_CHOICES = {
    BuilderChoice.AUTO: "automatic: BuildKit where the engine has it",
    BuilderChoice.BUILDKIT: "BuildKit",
    BuilderChoice.CLASSIC: "classic builder",
}

_ABILITIES = (
    ("heredocs", "heredocs in a Dockerfile"),
    ("git_sources", "git addresses in ADD"),
    ("secrets", "build secrets and the ssh agent in RUN"),
    ("syntax_directive", "another Dockerfile frontend by # syntax="),
)


def summary(host: Host, now: float, low_bytes: float, same: str = "") -> str:
    """The lines below the table: why a host is offline and what to do, or what the columns have no room for; `same`
    says which other hosts are its engine.
    """
    if host.state is HostState.OFFLINE:
        since = wording.offline_for(host, now)
        parts = [f"✖ {host.name} is offline{f' for {since}' if since else ''}", *filter(None, [wording.next_try(host)])]
        lines = [f"{', '.join(parts)}: {host.error or 'it does not answer'}"]
        lines += [f"→ {host.hint}"] if host.hint else []
        return printable_lines("\n".join([*lines, host.address]))
    known = host.capabilities
    labels = f" · {', '.join(host.labels)}" if host.labels else ""
    disk = f"disk {wording.disk_sentence(host, low_bytes)}"
    head = f"{wording.state_words(host, now)}: {host.name}{labels}"
    if known is None:
        return printable_lines(f"{head}\n{host.address}")
    return printable_lines(
        f"{wording.state_words(host, now)}: {host.name}, {wording.machine_words(known)}{labels}\n"
        f"{wording.builder_words(host)} · {disk} · {host.address}" + (f"\n! {same}" if same else "")
    )


def header_lines(host: Host, now: float, low_bytes: float) -> list[str]:
    """The lines above the tabs."""
    known = host.capabilities
    first = [host.name, wording.state_words(host, now), wording.builds_words(host), *host.labels]
    second = [host.address]
    if known is not None:
        second += [f"{known.engine} {known.engine_version}", wording.builder_words(host)]
    if host.state is HostState.OFFLINE:
        third = f"✖ {host.error or 'it does not answer'}"
    else:
        third = f"disk {wording.disk_sentence(host, low_bytes)}"
    return [" · ".join(first), " · ".join(second), third]


def overview(host: Host, now: float, low_bytes: float, width: int, same: str = "") -> list[TextLine]:
    """The Overview tab, `width` cells wide: the state, which hosts are the `same` engine, the engine, and what builds
    can do there.
    """

    def long(text: str) -> str:
        return "\n".join(wrap(text, max(20, width - LEAD - 1)))

    kind = "problem" if host.state is HostState.OFFLINE else "plain"
    lines = [*fact("State", wording.state_words(host, now), kind)]
    if host.state is HostState.OFFLINE:
        lines += fact("Error", long(host.error or "it does not answer"), "problem")
        lines += fact("What to do", long(host.hint)) if host.hint else []
        lines += fact("Next look", wording.next_try(host).removeprefix("tried again ") or "not known")
    lines += [
        *fact("Address", host.address),
        *fact("Labels", ", ".join(host.labels) or "—"),
        *fact("Builds", f"{host.running} running, {host.queued} queued, at most {host.parallel_builds} at once"),
        *(fact("Note", long(same), "problem") if same else []),
        *fact("Disk", long(wording.disk_sentence(host, low_bytes)), "problem" if _is_low(host, low_bytes) else "plain"),
    ]
    known = host.capabilities
    if known is None:
        return [*lines, TextLine(""), TextLine(" The engine was not reached yet.", "muted")]
    was = "" if host.state is HostState.ONLINE else " (as last seen)"
    return [*lines, TextLine(""), TextLine(f" Engine{was}", "heading"), *_engine(known), *_abilities(host, known)]


def _is_low(host: Host, low_bytes: float) -> bool:
    return wording.is_low(host.disk, low_bytes)


def _engine(known: Capabilities) -> list[TextLine]:
    lines = [
        *fact("Engine", f"{known.engine} {known.engine_version}"),
        *fact("API version", known.api_version),
        *fact("Machine", wording.machine_words(known)),
        *fact("Builders", ", ".join(wording.BUILDER_NAMES[name] for name in known.builders)),
    ]
    if known.data_folder:
        lines += fact("Data folder", known.data_folder)
    if known.containerd_store:
        lines += fact("Images", "in containerd's store")
    if known.platforms:
        lines += fact("Platforms", ", ".join(known.platforms))
    return lines


def _abilities(host: Host, known: Capabilities) -> list[TextLine]:
    """What the chosen builder can and cannot do, and why not."""
    builder = wording.builder_words(host)
    lines = [TextLine(""), TextLine(f" What a build can use here: {builder}", "heading")]
    if host.builder is BuilderChoice.BUILDKIT and known.builder != "buildkit":
        lines.append(TextLine(" ! BuildKit is chosen in the settings, but this engine does not have it", "problem"))
    for field, words in _ABILITIES:
        if getattr(known, field):
            lines.append(TextLine(f" ✔ {words}"))
        else:
            lines.append(TextLine(f" ✖ {words}: {_why_not(known)}", "muted"))
    lines.append(TextLine(" ✔ squash into one layer"))
    if known.clips_output:
        lines.append(TextLine(" ! output of a step that prints very much is cut by the engine; the log says so"))
    return lines


def _why_not(known: Capabilities) -> str:
    if known.builder == "buildkit":
        return "this engine's BuildKit cannot"
    if "buildkit" in known.builders:
        return "the classic builder cannot; the settings choose it over BuildKit"
    return "the classic builder cannot, and this engine has no BuildKit"


def settings(host: Host) -> list[TextLine]:
    """The Settings tab: what an administrator decided."""
    tls = host.tls
    return [
        *fact("Name", host.name),
        *fact("Address", host.address),
        # Without them it may be that only administrators are told.
        *(fact("TLS", f"CA {tls.ca}\ncertificate {tls.certificate}\nkey {tls.key}") if tls else ()),
        *fact("Takes work", "yes" if host.enabled else "no, it is disabled"),
        *fact("Builder", _CHOICES[host.builder]),
        *fact("Parallel builds", str(host.parallel_builds)),
        *fact("Pull timeout", f"{host.pull_minutes} min"),
        *fact("Build timeout", f"{host.build_minutes} min"),
        *fact("Push timeout", f"{host.push_minutes} min"),
        *fact("Squash by default", "yes" if host.squash_default else "no"),
        *fact("Registry mirror", host.registry_mirror or "none: Docker Hub itself"),
        *fact("Installer image", host.installer_image or "mambaorg/micromamba, pinned"),
        *fact("Labels", ", ".join(host.labels) or "—"),
    ]


def usage(found: HostUsage) -> list[TextLine]:
    """The Disk tab: what fills the disk, and what a prune would free."""
    disk = found.disk
    room = f"{size(disk.free)} free of {size(disk.total)}" if disk else wording.unknown_disk(found.disk_note)
    return [
        *fact("Disk", room),
        *fact("Images", f"{size(found.images_size):>10}  in {counted(found.images, 'image')}"),
        *fact("Containers", f"{size(found.containers_size):>10}  in {counted(found.containers, 'container')}"),
        *fact("Volumes", f"{size(found.volumes_size):>10}  in {counted(found.volumes, 'volume')}"),
        *fact("Build cache", f"{size(found.build_cache_size):>10}"),
        TextLine(""),
        TextLine(" What a prune would free", "heading"),
        *(TextLine(item_words(item), _kind(item), f" {item.target.label:<24}") for item in found.prunable),
    ]


def _kind(item: PruneItem) -> str:
    return "problem" if item.error else "plain"


def item_words(item: PruneItem) -> str:
    """How much of one kind, and what went wrong with it: `    1.2 GB  in 12 images`."""
    thing = "entry" if item.target.value == "build-cache" else "image"
    many = "entries" if thing == "entry" else "images"
    text = f"{size(item.size):>10}  in {item.count:,} {thing if item.count == 1 else many}"
    return f"{text}; {item.error}" if item.error else text


def pruned(host_name: str, items: list[PruneItem]) -> str:
    """What a prune did, in a sentence: how much was freed, of what, and what failed."""
    done = [f"{item.target.label.lower()} {size(item.size)} ({item.count:,})" for item in items if item.count]
    total = sum(item.size for item in items)
    text = f"{host_name}: freed {size(total)}" + (f": {', '.join(done)}" if done else "; there was nothing to remove")
    failed = [f"✖ {item.target.label}: {item.error}" for item in items if item.error]
    return "\n".join([text, *failed])
