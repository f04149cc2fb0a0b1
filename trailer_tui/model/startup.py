"""Commands that run when a workspace starts."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from trailer_tui.model.command_line import read_command_line
from trailer_tui.model.control_characters import refuse_control_characters
from trailer_tui.model.environment import EnvironmentName

MAX_COMMANDS = 20
MAX_COMMAND_LENGTH = 8000


def _command(value: str) -> str:
    value = value.strip()
    if not value:
        raise ValueError("is empty: write a command, or remove the entry")
    if len(value) > MAX_COMMAND_LENGTH:
        raise ValueError(f"has {len(value)} characters: shorten it to {MAX_COMMAND_LENGTH}, or put it into a script")
    refuse_control_characters(value)
    read_command_line(value)
    return value


class StartupCommand(BaseModel):
    """One command; as text alone, it names no environment."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    command: Annotated[str, AfterValidator(_command)]
    """As one would type it in a shell."""
    environment: EnvironmentName | None = None
    """The environment whose packages are on its path."""

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: object) -> object:
        return {"command": value} if isinstance(value, str) else value


StartupCommands = Annotated[list[StartupCommand], Field(max_length=MAX_COMMANDS)]
