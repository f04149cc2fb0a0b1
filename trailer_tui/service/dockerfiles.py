"""What a build of a configuration would use, for those who look before they build."""

from __future__ import annotations

from functools import partial

from trailer_tui.dockerfile.builder import ANY_BUILDER, Builder
from trailer_tui.dockerfile.inputs import BuildInputs
from trailer_tui.dockerfile.review import review
from trailer_tui.model.host import Host
from trailer_tui.model.image import GeneratedDockerfile, ImageConfiguration
from trailer_tui.service.threads import ThreadCalls


async def generated(
    calls: ThreadCalls, configuration: ImageConfiguration, host: Host | None, inputs: BuildInputs
) -> GeneratedDockerfile:
    """The Dockerfile, its problems for that host's builder, and the files beside it; empty for a pull.

    A host that was never reached, or None, is taken to understand everything.

    Raises:
        InvalidInput: a value cannot stand in a Dockerfile, or names what there is not.
    """
    builder = Builder.of(host.capabilities, host.name) if host is not None else ANY_BUILDER
    return await calls.run(partial(review, configuration, builder, inputs))
