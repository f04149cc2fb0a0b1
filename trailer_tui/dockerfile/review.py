"""What a build of a configuration would run, and what the check says of it."""

from __future__ import annotations

from trailer_tui.dockerfile.builder import ANY_BUILDER, Builder
from trailer_tui.dockerfile.check import check
from trailer_tui.dockerfile.generate import build_context
from trailer_tui.dockerfile.inputs import BuildInputs
from trailer_tui.dockerfile.rules.mounts import Given
from trailer_tui.model.image import ContextFile, GeneratedDockerfile, ImageConfiguration


def review(
    configuration: ImageConfiguration, builder: Builder = ANY_BUILDER, inputs: BuildInputs | None = None
) -> GeneratedDockerfile:
    """The Dockerfile of a configuration with its problems and the files of the build context.

    Args:
        configuration: of any mode; one that pulls gives an empty text.
        builder: what builds it.
        inputs: the rest of what the result depends on.

    Raises:
        InvalidInput: a value cannot stand in a Dockerfile.
    """
    context = build_context(configuration, inputs)
    if context is None:
        return GeneratedDockerfile(text="")
    return GeneratedDockerfile(
        text=context.dockerfile,
        notes=list(context.notes),
        problems=check(
            context.dockerfile,
            builder=builder,
            files=[entry.path for entry in context.entries],
            given=None if configuration.mode == "pull" else Given(configuration.secrets, configuration.ssh_agent),
        ),
        context_files=[ContextFile(path=path, size=size) for path, size in context.listing()],
    )
