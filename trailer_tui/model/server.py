"""What a server says of itself and of the machine it runs on."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

API_VERSION = 1
"""Grows when a client of the old version could misunderstand the server."""


class ServerInfo(BaseModel):
    """The server's identity, load, and who it thinks is asking."""

    model_config = ConfigDict(extra="ignore")

    version: str
    api_version: int
    mode: Literal["standalone", "shared"]
    pid: int
    started_at: datetime
    machine: str
    data_folder: str
    socket: str
    actor: str
    """The account behind this connection."""
    is_administrator: bool
    clients: int
    """Open event streams."""
    building: int
    queued: int
    hosts_online: int
    hosts_total: int
    low_disk_gb: float = 5
    """A host with less room than this is low on disk; 0 means none ever is."""
    idle_stop_minutes: int
    """Minutes without client, build and queue after which a standalone server stops; 0 means never."""


class Finding(BaseModel):
    """One line of a diagnosis."""

    subject: str
    state: Literal["ok", "warning", "error"]
    detail: str
    remedy: str = ""
