"""Where things are on disk: the data folder, the socket, the configuration file, the cache.

Follows the XDG base directory specification. `TRAILER_DATA`, `TRAILER_SOCKET` and `TRAILER_CONFIG` override; tests set
all three. Nothing here creates anything.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

SHARED_SOCKET = Path("/run/trailer/trailer.sock")
SHARED_DATA = Path("/var/lib/trailer")


def data_folder() -> Path:
    """The folder of database and logs of a standalone server."""
    return _override("TRAILER_DATA") or _xdg("XDG_DATA_HOME", ".local/share") / "trailer"


def socket_path() -> Path:
    """The socket of the user's own server.

    Without `XDG_RUNTIME_DIR` (sudo, su, cron) it lies in a folder of the temporary directory that carries the uid.
    """
    override = _override("TRAILER_SOCKET")
    if override:
        return override
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime and Path(runtime).is_absolute() and Path(runtime).is_dir():
        return Path(runtime) / "trailer" / "trailer.sock"
    return Path(tempfile.gettempdir()) / f"trailer-{os.getuid()}" / "trailer.sock"


def config_file() -> Path:
    """The user's configuration file, which need not exist."""
    return _override("TRAILER_CONFIG") or _xdg("XDG_CONFIG_HOME", ".config") / "trailer" / "config.yaml"


def catalogue_folder(config: Path | None = None) -> Path:
    """The folder of the user's own catalogue files, beside the configuration file; it need not exist."""
    return (config or config_file()).parent / "catalog"


def cache_folder() -> Path:
    """The folder of things that may be deleted at any time, such as copies of logs that are being read."""
    return _override("TRAILER_CACHE") or _xdg("XDG_CACHE_HOME", ".cache") / "trailer"


def _override(variable: str) -> Path | None:
    value = os.environ.get(variable)
    return Path(value).absolute() if value else None


def _xdg(variable: str, fallback: str) -> Path:
    value = os.environ.get(variable)
    return Path(value) if value and Path(value).is_absolute() else Path.home() / fallback
