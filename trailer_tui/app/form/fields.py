"""The fields of the form: where each lives in an image draft, what it is called, and in which modes it exists."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from trailer_tui.model.image import DEFAULT_BASE_IMAGE

Value: TypeAlias = str | bool | int | None
"""What one field holds: exactly what was typed or chosen."""


class Mode(StrEnum):
    """How the image comes about; the discriminator of the configuration."""

    GENERATE = "generate"
    PULL = "pull"
    WRITE = "write"

    @property
    def label(self) -> str:
        """The mode in words."""
        return {"generate": "Generate Dockerfile", "pull": "Pull an image", "write": "Write Dockerfile"}[self.value]


ALL_MODES = frozenset(Mode)
BUILT_MODES = frozenset({Mode.GENERATE, Mode.WRITE})


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an image draft."""

    path: str
    """Dotted path in the draft, without the mode: `configuration.base_image`."""
    label: str
    default: Value
    modes: frozenset[Mode] = ALL_MODES
    """Modes whose draft has the field; in the others its value is kept but neither checked nor sent."""
    is_line: bool = False
    """One line of text: white space around it is not meant."""
    is_list: bool = False
    """Typed as one line with commas, meant as a list."""


def meant(field: Field, value: Value) -> object:
    """What a typed value means in a draft: a line without the blanks around it, a list of the parts between commas."""
    if not isinstance(value, str):
        return value
    if field.is_list:
        return [part for piece in value.split(",") if (part := piece.strip())]
    return value.strip() if field.is_line else value


def typed(field: Field, value: Any) -> Value:
    """What stands in the form for a draft's value: a list as one line with commas."""
    stands: Value = ", ".join(value) if field.is_list else value
    return stands


NAME = Field("name", "Name", "", is_line=True)
DESCRIPTION = Field("description", "Description", "")
HOST = Field("host_id", "Build host", None)
MODE = Field("configuration.mode", "Kind of image", Mode.GENERATE.value)
BASE_IMAGE = Field(
    "configuration.base_image", "Base image", DEFAULT_BASE_IMAGE, frozenset({Mode.GENERATE}), is_line=True
)
PULLED_IMAGE = Field("configuration.image", "Image to pull", "", frozenset({Mode.PULL}), is_line=True)
DOCKERFILE = Field("configuration.dockerfile", "Dockerfile", "", frozenset({Mode.WRITE}))
IMAGE_NAME = Field("configuration.image_name", "Image name", "", BUILT_MODES, is_line=True)
PULL_BASE = Field("configuration.pull_base", "Pull base image", default=False, modes=BUILT_MODES)
SQUASH = Field("configuration.squash", "Squash final image", None, BUILT_MODES)
SECRETS = Field("configuration.secrets", "Build secrets", "", BUILT_MODES, is_list=True)
SSH_AGENT = Field("configuration.ssh_agent", "ssh agent", default=False, modes=BUILT_MODES)
PUSH = Field("configuration.push", "Push after build", default=False)
ENABLED = Field("enabled", "Enabled", default=True)

FIELDS: tuple[Field, ...] = (
    NAME,
    DESCRIPTION,
    HOST,
    MODE,
    BASE_IMAGE,
    PULLED_IMAGE,
    DOCKERFILE,
    IMAGE_NAME,
    PULL_BASE,
    SQUASH,
    SECRETS,
    SSH_AGENT,
    PUSH,
    ENABLED,
)
"""In the order in which problems are listed and jumped to."""

_BY_PATH = {field.path: field for field in FIELDS}


def field_at(path: str) -> Field | None:
    """The form's field for a path as a server or pydantic writes it, or None when the form has no such field.

    Understood are also the mode in the middle (`configuration.generate.base_image`), a prefix (`body.name`) and the
    bare last part (`base_image`).
    """
    parts = path.split(".")
    if len(parts) > 1 and parts[-1].isdigit():
        del parts[-1]  # one member of a list
    if len(parts) > 2 and parts[-3] == "configuration" and parts[-2] in set(Mode):
        del parts[-2]
    plain = ".".join(parts)
    for known, field in _BY_PATH.items():
        if plain == known or plain.endswith(f".{known}") or known.endswith(f".{plain}"):
            return field
    return None


def shown(field: Field, value: Value) -> str:
    """A value in words, for summaries and comparisons."""
    if field is MODE:
        return Mode(str(value)).label
    if field is SQUASH and value is None:
        return "default"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
