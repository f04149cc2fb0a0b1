"""What `trailer new --template` takes from a template, and what its other options change of it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from trailer_tui.cli.connection import find_one
from trailer_tui.model.errors import NotApplicable
from trailer_tui.model.reference import slug

if TYPE_CHECKING:
    from trailer_tui.client.client import TrailerClient
    from trailer_tui.model.image import ImageRecord


async def usable_template(client: TrailerClient, name: str) -> ImageRecord:
    """The template of that name or id.

    Raises:
        NotFound: there is none, or more than one.
        NotApplicable: it is disabled.
    """
    record = await client.image((await find_one(client, name, templates=True)).id)
    if not record.enabled:
        raise NotApplicable(
            f"the template {record.name} is disabled", hint=f"`trailer templates enable {record.id}` enables it"
        )
    return record


def configuration_from(template: ImageRecord, options: argparse.Namespace) -> dict[str, Any]:
    """The template's configuration, with the name of the new image and the settings that the options give."""
    configuration = template.configuration.model_dump(mode="json")
    if options.push:
        configuration["push"] = True
    if configuration["mode"] == "pull":
        return configuration
    configuration["image_name"] = options.image_name or slug(options.name)
    given = {
        "pull_base": options.pull_base or None,
        "squash": options.squash,
        "secrets": list(dict.fromkeys(options.secret)) or None,
        "ssh_agent": options.ssh_agent or None,
    }
    return configuration | {key: value for key, value in given.items() if value is not None}
