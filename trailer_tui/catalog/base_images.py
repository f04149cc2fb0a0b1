"""Base images that the form suggests."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from trailer_tui.model.reference import ImageReference, ReferenceProblem


@dataclass(frozen=True, slots=True)
class BaseImage:
    """One suggestion for the base image field."""

    reference: str
    """As it is written after FROM: `ubuntu:24.04`."""
    label: str
    """What a person calls it."""
    family: str
    """Which package manager it has: `debian`, `alpine`, `redhat`, `suse` or `arch`."""


@cache
def base_images() -> tuple[BaseImage, ...]:
    """The suggestions in the order shown, the default first."""
    text = files("trailer_tui.catalog").joinpath("base_images.yaml").read_text(encoding="utf-8")
    return tuple(BaseImage(**entry) for entry in yaml.safe_load(text))


def family_of(reference: str) -> str | None:
    """The distribution family of a base image that the catalogue lists, by its repository; None when it does not."""
    try:
        wanted = ImageReference.parse(reference)
    except ReferenceProblem:
        return None
    known = {ImageReference.parse(image.reference).repository: image.family for image in base_images()}
    return known.get(wanted.repository)
