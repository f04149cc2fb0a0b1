"""`trailer build`, `push`, `cancel`, `enable`, `disable` and `rm`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from trailer_tui.cli.connection import find_all, with_client
from trailer_tui.cli.exits import FAILED, OK, USAGE, code_of
from trailer_tui.cli.parser import Commands, add_command, add_json, add_names
from trailer_tui.cli.terminal import complain, note, say, say_json
from trailer_tui.model.actions import ImageAction
from trailer_tui.model.errors import TrailerError
from trailer_tui.model.rows import ImageRow

if TYPE_CHECKING:
    from trailer_tui.client.client import TrailerClient


def register(group: Commands) -> None:
    """Add the commands that act on images."""
    _register_queued(
        group,
        ImageAction.BUILD,
        "queue a build of images",
        "The build goes on in the background, whatever happens to this terminal.",
        "trailer build torch-dev --follow && docker run torch-dev:latest",
    )
    _register_queued(
        group,
        ImageAction.PUSH,
        "queue a push of what the last build of images left on its host",
        "Nothing is built: that is how a push that failed is repeated.",
        "trailer push torch-dev --follow",
    )
    register_simple(group, ImageAction.CANCEL, "cancel queued or running builds", "trailer cancel torch-dev")
    register_simple(group, ImageAction.ENABLE, "enable images", "trailer enable torch-dev base-minimal")
    register_simple(group, ImageAction.DISABLE, "disable images", "trailer disable torch-dev")

    rm = add_command(
        group,
        "rm",
        "delete images with their builds and logs",
        more="The Docker image on the host stays, unless --docker-image is given. Images that build are skipped.",
        example="trailer rm old-experiment --yes",
    )
    add_names(rm, many=True)
    rm.add_argument("--yes", action="store_true", help="do not ask")
    rm.add_argument("--docker-image", action="store_true", help="remove the Docker image from the host too")
    rm.set_defaults(templates=False, run=lambda options: with_client(lambda client: remove(client, options)))


def _register_queued(group: Commands, action: ImageAction, summary: str, more: str, example: str) -> None:
    parser = add_command(group, action.value, summary, more=more, example=example)
    add_names(parser, many=True)
    parser.add_argument(
        "--follow",
        action="store_true",
        help="print steps and output until the end; exit code 0 finished, 1 failed, 130 cancelled. "
        f"Ctrl-C stops following, not the {action.value}",
    )
    if action is ImageAction.BUILD:
        parser.add_argument(
            "--resolve-again",
            action="store_true",
            help="solve all environments anew, instead of taking the packages of the last build again",
        )
    add_json(parser)
    parser.set_defaults(run=lambda options: _run_queued(action, options))


def register_simple(
    group: Commands, action: ImageAction, summary: str, example: str, *, templates: bool = False
) -> None:
    """Add a command that does `action` to images, or to templates, at once."""
    parser = add_command(group, action.value, summary, example=example)
    add_names(parser, many=True, templates=templates)

    async def work(client: TrailerClient, names: Sequence[str]) -> int:
        rows, code = await act_on(client, action, names, templates=templates)
        for row in rows:
            say(f"{row.name}: {_done(action, row)}")
        return code

    parser.set_defaults(run=lambda options: with_client(lambda client: work(client, options.names)))


async def act_on(
    client: TrailerClient, action: ImageAction, names: Sequence[str], *, templates: bool = False
) -> tuple[list[ImageRow], int]:
    """Act on each image, or template; the rows of those that it worked for, and the exit code of all."""
    done: list[ImageRow] = []
    code = OK
    for row in await find_all(client, names, templates=templates):
        try:
            done.append(await client.act(row.id, action))
        except TrailerError as error:
            cause = error.cause if row.name in error.cause else f"{row.name}: {error.cause}"
            complain(type(error)(cause, hint=error.hint))
            code = max(code, code_of(error))
    return done, code


def _done(action: ImageAction, row: ImageRow) -> str:
    match action:
        case ImageAction.CANCEL:
            return "the build is being cancelled" if row.status.is_active else "build cancelled"
        case ImageAction.ENABLE:
            return "enabled"
        case _:
            return "disabled"


def _run_queued(action: ImageAction, options: argparse.Namespace) -> int:
    if options.json and options.follow:
        note("trailer: --json tells what was queued and cannot be combined with --follow")
        return USAGE
    if action is ImageAction.BUILD and options.resolve_again:
        action = ImageAction.RESOLVE_AGAIN
    return with_client(lambda client: _queue(client, action, options))


async def _queue(client: TrailerClient, action: ImageAction, options: argparse.Namespace) -> int:
    if options.follow:
        # Before the build begins: it would share the processor with what is imported.
        from trailer_tui.cli.follow import follow_build
    rows, code = await act_on(client, action, options.names)
    if options.json:
        say_json([asdict(row) for row in rows])
        return code
    for row in rows:
        where = f" on {row.host_name}" if action.queues_build else ""
        what = "build" if action.queues_build else action.value
        note(f"{row.name}: {what} {row.last_build_number} is queued{where}")
    if options.follow:
        for row in rows:
            if row.last_build_id is not None:
                code = max(code, await follow_build(client, row.last_build_id))
    return code


async def remove(client: TrailerClient, options: argparse.Namespace) -> int:
    """Delete the images, or with `options.templates` the templates, that `options.names` mean, after asking."""
    rows = await find_all(client, options.names, templates=options.templates)
    ids = [row.id for row in rows]
    plan = await client.batch(ImageAction.DELETE, ids, plan=True)
    for skip in plan.skipped:
        note(f"{skip.name}: skipped, {skip.reason}")
    if not plan.done:
        return FAILED
    if not options.yes and not _confirmed(_question(plan.names, options)):
        return USAGE if not sys.stdin.isatty() else FAILED
    outcome = await client.batch(ImageAction.DELETE, plan.done, remove_docker_image=options.docker_image)
    for name in outcome.names:
        say(f"{name}: deleted")
    for skip in outcome.skipped:
        note(f"{skip.name}: skipped, {skip.reason}")
    return FAILED if plan.skipped or outcome.skipped else OK


def _question(names: Sequence[str], options: argparse.Namespace) -> str:
    things, rest = ("templates", "") if options.templates else ("images", " with all builds and logs")
    also = " and from the host" if options.docker_image else ""
    what = names[0] if len(names) == 1 else f"{len(names)} {things} ({', '.join(names)})"
    return f"Delete {what}{rest}{also}? [y/N]"


def _confirmed(question: str) -> bool:
    if not sys.stdin.isatty():
        note("trailer: this deletes; add --yes to do it without a terminal to ask")
        return False
    note(question)
    return sys.stdin.readline().strip().lower() in ("y", "yes")
