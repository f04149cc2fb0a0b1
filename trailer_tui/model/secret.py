"""Build secrets: their names and ages. A value goes to the server and never comes back."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

MAX_SECRET_BYTES = 500 * 1024
"""BuildKit takes no larger secret."""

_NAME = r"^[A-Za-z0-9_][A-Za-z0-9_.:-]*$"
_MAX_NAME = 128


def _name(value: object) -> object:
    # Says in words what the pattern below says to machines.
    if isinstance(value, str) and not (re.fullmatch(_NAME, value) and len(value) <= _MAX_NAME):
        raise ValueError(
            f"is no name for a build secret: write up to {_MAX_NAME} letters, digits, . _ : - and none of . : - first"
        )
    return value


SecretName = Annotated[str, BeforeValidator(_name), Field(min_length=1, max_length=_MAX_NAME, pattern=_NAME)]
"""Also the id by which a Dockerfile mounts the secret, or BuildKit asks for it (`GIT_AUTH_TOKEN.git.lan:3000`)."""


class SecretInfo(BaseModel):
    """What anybody ever sees of a stored secret."""

    model_config = ConfigDict(extra="ignore")

    name: SecretName
    owner: str
    """Account that stored it; only images of this creator can use it."""
    size: int
    """Bytes."""
    created_at: datetime
    updated_at: datetime
    used_by: list[str] = []
    """Names of the owner's images whose configuration names it."""
