"""The commands of `trailer`, one module a group; each has a `register` that adds them to the parser."""

from __future__ import annotations

from trailer_tui.cli.commands import (
    actions,
    catalog,
    completion,
    create,
    dockerfile,
    doctor,
    documents,
    files,
    hosts,
    images,
    logs,
    packages,
    password,
    queue,
    secrets,
    server,
    templates,
)

REGISTER = (
    images.register,
    create.register,
    documents.register,
    actions.register,
    templates.register,
    queue.register,
    logs.register,
    dockerfile.register,
    packages.register,
    catalog.register,
    files.register,
    hosts.register,
    secrets.register,
    password.register,
    server.register,
    doctor.register,
    completion.register,
)
"""In the order of the help."""
