"""Services of an image: applications, and a virtual desktop of Linux or Windows.

Which combinations are valid is data of the catalogue, not of these models.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from trailer_tui.model.at_field import at_field

DEFAULT_WINDOWS_USER = "Docker"
"""The installation's own default. Source: dockur/windows, docs/environment.md."""
MAX_WINDOWS_PASSWORD = 127

LinuxSystem = Literal["alpine", "arch", "debian", "el", "fedora", "ubuntu"]
LinuxEnvironment = Literal["i3", "kde", "mate", "xfce"]
WindowsEdition = Literal["11", "11l", "11e", "10", "10l", "10e", "2025", "2022"]
"""The codes of the installation's VERSION."""

_CATALOGUE_ID = re.compile(r"[a-z0-9][a-z0-9.+_-]{0,62}", re.ASCII)
_WINDOWS_FORBIDDEN = '"/\\[]:;|=,+*?<>%@'
_WINDOWS_RESERVED = frozenset({"none", "administrator", "guest", "defaultaccount", "wdagutilityaccount", "wsiaccount"})


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _catalogue_id(value: str) -> str:
    if not _CATALOGUE_ID.fullmatch(value):
        raise ValueError("is no id of the catalogue: `trailer catalog` lists them")
    return value


def _code(value: str) -> str:
    if value and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_@.:-]{0,40}", value, re.ASCII):
        raise ValueError("is no code of the catalogue: `trailer catalog` lists them")
    return value


def _windows_user(value: str) -> str:
    value = value.strip()
    if not value or len(value) > 20:
        raise ValueError("is empty or longer than 20 characters: shorten it")
    if any(character in _WINDOWS_FORBIDDEN or not character.isprintable() for character in value):
        raise ValueError(f"has a character that Windows refuses: leave out {' '.join(_WINDOWS_FORBIDDEN)}")
    if value.endswith(".") or value.casefold() in _WINDOWS_RESERVED or not value.strip(". "):
        raise ValueError("is reserved by Windows or ends with a dot: choose another name")
    return value


CatalogueId = Annotated[str, AfterValidator(_catalogue_id)]
Code = Annotated[str, AfterValidator(_code)]


class LinuxDesktop(_Model):
    """A Linux desktop in the browser."""

    operating_system: LinuxSystem
    """The distribution."""
    environment: LinuxEnvironment
    """What draws windows and panels; not every distribution has each."""
    keyboard: Code = ""
    """An XKB layout; empty leaves the keyboard to the browser."""
    language: Code = ""
    """A locale such as `de_DE`; empty leaves the base image's."""


class WindowsDesktop(_Model):
    """A Windows desktop in the browser. Its password is no part of it: it is stored encrypted, beside the record."""

    operating_system: Literal["windows"] = "windows"
    """Windows."""
    edition: WindowsEdition = "11"
    """Which Windows is installed."""
    username: Annotated[str, AfterValidator(_windows_user)] = DEFAULT_WINDOWS_USER
    """The account that it is used with."""
    keyboard: Code = ""
    """A Windows culture such as `de-DE`; empty follows the language."""
    language: Code = ""
    """A Windows culture; empty is English."""


Desktop = Annotated[LinuxDesktop | WindowsDesktop, Field(discriminator="operating_system")]


class Services(_Model):
    """What is added to the image beside packages and environments."""

    desktop: Desktop | None = None
    """A desktop in the browser, of Linux or Windows."""
    applications: list[CatalogueId] = Field(default=[], max_length=100)
    """General applications, by their ids of the catalogue."""
    desktop_applications: list[CatalogueId] = Field(default=[], max_length=100)
    """Applications with windows, by their ids of the catalogue; they need a Linux desktop."""

    @model_validator(mode="after")
    def _consistent(self) -> Services:
        if self.desktop_applications and not isinstance(self.desktop, LinuxDesktop):
            message = "needs a Linux desktop: choose one, or remove these applications"
            raise at_field("desktop_applications", message)
        if self.applications and isinstance(self.desktop, WindowsDesktop):
            raise at_field("applications", "is not empty, and Windows images take none: remove them")
        return self

    @property
    def is_set(self) -> bool:
        """Whether anything is chosen."""
        return self != Services()

    @property
    def is_windows(self) -> bool:
        """Whether it makes a Windows image."""
        return isinstance(self.desktop, WindowsDesktop)
