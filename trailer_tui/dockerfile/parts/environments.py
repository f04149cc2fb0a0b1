"""The part of a Dockerfile that is about environments."""

from __future__ import annotations

from trailer_tui.dockerfile.plan import Part, Plan


def environments(plan: Plan) -> Part:  # noqa: ARG001  # filled in next
    """What the configuration asks for."""
    return Part()
