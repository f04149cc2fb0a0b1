"""Build secrets: their names and ages. A value goes to the server and never comes back."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

MAX_SECRET_BYTES = 500 * 1024
"""BuildKit takes no larger secret."""

SecretName = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$")]
"""Also the id by which a Dockerfile mounts the secret."""


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
