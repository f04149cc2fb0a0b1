"""Base images that the form suggests, and which distribution a reference means."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from trailer_tui.catalog.catalogue import builtin
from trailer_tui.model.catalogue import Catalogue
from trailer_tui.model.reference import ImageReference, ReferenceProblem

_ALPINE = "alpine"


@dataclass(frozen=True, slots=True)
class BaseImage:
    """One suggestion for the base image field."""

    reference: str
    """As it is written after FROM: `ubuntu:24.04`."""
    label: str
    """What a person calls it."""
    system: str
    """Which distribution it is, by the catalogue's ids such as `debian`."""

    @property
    def family(self) -> str:
        """Which package manager it has: `debian`, `alpine`, `redhat`, `suse` or `arch`."""
        entry = builtin().system(self.system)
        assert entry is not None, f"base_images.yaml: {self.reference} is of a system that the catalogue lacks"
        return entry.family


@cache
def base_images() -> tuple[BaseImage, ...]:
    """The suggestions in the order shown, the default first."""
    text = files("trailer_tui.catalog").joinpath("base_images.yaml").read_text(encoding="utf-8")
    return tuple(BaseImage(**entry) for entry in yaml.safe_load(text))


def system_of(reference: str, catalogue: Catalogue | None = None) -> str | None:
    """The distribution of a base image that the catalogue lists, by its repository; None when it does not.

    Tags with `alpine` of images that are something else otherwise, such as `python:3.13-alpine`, are Alpine.
    """
    desktop = (catalogue or builtin()).desktop_of(reference)
    if desktop is not None:
        return desktop[0].id
    try:
        wanted = ImageReference.parse(reference)
    except ReferenceProblem:
        return None
    known = {ImageReference.parse(image.reference).repository: image.system for image in base_images()}
    system = known.get(wanted.repository)
    return _ALPINE if system is not None and _ALPINE in (wanted.tag or "") else system
