"""What the server proposes for fields of the image form that nobody has edited yet."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

DESKTOP_FIELD = "configuration.services.desktop"
BASE_IMAGE_FIELD = "configuration.base_image"
SQUASH_FIELD = "configuration.squash"

_Text = Annotated[str, Field(max_length=500)]
_Many = Annotated[list[_Text], Field(max_length=200)]


class PrefillRequest(BaseModel):
    """The form as far as it is filled; nothing in it need be valid yet."""

    model_config = ConfigDict(extra="forbid")

    mode: Literal["generate", "write", "pull"]
    operating_system: _Text = ""
    """Of the desktop; `windows` too, empty without a desktop."""
    environment: _Text = ""
    """Of a Linux desktop."""
    applications: _Many = []
    desktop_applications: _Many = []
    base_image: _Text = ""
    squash: bool | None = None
    edited: _Many = []
    """Paths of the fields that somebody typed into, which stay as they are. A path stands for all below it."""
    host_id: Annotated[int, Field(ge=1, le=2**53)] | None = None
    """Where it will be built."""


class PrefilledField(BaseModel):
    """A value for one field."""

    field: str
    """Dotted path such as `configuration.base_image`; `configuration.services.desktop` has a whole desktop as value."""
    value: Any
    reason: str
    """To be shown beside the field."""


class Prefill(BaseModel):
    """The answer."""

    fields: list[PrefilledField] = []
    """Those to change, and no others."""
    warnings: list[str] = []
    """What does not fit the build host."""

    def value(self, field: str, default: Any = None) -> Any:
        """The value for a field; `default` when it is left as it is."""
        return next((found.value for found in self.fields if found.field == field), default)
