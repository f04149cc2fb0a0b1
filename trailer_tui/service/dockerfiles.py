"""What a build of a configuration would use, for those who look before they build."""

from __future__ import annotations

from functools import partial

from trailer_tui.dockerfile.builder import ANY_BUILDER, Builder
from trailer_tui.dockerfile.review import review
from trailer_tui.model.host import Host
from trailer_tui.model.image import GeneratedDockerfile, ImageConfiguration
from trailer_tui.service.threads import ThreadCalls


async def generated(calls: ThreadCalls, configuration: ImageConfiguration, host: Host | None) -> GeneratedDockerfile:
    """The Dockerfile, its problems for that host's builder, and the files beside it; empty for a pull.

    A host that was never reached, or None, is taken to understand everything.
    """
    return await calls.run(partial(reviewed, configuration, host))


def reviewed(configuration: ImageConfiguration, host: Host | None) -> GeneratedDockerfile:
    """The same, in the calling thread."""
    return review(configuration, Builder.of(host.capabilities, host.name) if host is not None else ANY_BUILDER)
