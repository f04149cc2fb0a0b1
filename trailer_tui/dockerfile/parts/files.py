"""The part of a Dockerfile that is about files."""

from __future__ import annotations

from trailer_tui.dockerfile.plan import Part, Plan


def files(plan: Plan) -> Part:  # noqa: ARG001  # filled in next
    """What the configuration asks for."""
    return Part()
