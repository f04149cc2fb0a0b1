"""The registries that a Dockerfile names: those whose credentials a build of it may use."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from trailer_tui.dockerfile.bases import external_bases
from trailer_tui.dockerfile.parse import parse
from trailer_tui.model.reference import ImageReference, ReferenceProblem


def named_registries(dockerfile: str, build_args: Mapping[str, str]) -> list[str]:
    """The registries of all images that a build takes from outside, its `# syntax=` frontend too; each once.

    `build_args` stand in for the defaults of ARG.
    """
    parsed = parse(dockerfile)
    images = external_bases(parsed, build_args)
    if frontend := parsed.directives.get("syntax"):
        images.append(frontend.split()[0])
    found: dict[str, None] = {}
    for image in images:
        with suppress(ReferenceProblem):
            found[ImageReference.parse(image).registry] = None
    return list(found)
