"""The commands of `trailer`, one module a group; each has a `register` that adds them to the parser."""

from __future__ import annotations

from trailer_tui.cli.commands import (
    actions,
    completion,
    create,
    dockerfile,
    doctor,
    hosts,
    images,
    logs,
    packages,
    queue,
    secrets,
    server,
)

REGISTER = (
    images.register,
    create.register,
    actions.register,
    queue.register,
    logs.register,
    dockerfile.register,
    packages.register,
    hosts.register,
    secrets.register,
    server.register,
    doctor.register,
    completion.register,
)
"""In the order of the help."""
