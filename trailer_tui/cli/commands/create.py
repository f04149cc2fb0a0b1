"""`trailer new`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

from trailer_tui.cli.connection import find_host, first_host, with_client
from trailer_tui.cli.exits import OK
from trailer_tui.cli.from_template import configuration_from, usable_template
from trailer_tui.cli.parser import Commands, add_command, add_json
from trailer_tui.cli.terminal import note, say, say_json
from trailer_tui.model.errors import InvalidInput
from trailer_tui.model.reference import slug

if TYPE_CHECKING:
    from trailer_tui.client.client import TrailerClient
    from trailer_tui.model.host import Host
    from trailer_tui.model.image import ImageDraft, ImageRecord


def register(group: Commands) -> None:
    """Add the command."""
    new = add_command(
        group,
        "new",
        "make an image and queue its first build",
        more="What has no option here is in a document: `trailer schema`, `trailer apply`.",
        example="trailer new tools --dockerfile ./Dockerfile --image-name registry.lan/ada/tools:1 --push",
    )
    new.add_argument("name", metavar="NAME", help="name of the new image")
    mode = new.add_mutually_exclusive_group(required=True)
    mode.add_argument("--base", metavar="REF", help="generate a Dockerfile on this base image")
    mode.add_argument("--pull", metavar="REF", help="pull this image instead of building one")
    mode.add_argument("--dockerfile", metavar="FILE", help="build this Dockerfile; - reads standard input")
    mode.add_argument("--template", metavar="TEMPLATE", help="start from this template; `trailer templates` lists them")
    new.add_argument("--image-name", metavar="REF", help="repository:tag of the result; follows NAME by default")
    new.add_argument("--host", metavar="HOST", help="build host; the first that is online by default")
    new.add_argument("--description", default="", metavar="TEXT", help="what it is for")
    new.add_argument("--push", action="store_true", help="push it to its registry after every build")
    _add_build_settings(new)
    new.add_argument("--no-build", action="store_true", help="do not build it yet")
    new.add_argument("--follow", action="store_true", help="follow the first build, as `trailer build --follow` does")
    add_json(new)
    new.set_defaults(run=lambda options: with_client(lambda client: _create(client, options)))


def _add_build_settings(new: argparse.ArgumentParser) -> None:
    built = new.add_argument_group("of an image that is built, not pulled")
    built.add_argument("--pull-base", action="store_true", help="pull the base image even when the host has it")
    built.add_argument(
        "--squash",
        action=argparse.BooleanOptionalAction,
        help="merge all layers into one, or do not; the build host's default decides otherwise",
    )
    built.add_argument(
        "--secret",
        action="append",
        default=[],
        metavar="NAME",
        help="a build secret of yours that RUN --mount=type=secret,id=NAME reads; may be repeated",
    )
    built.add_argument(
        "--environment",
        action="append",
        default=[],
        metavar="FILE",
        help="with --base: a conda environment as this environment.yml says; may be repeated",
    )
    built.add_argument("--ssh-agent", action="store_true", help="let RUN --mount=type=ssh use the server's ssh agent")


async def _create(client: TrailerClient, options: argparse.Namespace) -> int:
    template = await usable_template(client, options.template) if options.template else None
    named = options.host or (template.host_name if template is not None and not template.is_builtin else "")
    host = await (find_host(client, named) if named else first_host(client))
    record = await client.create_image(_draft(options, host, template), build=not options.no_build)
    if options.json:
        say_json(record.model_dump(mode="json"))
    else:
        say(
            f"{record.name}: made with id {record.id}" + ("" if options.no_build else f", queued on {record.host_name}")
        )
    if record.is_windows and not record.windows_password_set:
        note(f"its account has no password of its own yet: `trailer password {quote(record.name)}` sets one")
    if options.follow and record.last_build_id is not None:
        from trailer_tui.cli.follow import follow_build

        return await follow_build(client, record.last_build_id)
    return OK


def _draft(options: argparse.Namespace, host: Host, template: ImageRecord | None) -> ImageDraft:
    from pydantic import ValidationError

    from trailer_tui.model.image import ImageDraft
    from trailer_tui.model.validation import invalid_input

    try:
        return ImageDraft.model_validate(
            {
                "name": options.name,
                "description": options.description or (template.description if template is not None else ""),
                "host_id": host.id,
                "configuration": _configuration(options, template),
            }
        )
    except ValidationError as error:
        raise invalid_input(error.errors()) from None


def _configuration(options: argparse.Namespace, template: ImageRecord | None) -> dict[str, Any]:
    if options.environment and not options.base:
        raise InvalidInput(
            "--environment: goes with --base alone", hint="add it in the form, or in a document of `trailer apply`"
        )
    if template is not None:
        if template.pulled:
            _refuse_build_settings(options)
        return configuration_from(template, options)
    if options.pull:
        _refuse_build_settings(options)
        return {"mode": "pull", "image": options.pull, "push": options.push}
    built = {
        "image_name": options.image_name or slug(options.name),
        "push": options.push,
        "pull_base": options.pull_base,
        "squash": options.squash,
        "secrets": list(dict.fromkeys(options.secret)),
        "ssh_agent": options.ssh_agent,
    }
    if options.base:
        environments = [_environment(file) for file in options.environment]
        return {"mode": "generate", "base_image": options.base, "environments": environments} | built
    return {"mode": "write", "dockerfile": _read(options.dockerfile, "--dockerfile")} | built


def _refuse_build_settings(options: argparse.Namespace) -> None:
    """Raises `InvalidInput` when an option is given that means nothing for an image that is pulled."""
    if options.image_name:
        raise InvalidInput("--image-name: an image that is pulled keeps its name", hint="leave --image-name out")
    given = {
        "--pull-base": options.pull_base,
        "--squash": options.squash is not None,
        "--secret": options.secret,
        "--ssh-agent": options.ssh_agent,
    }
    for option, value in given.items():
        if value:
            raise InvalidInput(f"{option}: an image that is pulled is not built", hint=f"leave {option} out")


def _environment(file: str) -> dict[str, Any]:
    from trailer_tui.dockerfile.environment_file import import_environment

    name = slug(Path(file).stem).partition(":")[0] if file != "-" else "environment"
    try:
        return import_environment(_read(file, "--environment"), name=name).model_dump(mode="json")
    except InvalidInput as error:
        raise InvalidInput(f"--environment {file}: {error.cause}", hint=error.hint) from None


def _read(file: str, option: str) -> str:
    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        return data.decode()
    except OSError as error:
        raise InvalidInput(f"{option} {file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{option} {file}: is no UTF-8 text (byte {error.start})") from error
