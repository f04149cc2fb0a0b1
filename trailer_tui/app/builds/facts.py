"""What is known of an image and of its builds, as lines to read."""

from __future__ import annotations

import difflib
from datetime import datetime
from typing import TYPE_CHECKING

from trailer_tui.app.builds.wording import failure_lines
from trailer_tui.app.text_line import TextLine
from trailer_tui.humanize import ago, duration, ordinal, size
from trailer_tui.model.actions import ImageAction, refusal
from trailer_tui.model.build import BuildKind
from trailer_tui.model.builtin import LABEL, READ_ONLY, READ_ONLY_HINT
from trailer_tui.model.contents import contents
from trailer_tui.model.status import BuildState

if TYPE_CHECKING:
    from trailer_tui.model.build import Build, BuildSummary
    from trailer_tui.model.image import ImageConfiguration, ImageRecord

LEAD = 18
"""Cells of a label; a value begins two cells after it."""
_MODES = {"generate": "Generate the Dockerfile", "write": "Own Dockerfile", "pull": "Pull an image"}


def fact(label: str, value: str, kind: str = "plain") -> list[TextLine]:
    """A labelled value, one line each when it has several."""
    lines = value.split("\n") or [""]
    leads = [f" {label:<{LEAD}}", *[" " * (LEAD + 1)] * (len(lines) - 1)]
    return [TextLine(line, kind, lead) for lead, line in zip(leads, lines, strict=True)]


def counted(count: int, thing: str) -> str:
    """`1 layer`, `12 layers`."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def moment(when: datetime, now: float) -> str:
    """A time as a date and as an age."""
    return f"{when.astimezone():%Y-%m-%d %H:%M:%S} ({ago(now - when.timestamp())})"


def header_lines(record: ImageRecord, last: BuildSummary | None, now: float) -> list[str]:
    """The three lines above the tabs: state and host, times, the last build."""
    state = f"{record.status.symbol} {record.status.label}" + (
        f" {record.status_detail}" if record.status_detail else ""
    )
    enabled = "enabled" if record.enabled else "disabled"
    parts = ["template"] if record.is_template else [state]
    first = [record.name, *parts, f"on {record.host_name}", enabled]
    if record.is_builtin:
        return [" · ".join([record.name, "template", f"{LABEL}, read-only"]), record.configuration.image_name, ""]
    if record.changed_since_build and record.last_build_number is not None:
        first.append(f"changed since build {record.last_build_number}")
    second = [
        f"created {ago(now - record.created_at.timestamp())} by {record.creator}",
        f"updated {ago(now - record.updated_at.timestamp())}",
        record.configuration.image_name,
    ]
    third = ["never built"]
    if last is not None:
        third = [f"build {last.number} {last.state.label.lower()}"]
        if last.seconds is not None:
            third.append(f"took {duration(last.seconds)}")
        if last.size is not None:
            third.append(size(last.size))
        if last.digest or last.docker_image_id:
            third.append((last.digest or last.docker_image_id or "")[:19])
    return [" · ".join(first), " · ".join(second), " · ".join([] if record.is_template else third)]


def overview(record: ImageRecord, last: BuildSummary | None, now: float) -> list[TextLine]:
    """The Overview tab."""
    lines = [
        *fact("Name", record.name),
        *fact("Description", record.description or "—"),
        *fact("Image name", record.configuration.image_name),
        *fact("Made by", _MODES[record.configuration.mode]),
        *fact("Build host", record.host_name),
        *fact("Enabled", "yes" if record.enabled else "no"),
        *(
            fact("Packages", "P lists them and what changed")
            if record.has_environments and record.last_build_id
            else []
        ),
        *(_builtin_facts() if record.is_builtin else _life_facts(record, now)),
    ]
    if record.is_template:
        return lines
    lines += [TextLine(""), TextLine(" Last build", "heading")]
    return [*lines, *(fact("", "never built", "muted") if last is None else build_facts(last, now))]


def _builtin_facts() -> list[TextLine]:
    return [*fact("Creator", f"{LABEL}: {READ_ONLY}"), *fact("", READ_ONLY_HINT, "muted")]


def _life_facts(record: ImageRecord, now: float) -> list[TextLine]:
    return [
        *fact("Creator", record.creator),
        *fact("Created", moment(record.created_at, now)),
        *fact("Last update", moment(record.updated_at, now)),
    ]


def _waits(build: BuildSummary) -> str:
    place = f"{ordinal(build.queue_position)} in the queue of {build.host_name}" if build.queue_position else ""
    idle = "not yet" if build.state.is_active else "never"
    return ": ".join(filter(None, [place, build.waiting_reason])) or idle


def build_facts(build: BuildSummary, now: float) -> list[TextLine]:
    """What became of one build."""
    kind = "problem" if build.state is BuildState.FAILED else "plain"
    lines = [
        *fact("Build", str(build.number)),
        *fact("Result", f"{build.state.symbol} {build.state.label}", kind),
        *(fact("Kind", "push of the image that was there, without building") if build.kind is BuildKind.PUSH else []),
        *(fact("Environments", "resolved again") if build.resolve_again else []),
        *fact("Requested by", build.requested_by),
        *fact("Started", moment(build.started_at, now) if build.started_at else _waits(build)),
    ]
    for warning in build.warnings:
        lines += fact("Warning", f"! {warning}")
    if build.seconds is not None:
        lines += fact("Duration", duration(build.seconds))
    if build.size is not None:
        lines += fact("Size", f"{size(build.size)}" + (f" in {counted(build.layers, 'layer')}" if build.layers else ""))
    if build.docker_image_id:
        lines += fact("Docker image", build.docker_image_id)
    if build.digest:
        lines += fact("Digest", build.digest)
    if build.retry_of is not None:
        lines += fact("Repeats", "a build that was interrupted")
    if build.log_kept and build.log_lines:
        lines += fact("Log", f"{build.log_lines:,} lines, {size(build.log_size)}")
    if build.failure is not None:
        lines.append(TextLine(""))
        lines += [TextLine(f" {line}", "problem") for line in failure_lines(build.failure, None, last_lines=20)]
    return lines


def configuration_lines(record: ImageRecord) -> list[TextLine]:
    """The Configuration tab."""
    configuration = record.configuration
    lines = [
        *fact("Name", record.name),
        *fact("Description", record.description or "—"),
        *fact("Build host", record.host_name),
        *fact("Mode", _MODES[configuration.mode]),
        *_settings(configuration),
    ]
    if configuration.mode == "write":
        lines += [TextLine(""), TextLine(" Dockerfile", "heading"), *numbered(configuration.dockerfile)]
    return lines


def _settings(configuration: ImageConfiguration) -> list[TextLine]:
    def yes(value: bool) -> str:
        return "yes" if value else "no"

    if configuration.mode == "pull":
        return [*fact("Image", configuration.image), *fact("Push", yes(configuration.push))]
    squash = "as the host does by default" if configuration.squash is None else yes(configuration.squash)
    base = fact("Base image", configuration.base_image) if configuration.mode == "generate" else []
    return [
        *base,
        *fact("Image name", configuration.image_name),
        *fact("Pull the base", "always" if configuration.pull_base else "when missing"),
        *fact("Squash", squash),
        *fact("Build secrets", ", ".join(configuration.secrets) or "none"),
        *fact("ssh agent", yes(configuration.ssh_agent)),
        *fact("Push", yes(configuration.push)),
        *(line for label, value in contents(configuration) for line in fact(label, value)),
    ]


def numbered(text: str) -> list[TextLine]:
    """A text with line numbers."""
    lines = text.removesuffix("\n").split("\n") if text else []
    width = len(str(len(lines)))
    return [TextLine(line, "plain", f" {number:>{width}} │ ") for number, line in enumerate(lines, 1)]


def difference(built: str, now: str, number: int) -> list[TextLine]:
    """What changed between the Dockerfile of build `number` and what a build would use now."""
    kinds = {"+": "added", "-": "removed", "@": "heading"}
    diff = difflib.unified_diff(
        built.splitlines(),
        now.splitlines(),
        f"as built in build {number}",
        "as a build would use now",
        lineterm="",
        n=5,
    )
    return [TextLine(f" {line}", kinds.get(line[:1], "plain")) for line in diff]


def dockerfile_of(build: Build) -> list[TextLine]:
    """The Dockerfile that a build used."""
    if build.dockerfile is None:
        return [TextLine(f" Build {build.number} pulled an image; there is no Dockerfile.", "muted")]
    return numbered(build.dockerfile)


def deletion_lines(record: ImageRecord, last: BuildSummary | None) -> list[TextLine]:
    """The Delete tab: what goes, or why it cannot go."""
    if record.is_builtin:
        return [TextLine(f" {record.name} cannot be deleted: {READ_ONLY}.", "problem")]
    if record.is_template:
        return [
            TextLine(f" Deleting {record.name} removes the template; images that were made from it stay."),
            TextLine(""),
            TextLine(" Press d; you will be asked to type the name.", "heading"),
        ]
    reason = refusal(ImageAction.DELETE, record.status, enabled=record.enabled)
    if reason is not None:
        return [TextLine(f" {record.name} cannot be deleted: {reason}.", "problem")]
    count = last.number if last is not None else 0
    builds = "" if not count else f", its {counted(count, 'build')} and {'their logs' if count > 1 else 'its log'}"
    return [
        TextLine(f" Deleting {record.name} removes the record{builds}."),
        TextLine(" The Docker image stays on the host, unless you tick the box in the question."),
        TextLine(""),
        TextLine(" Press d; you will be asked to type the name.", "heading"),
    ]
