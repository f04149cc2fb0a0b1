"""Rows of the images table: plain records, because the first frame must not wait for pydantic."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from trailer_tui.model.builtin import LABEL, is_builtin
from trailer_tui.model.status import ImageStatus


class ImageSort(StrEnum):
    """The columns by which images are sorted; every one works both ways."""

    NAME = "name"
    STATUS = "status"
    IMAGE_NAME = "image_name"
    HOST = "host"
    ENABLED = "enabled"
    PULLED = "pulled"
    UPDATED = "updated"


@dataclass(frozen=True, slots=True)
class ImageQuery:
    """What the images table shows."""

    text: str = ""
    """Searched in name, description, image name and configuration; case and Unicode form do not matter."""
    sort: ImageSort = ImageSort.UPDATED
    descending: bool = True
    statuses: tuple[ImageStatus, ...] = ()
    """Empty means all."""
    templates: bool = False


@dataclass(frozen=True, slots=True)
class ImageRow:
    """One row of the images table."""

    id: int
    name: str
    creator: str
    status: ImageStatus
    status_detail: str
    """What the status cell adds: `5/12` while building, why it waits while pending, else empty."""
    image_name: str
    """The image reference in its familiar form, always with a tag or digest: `repository:tag`."""
    host_id: int
    host_name: str
    enabled: bool
    pulled: bool
    updated_at: float
    """Seconds since the epoch."""
    revision: int
    """Grows with every change of the record."""
    last_build_id: int | None
    last_build_number: int | None
    changed_since_build: bool
    """The configuration was saved after the last build started."""
    pushable: bool = False
    """The last build left an image, under a tag, that can be pushed without building again."""
    is_template: bool = False
    """It is never built; new images start from it."""
    has_environments: bool = False
    """Its configuration has environments, whose packages a build resolves."""

    @property
    def is_builtin(self) -> bool:
        """Whether it comes with Trailer and is read-only."""
        return is_builtin(self.id)

    @property
    def shown_creator(self) -> str:
        """Whose it is, in words."""
        return LABEL if self.is_builtin else self.creator

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> ImageRow:
        """The row that `data` (this class as a JSON object) describes; unknown members are ignored."""
        known = {key: data[key] for key in cls.__slots__ if key in data}
        known["status"] = ImageStatus(known["status"])
        return cls(**known)


@dataclass(frozen=True, slots=True)
class ImageOrder:
    """Every matching record's id in display order, and the count of all records."""

    ids: memoryview
    """Unsigned 32-bit ids (format `I`)."""
    total: int
    """Records there are, matching or not (templates and images are counted apart)."""
