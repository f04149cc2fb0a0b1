"""The name that a clone proposes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from trailer_tui.model.image import MAX_NAME_LENGTH

if TYPE_CHECKING:
    from trailer_tui.client.client import TrailerClient

_MOST_TRIES = 20

_COPY = re.compile(r"^(?P<stem>.*) copy(?: (?P<number>\d{1,4}))?$", re.DOTALL)


def copy_name(name: str) -> str:
    """`torch-dev` gives `torch-dev copy`, that gives `torch-dev copy 2`, that `torch-dev copy 3`.

    The stem is shortened where the result would be longer than a name may be.
    """
    match = _COPY.match(name)
    if match is None:
        stem, suffix = name, " copy"
    else:
        stem, suffix = match["stem"], f" copy {int(match['number'] or 1) + 1}"
    return stem[: MAX_NAME_LENGTH - len(suffix)].rstrip() + suffix


async def free_name(client: TrailerClient, proposed: str, *, templates: bool) -> str:
    """`proposed`, or the first name for a copy that no image, or template, has; after some tries the last one tried.

    Raises:
        TrailerError: the server could not be asked.
    """
    for _ in range(_MOST_TRIES):
        if not await client.find_images(proposed, templates=templates):
            break
        proposed = copy_name(proposed)
    return proposed
