"""The configuration file: what the user sets about the app, and what a server reads when it starts.

One YAML file (`locations.config_file`), refused with the key's name and the nearest known one when a key is unknown.
"""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from trailer_tui.model.errors import BadConfiguration


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AppConfig(_Section):
    """The terminal application."""

    theme: str = "trailer-dark"
    """One of the themes that the palette lists."""
    mouse: bool = True
    """Whether the app takes the mouse; off leaves selecting text to the terminal."""
    refresh_hz: float | None = Field(default=None, gt=0, le=60)
    """Repaints of live regions per second; unset means 4 over SSH and 10 otherwise."""
    keys: dict[str, str] = {}
    """Action id to key, such as `images.build: B`."""


class ServerConfig(_Section):
    """The background server."""

    idle_stop_minutes: int = Field(default=30, ge=0)
    """Minutes without client, build and queue after which a standalone server stops; 0 means never."""
    kept_logs_per_image: int = Field(default=20, ge=1)
    """Logs of older builds of an image are removed; their records stay."""
    host_check_seconds: float = Field(default=30, gt=0)
    """Between two looks at a host that is online."""
    low_disk_gb: float = Field(default=5, ge=0)
    """A build warns before it starts when its host has less room than this; 0 never warns."""
    files_mb_per_account: float = Field(default=500, ge=0)
    """Megabytes that the uploads of one account may take; 0 sets no limit."""
    ssh_agent: str = ""
    """Socket of the ssh agent for builds; empty: SSH_AUTH_SOCK of a standalone server, none of a shared one."""


class Config(_Section):
    """The whole file."""

    app: AppConfig = AppConfig()
    server: ServerConfig = ServerConfig()


def load(path: Path) -> Config:
    """The configuration in `path`; the defaults when there is no such file.

    Raises:
        BadConfiguration: the file is no YAML, or a key or value cannot be used; names both.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Config()
    except OSError as error:
        raise BadConfiguration(f"{path}: {error.strerror}", hint="make it readable for you, or rename it") from error
    except UnicodeDecodeError as error:
        raise BadConfiguration(
            f"{path}: is no UTF-8 text (byte {error.start})", hint="mend the file, or rename it"
        ) from error
    try:
        data = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        raise BadConfiguration(
            f"{path}: not YAML: {error}", hint="mend the line it names, or rename the file"
        ) from error
    try:
        return Config.model_validate(data)
    except ValidationError as error:
        raise BadConfiguration(
            "; ".join(_describe(path, problem) for problem in error.errors()), hint="mend the file, or rename it"
        ) from None


def _describe(path: Path, problem: Any) -> str:
    key = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        near = difflib.get_close_matches(str(problem["loc"][-1]), _known_keys(), n=1)
        return f"{path}: unknown key {key}" + (f"; did you mean {near[0]}?" if near else "")
    where = f"{path}: {key}" if key else f"{path}"
    return f"{where}: {problem['msg']} (it is {problem['input']!r})"


def _known_keys() -> list[str]:
    sections: tuple[type[BaseModel], ...] = (Config, AppConfig, ServerConfig)
    return [name for section in sections for name in section.model_fields]
