"""Builders of hosts as their engines describe them."""

from __future__ import annotations

from trailer_tui.dockerfile.builder import Builder
from trailer_tui.model.host import Capabilities


def _builder(**known: object) -> Builder:
    facts = {"engine_version": "20.10.24", "api_version": "1.41", "operating_system": "linux", "architecture": "amd64"}
    return Builder.of(Capabilities.model_validate(facts | known), "build-01")


CLASSIC = _builder(builder="classic")
EARLY = _builder(builder="buildkit", secrets=True, syntax_directive=True)
"""The first BuildKit of an engine: mounts and frontends, but neither heredocs nor git."""
NEW = _builder(builder="buildkit", secrets=True, syntax_directive=True, heredocs=True, git_sources=True)
