"""The part of a Dockerfile that is about user."""

from __future__ import annotations

from trailer_tui.dockerfile.plan import Part, Plan


def user(plan: Plan) -> Part:  # noqa: ARG001  # filled in next
    """What the configuration asks for."""
    return Part()
