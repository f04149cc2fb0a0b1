"""`trailer ls` and `trailer show`."""

from __future__ import annotations

import argparse
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict
from shlex import quote
from typing import TYPE_CHECKING, Any

from trailer_tui.cli.connection import find_one, with_client
from trailer_tui.cli.exits import OK
from trailer_tui.cli.parser import Commands, add_command, add_json, add_names, counting_number
from trailer_tui.cli.table import print_table
from trailer_tui.cli.terminal import note, say, say_json
from trailer_tui.humanize import ago, duration, size
from trailer_tui.model.builtin import LABEL, READ_ONLY
from trailer_tui.model.contents import contents
from trailer_tui.model.errors import NotFound
from trailer_tui.model.rows import ImageQuery, ImageRow, ImageSort
from trailer_tui.model.status import ImageStatus

if TYPE_CHECKING:
    from trailer_tui.client.client import TrailerClient
    from trailer_tui.model.build import BuildFailure, BuildSummary
    from trailer_tui.model.image import ImageRecord

_PAGE = 500
_TOLD_APART = {
    *("mode", "image_name", "image", "dockerfile"),
    *("environments", "services", "user", "startup", "files"),
}
_TITLES = ("ID", "NAME", "STATUS", "IMAGE NAME", "HOST", "ENABLED", "PULLED", "LAST UPDATE", "CREATOR")


def register(group: Commands) -> None:
    """Add the commands that look at images."""
    ls = add_command(
        group,
        "ls",
        "list images",
        more="QUERY is searched in name, description, image name and configuration, whatever the case.",
        example="trailer ls torch --status error --json | jq -r '.[].name'",
    )
    ls.add_argument("query", nargs="?", default="", metavar="QUERY", help="list only images that match")
    columns = [sort.value.replace("_", "-") for sort in ImageSort]
    ls.add_argument("--sort", choices=columns, default="updated", metavar="COLUMN", help=", ".join(columns))
    ls.add_argument("--reverse", action="store_true", help="the other way round")
    states = [status.value.replace("_", "-") for status in ImageStatus]
    ls.add_argument(
        "--status",
        action="append",
        choices=states,
        default=[],
        metavar="STATUS",
        help=f"{', '.join(states)}; repeatable",
    )
    ls.add_argument("--limit", type=counting_number, metavar="N", help="at most so many")
    add_json(ls)
    ls.set_defaults(run=lambda options: with_client(lambda client: _list(client, options)))

    show = add_command(
        group,
        "show",
        "show everything about one image",
        example="trailer show torch-dev --json | jq .last_build.digest",
    )
    add_names(show, many=False)
    add_json(show)
    show.set_defaults(run=lambda options: with_client(lambda client: _show(client, options)))


async def _list(client: TrailerClient, options: argparse.Namespace) -> int:
    sort = ImageSort(options.sort.replace("-", "_"))
    query = ImageQuery(
        options.query,
        sort,
        descending=(sort is ImageSort.UPDATED) != options.reverse,
        statuses=tuple(ImageStatus(status.replace("-", "_")) for status in options.status),
    )
    rows = [row async for row in rows_of(client, query, options.limit)]
    if options.json:
        say_json([asdict(row) for row in rows])
    elif rows:
        now = time.time()
        print_table(_TITLES, [_cells(row, now) for row in rows])
    else:
        note("no image matches" if options.query or options.status else "there are no images; `trailer new` makes one")
    return OK


async def rows_of(client: TrailerClient, query: ImageQuery, limit: int | None = None) -> AsyncIterator[ImageRow]:
    """The rows that answer `query`, in its order, `limit` at most."""
    ids = (await client.image_order(query)).ids[:limit]
    for start in range(0, len(ids), _PAGE):
        for row in await client.image_rows(ids[start : start + _PAGE]):
            yield row


def _cells(row: ImageRow, now: float) -> tuple[str, ...]:
    status = f"{row.status.symbol} {row.status.label} {row.status_detail}".rstrip()
    yes = {True: "yes", False: "no"}
    updated = ago(max(0.0, now - row.updated_at))
    return (
        str(row.id), row.name, status, row.image_name, row.host_name,
        yes[row.enabled], yes[row.pulled], updated, row.creator,
    )  # fmt: skip


async def _show(client: TrailerClient, options: argparse.Namespace) -> int:
    row = await find_one(client, options.name)
    record = await client.image(row.id)
    last = await _last_build(client, row)
    if options.json:
        build = last.model_dump(mode="json") if last else None
        say_json(record.model_dump(mode="json") | {"pulled": record.pulled, "last_build": build})
        return OK
    facts = facts_of(record) + (_build_facts(last) if last else [("Last build", "none yet")])
    if record.has_environments:
        facts += await _package_facts(client, record)
    say_facts(facts)
    return OK


def say_facts(facts: Sequence[tuple[str, str]]) -> None:
    """Labels and values in two columns."""
    longest = max(len(label) for label, _ in facts)
    for label, value in facts:
        say(f"{label:<{longest}}  {value}")


async def _last_build(client: TrailerClient, row: ImageRow) -> BuildSummary | None:
    builds = await client.builds(row.id, limit=1)
    return builds[0] if builds else None


def facts_of(record: ImageRecord) -> list[tuple[str, str]]:
    """What is known of an image or template beside its builds: labels and values."""
    configuration = record.configuration
    details: dict[str, Any] = configuration.model_dump(exclude=_TOLD_APART)
    chosen = [
        f"{key.replace('_', ' ')}: {_said(value)}" for key, value in details.items() if value not in (None, False, [])
    ]
    return [
        ("Name", f"{record.name} (id {record.id})"),
        *([("Description", record.description)] if record.description else []),
        *([] if record.is_template else [_status_of(record)]),
        ("Image name", configuration.image_name),
        (
            "Made by",
            {"generate": "generated Dockerfile", "write": "own Dockerfile", "pull": "pull"}[configuration.mode],
        ),
        *([("Settings", ", ".join(chosen))] if chosen else []),
        *(
            (label if number == 0 else "", line)
            for label, value in contents(configuration)
            for number, line in enumerate(value.split("\n"))
        ),
        *([("Password", "set" if record.windows_password_set else "not set")] if record.is_windows else []),
        ("Build host", record.host_name),
        ("Enabled", _said(record.enabled)),
        *([("Creator", f"{LABEL}: {READ_ONLY}")] if record.is_builtin else _life_of(record)),
        *([("Note", "changed since the last build")] if record.changed_since_build else []),
    ]


def _status_of(record: ImageRecord) -> tuple[str, str]:
    return ("Status", f"{record.status.symbol} {record.status.label} {record.status_detail}".rstrip())


def _life_of(record: ImageRecord) -> list[tuple[str, str]]:
    return [
        ("Creator", record.creator),
        ("Created", f"{record.created_at.astimezone():%Y-%m-%d %H:%M:%S}"),
        ("Last update", f"{record.updated_at.astimezone():%Y-%m-%d %H:%M:%S}"),
    ]


def _build_facts(build: BuildSummary) -> list[tuple[str, str]]:
    took = f" in {duration(build.seconds)}" if build.seconds is not None else ""
    last = f"Last {build.kind.value}"
    facts = [(last, f"{build.number}: {build.state.symbol} {build.state.label}{took}, by {build.requested_by}")]
    facts += [("Environments", "resolved again")] if build.resolve_again else []
    facts += [("Warning", warning) for warning in build.warnings]
    if build.queue_position is not None:
        facts.append(("Place in queue", str(build.queue_position)))
    if build.waiting_reason and build.state.is_active:
        facts.append(("Waits", build.waiting_reason))
    if build.size is not None:
        layers = f"{build.layers} {'layer' if build.layers == 1 else 'layers'}"
        facts.append(("Size", f"{size(build.size)} in {layers}"))
    if build.docker_image_id:
        facts.append(("Docker image", build.docker_image_id))
    if build.digest:
        facts.append(("Digest", build.digest))
    failure = build.failure
    if failure:
        facts += [("Failed", failure.message), ("Where", _where(failure))]
        facts += [("Hint", failure.hint)] if failure.hint else []
        facts += [("" if number else "Last output", line) for number, line in enumerate(failure.last_output)]
    return facts


async def _package_facts(client: TrailerClient, record: ImageRecord) -> list[tuple[str, str]]:
    try:
        found = await client.packages(record.id)
    except NotFound:
        return [("Packages", "not known before a build has made the environments")]
    more = f"`trailer packages {quote(record.name)}` lists them"
    return [("Packages", f"{found.counts()}, as of build {found.number}"), ("", more)]


def _where(failure: BuildFailure) -> str:
    parts = [f"phase {failure.phase.label}"]
    parts += [f"line {failure.line} of the Dockerfile"] if failure.line else []
    parts += [f"exit code {failure.exit_code}"] if failure.exit_code is not None else []
    return ", ".join(parts)


def _said(value: object) -> str:
    if isinstance(value, list):
        return " ".join(map(str, value))
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
