"""`trailer queue` and `trailer move`: what builds, what waits, and where."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from trailer_tui.cli.connection import find_host, find_one, with_client
from trailer_tui.cli.exits import OK
from trailer_tui.cli.parser import Commands, add_command, add_json, add_names
from trailer_tui.cli.table import print_table
from trailer_tui.cli.terminal import note, say, say_json
from trailer_tui.humanize import ago
from trailer_tui.model.errors import NotApplicable
from trailer_tui.model.status import BuildState, ImageStatus

if TYPE_CHECKING:
    from trailer_tui.client.client import TrailerClient
    from trailer_tui.model.build import BuildSummary

_TITLES = ("HOST", "PLACE", "NAME", "WHAT", "STATE", "BY", "SINCE", "WAITS BECAUSE")
_FOLDS = ("WHAT", "SINCE")


def register(group: Commands) -> None:
    """Add the commands that concern the build queue."""
    queue = add_command(
        group,
        "queue",
        "list the builds that run and wait",
        more="Builds of each host start in the order of PLACE, which is fair between users.",
        example="trailer queue --json | jq -r '.[].image_name'",
    )
    add_json(queue)
    queue.set_defaults(run=lambda options: with_client(lambda client: _list(client, options)))

    move = add_command(
        group,
        "move",
        "send a queued build to another host",
        more="The image belongs to that host from then on. A build that runs already cannot be moved.",
        example="trailer move torch-dev build-02",
    )
    add_names(move, many=False)
    move.add_argument("host", metavar="HOST", help="name of the host that is to build it")
    move.set_defaults(run=lambda options: with_client(lambda client: _move(client, options)))


async def _list(client: TrailerClient, options: argparse.Namespace) -> int:
    builds = await client.active_builds()
    if options.json:
        say_json([build.model_dump(mode="json") for build in builds])
    elif builds:
        now = datetime.now(UTC)
        print_table(_TITLES, [_cells(build, now) for build in builds], folds=_FOLDS)
        for build in builds:
            for warning in build.warnings:
                note(f"{build.image_name}: {warning}")
    else:
        note("nothing builds and nothing waits")
    return OK


def _cells(build: BuildSummary, now: datetime) -> tuple[str, ...]:
    place = str(build.queue_position) if build.queue_position is not None else ""
    state = f"{build.state.symbol} {build.state.label}"
    if build.steps_total:
        state = f"{state} {build.steps_done}/{build.steps_total}"
    since = ago(max((now - (build.started_at or build.created_at)).total_seconds(), 0))
    what = f"{build.kind.value} {build.number}"
    return build.host_name, place, build.image_name, what, state, build.requested_by, since, build.waiting_reason


async def _move(client: TrailerClient, options: argparse.Namespace) -> int:
    row = await find_one(client, options.name)
    host = await find_host(client, options.host)
    if row.status is not ImageStatus.BUILD_PENDING or row.last_build_id is None:
        what = "its build runs already" if row.status is ImageStatus.BUILDING else "no build of it is queued"
        raise NotApplicable(f"{row.name} cannot be moved: {what}", hint=_hint(row.status))
    moved = await client.move_build(row.last_build_id, host.id)
    place = f", place {moved.queue_position}" if moved.queue_position and moved.state is BuildState.PENDING else ""
    say(f"{row.name}: build {moved.number} is queued on {moved.host_name}{place}")
    return OK


def _hint(status: ImageStatus) -> str:
    if status is ImageStatus.BUILDING:
        return "cancel it, choose another host in the form, and build again"
    return "choose another host in the form"
