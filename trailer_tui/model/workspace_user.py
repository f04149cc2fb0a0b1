"""The user that a workspace container runs as."""

from __future__ import annotations

import re
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from trailer_tui.model.at_field import at_field

MAX_ID = 65535
ROOT = "root"

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

    @property
    def is_root(self) -> bool:
        """Whether it is the account of root as it is: nothing of that one is ever changed."""
        return self.name == ROOT or (self.uid == 0 and not self.name)

    @model_validator(mode="after")
    def _root_has_zero(self) -> Self:
        if self.name == ROOT and self.uid:
            raise at_field("uid", "is not 0, which is the uid of root: leave it empty, or choose another user name")
        if self.group == ROOT and self.gid:
            raise at_field("gid", "is not 0, which is the gid of root: leave it empty, or choose another group name")
        return self
