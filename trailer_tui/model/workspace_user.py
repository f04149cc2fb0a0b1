"""The user that a workspace container runs as."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

MAX_ID = 65535

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,31}", re.ASCII)


def _account_name(value: str) -> str:
    if value and (not _NAME.fullmatch(value) or value.endswith("-")):
        raise ValueError(
            "is no name of an account: write up to 32 letters, digits, dot, dash and underscore, a letter or "
            "underscore first and no dash last"
        )
    return value


AccountName = Annotated[str, AfterValidator(_account_name)]
AccountId = Annotated[int, Field(ge=0, le=MAX_ID)]


class WorkspaceUser(BaseModel):
    """User and group; whatever is left out follows from the rest, and nothing at all keeps the base image's user."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    uid: AccountId | None = None
    """Number of the user."""
    name: AccountName = ""
    """Name of the user."""
    gid: AccountId | None = None
    """Number of the user's group."""
    group: AccountName = ""
    """Name of the user's group."""

    @property
    def is_set(self) -> bool:
        """Whether anything is asked for."""
        return self != WorkspaceUser()
