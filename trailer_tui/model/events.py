"""What the server tells every client as it happens: one JSON object a line, told apart by `event`.

A client that reads too slowly misses events and then gets a `Resync`: it reads again what it shows.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from trailer_tui.model.build import BuildSummary, Step
from trailer_tui.model.host import Host


class _Event(BaseModel):
    model_config = ConfigDict(extra="ignore")


class Hello(_Event):
    """First of every stream."""

    event: Literal["hello"] = "hello"
    version: str


class Resync(_Event):
    """Events were dropped for this client."""

    event: Literal["resync"] = "resync"


class Heartbeat(_Event):
    """Nothing happened; the connection lives."""

    event: Literal["heartbeat"] = "heartbeat"


class ImageChanged(_Event):
    """A record was made or changed."""

    event: Literal["image"] = "image"
    row: dict[str, Any]
    """`rows.ImageRow` as an object."""
    created: bool = False
    reordered: bool = False
    """A searched or sorted column changed, so the record's place in a list may have too."""


class ImageDeleted(_Event):
    """A record is gone."""

    event: Literal["image_deleted"] = "image_deleted"
    id: int
    is_template: bool = False


class BuildChanged(_Event):
    """A build was queued, started, moved on or ended."""

    event: Literal["build"] = "build"
    build: BuildSummary


class StepsChanged(_Event):
    """Steps of a running build changed; sent at most ten times a second per build."""

    event: Literal["steps"] = "steps"
    build_id: int
    image_id: int
    steps: list[Step]
    """Only those that changed."""
    log_size: int
    log_lines: int


class HostChanged(_Event):
    """A host's settings or state changed."""

    event: Literal["host"] = "host"
    host: Host


class HostDeleted(_Event):
    """A host is gone."""

    event: Literal["host_deleted"] = "host_deleted"
    id: int


class FilesChanged(_Event):
    """The archive of files changed, or which images use its files: read it again."""

    event: Literal["files"] = "files"


class ServerStopping(_Event):
    """The server ends; clients reconnect when it is back."""

    event: Literal["stopping"] = "stopping"
    reason: str


Event = Annotated[
    Hello
    | Resync
    | Heartbeat
    | ImageChanged
    | ImageDeleted
    | BuildChanged
    | StepsChanged
    | HostChanged
    | HostDeleted
    | FilesChanged
    | ServerStopping,
    Field(discriminator="event"),
]

EVENT_ADAPTER: TypeAdapter[Event] = TypeAdapter(Event)
