"""What a server is told when it starts: mode, places, modes of what it creates, settings."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from trailer_tui import locations
from trailer_tui.config import ServerConfig, load

SHARED_CONFIG = Path("/etc/trailer/config.yaml")


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """One server's places and settings."""

    mode: Literal["standalone", "shared"]
    socket: Path
    data_folder: Path
    config: ServerConfig
    owner: int
    """The uid that the server runs as; in standalone mode the only one that it serves, beside root."""
    catalogue_folder: Path | None = None
    """Where its own files of the catalogue are."""
    folder_mode: int = 0o700
    """Of the socket's folder."""
    socket_mode: int = 0o600

    @property
    def log_file(self) -> Path:
        """Where the server writes what happens to it."""
        return self.data_folder / "server.log"

    @classmethod
    def standalone(cls) -> ServerOptions:
        """The server of one user, whose ssh agent its builds may use. Raises `BadConfiguration`."""
        config = load(locations.config_file()).server
        agent = config.ssh_agent or os.environ.get("SSH_AUTH_SOCK", "")
        return cls(
            mode="standalone",
            socket=locations.socket_path(),
            data_folder=locations.data_folder(),
            config=config.model_copy(update={"ssh_agent": agent}),
            owner=os.getuid(),
            catalogue_folder=locations.catalogue_folder(),
        )

    @classmethod
    def shared(cls) -> ServerOptions:
        """The server of a machine; the overriding variables of `locations` hold here too. Raises `BadConfiguration`."""
        environment = os.environ
        config_file = Path(environment.get("TRAILER_CONFIG") or SHARED_CONFIG)
        return cls(
            mode="shared",
            socket=Path(environment.get("TRAILER_SOCKET") or locations.SHARED_SOCKET).absolute(),
            data_folder=Path(environment.get("TRAILER_DATA") or locations.SHARED_DATA).absolute(),
            config=load(config_file).server,
            owner=os.getuid(),
            catalogue_folder=locations.catalogue_folder(config_file),
            folder_mode=0o750,
            socket_mode=0o660,
        )
