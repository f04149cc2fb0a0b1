"""The catalogue as one object: what the form offers for an image, and how it is installed where."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from trailer_tui.model.image import PullableReference
from trailer_tui.model.installation import (
    CatalogueModel,
    Installation,
    PackageName,
    Route,
    Sentence,
    ShortName,
)
from trailer_tui.model.services import CatalogueId, Code, LinuxEnvironment, WindowsEdition

System = Literal["alpine", "arch", "debian", "el", "fedora", "suse", "ubuntu"]
"""Distributions whose package names the catalogue knows; all but `suse` have desktop images."""
Family = Literal["debian", "alpine", "redhat", "suse", "arch"]
Kind = Literal["general", "desktop"]

ENVIRONMENT_LABELS: dict[str, str] = {"i3": "i3", "kde": "KDE Plasma", "mate": "MATE", "xfce": "Xfce"}
_NOT_SAID = "the catalogue does not say how"


class Choice(CatalogueModel):
    """A code with what a person calls it."""

    code: Code
    label: Sentence


class Application(CatalogueModel):
    """Something that can be added to an image."""

    id: CatalogueId
    label: Sentence
    description: Sentence
    kind: Kind
    start: Sentence | None = None
    """The startup command that runs it, for what is a service."""
    note: Sentence | None = None
    """What had better be known by who uses it."""
    desktop_note: Sentence | None = None
    """The same, for desktop images alone."""
    systems: dict[System, Installation]

    def route(self, system: System, *, on_desktop: bool = False) -> Route:
        """How it gets into an image of that system."""
        found = self.systems.get(system)
        return found.route(on_desktop=on_desktop) if found is not None else Route(unavailable=_NOT_SAID)


class DesktopImage(CatalogueModel):
    """The base image of a desktop environment on a system."""

    environment: LinuxEnvironment
    reference: PullableReference
    wayland: bool = False
    """Its session is Wayland's, which needs a processor with AVX2."""
    note: Sentence | None = None

    @property
    def label(self) -> str:
        """What a person calls the environment."""
        return ENVIRONMENT_LABELS[self.environment]


class ExtraRepository(CatalogueModel):
    """A repository of a distribution that is not enabled in its plain images."""

    id: ShortName
    package: PackageName
    """Installing it enables the repository."""
    command: tuple[Sentence, ...] = ()
    """A program with its arguments that is run then."""
    on_desktop: bool = False
    """Whether desktop images have it enabled."""


class SystemEntry(CatalogueModel):
    """A distribution."""

    id: System
    label: Sentence
    family: Family
    release: Sentence | None = None
    """Of the desktop images."""
    note: Sentence | None = None
    """What had better be known of its desktop images."""
    environments: tuple[DesktopImage, ...] = ()
    """Those that it has as a desktop; none when it has no desktop images."""
    repositories: tuple[ExtraRepository, ...] = ()
    fetch_packages: tuple[PackageName, ...] = ()
    """What fetching a file or a key needs in a plain image."""
    keyboard_packages: tuple[PackageName, ...] = ()
    """What sets a keyboard layout in a desktop image and is not there."""


class WindowsEditionEntry(CatalogueModel):
    """An edition of Windows."""

    code: WindowsEdition
    label: Sentence
    evaluation: bool = False
    """Whether it is an evaluation copy, which ends after a time."""
    note: Sentence | None = None


class WindowsEntry(CatalogueModel):
    """Windows, installed in a container at its first start."""

    reference: PullableReference
    editions: tuple[WindowsEditionEntry, ...]
    keyboards: tuple[Choice, ...]
    languages: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """An application as the form offers it for an image."""

    application: Application
    reason: str = ""
    """Why it cannot be chosen; empty when it can."""

    @property
    def is_available(self) -> bool:
        """Whether it can be chosen."""
        return not self.reason


class Catalogue(CatalogueModel):
    """What the form offers and the generator installs."""

    applications: tuple[Application, ...] = ()
    systems: tuple[SystemEntry, ...]
    windows: WindowsEntry
    keyboards: tuple[Choice, ...]
    """XKB layouts."""
    languages: tuple[Choice, ...]
    """Locales, without their encoding."""
    problems: tuple[Annotated[str, Field(max_length=2000)], ...] = ()
    """What is wrong with files of the user's own catalogue, which count for nothing therefore."""

    # Systems and desktops

    def system(self, system: str) -> SystemEntry | None:
        """The entry of a system; None when there is no such."""
        return next((entry for entry in self.systems if entry.id == system), None)

    def desktop_systems(self) -> tuple[SystemEntry, ...]:
        """Those that have desktop images, in the order to show."""
        return tuple(entry for entry in self.systems if entry.environments)

    def systems_of(self, family: str) -> tuple[SystemEntry, ...]:
        """The systems of a family."""
        return tuple(entry for entry in self.systems if entry.family == family)

    def environments_of(self, system: str) -> tuple[DesktopImage, ...]:
        """The environments that are valid for a system, in the order to show."""
        entry = self.system(system)
        return entry.environments if entry is not None else ()

    def desktop_image(self, system: str, environment: str) -> DesktopImage | None:
        """The base image of an environment on a system; None when it is not valid there."""
        return next((image for image in self.environments_of(system) if image.environment == environment), None)

    def desktop_of(self, reference: str) -> tuple[SystemEntry, DesktopImage] | None:
        """The system and environment that `reference` is the desktop image of; None for any other."""
        for entry in self.systems:
            for image in entry.environments:
                if image.reference == reference:
                    return entry, image
        return None

    # Applications

    def application(self, application_id: str) -> Application | None:
        """The entry of an application; None when there is no such."""
        return next((entry for entry in self.applications if entry.id == application_id), None)

    def nearest(self, application_id: str, kind: Kind) -> str:
        """The id that was probably meant; empty when none is near."""
        ids = [entry.id for entry in self.applications if entry.kind == kind]
        return next(iter(difflib.get_close_matches(application_id, ids, n=1)), "")

    def offers(
        self, kind: Kind, *, system: str | None = None, family: str | None = None, on_desktop: bool = False
    ) -> list[Offer]:
        """All applications of a kind in the order to show, with the reason where one cannot be had.

        Args:
            kind: general, or with windows.
            system: of the base image, where it is known.
            family: of the base image, where its system is not known: offered is what any system of it has. Without both
                everything that any system has is offered, and the build finds out.
            on_desktop: whether the base is a desktop image.
        """
        return [
            Offer(entry, self.reason_against(entry, system=system, family=family, on_desktop=on_desktop))
            for entry in sorted(self.applications, key=lambda entry: entry.label.casefold())
            if entry.kind == kind
        ]

    def reason_against(
        self,
        application: Application,
        *,
        system: str | None = None,
        family: str | None = None,
        on_desktop: bool = False,
    ) -> str:
        """Why an application cannot be had on a base, see `offers`; empty when it can."""
        if system is not None:
            entries: Iterable[SystemEntry] = [entry for entry in self.systems if entry.id == system]
        elif family is not None:
            entries = self.systems_of(family)
        else:
            entries = self.systems
        reasons = [application.route(entry.id, on_desktop=on_desktop).unavailable or "" for entry in entries]
        return next(iter(reasons), "") if all(reasons) else ""

    # Labels

    def system_label(self, system: str) -> str:
        """What a person calls a system; `windows` too."""
        if system == "windows":
            return "Windows"
        entry = self.system(system)
        return entry.label if entry is not None else system

    def environment_label(self, environment: str) -> str:
        """What a person calls a desktop environment."""
        return ENVIRONMENT_LABELS.get(environment, environment)

    def application_label(self, application_id: str) -> str:
        """What a person calls an application."""
        entry = self.application(application_id)
        return entry.label if entry is not None else application_id

    def edition_label(self, code: str) -> str:
        """What a person calls an edition of Windows."""
        return next((entry.label for entry in self.windows.editions if entry.code == code), code)

    def keyboard_label(self, code: str) -> str:
        """What a person calls an XKB layout, or a culture of Windows."""
        return _label(code, (*self.keyboards, *self.windows.keyboards))

    def language_label(self, code: str) -> str:
        """What a person calls a locale, or a culture of Windows."""
        return _label(code, (*self.languages, *self.windows.languages))


def _label(code: str, choices: Iterable[Choice]) -> str:
    return next((choice.label for choice in choices if choice.code == code), code)
