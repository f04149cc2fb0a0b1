"""The three ways to look at an image's Dockerfile: as it was built, what changed since, what a build would use now."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from trailer_tui.app.builds import facts
from trailer_tui.app.text_line import TextLine

if TYPE_CHECKING:
    from trailer_tui.model.build import Build


class DockerfileView(Enum):
    """One of the ways, in the order in which a key goes through them."""

    AS_BUILT = 0
    COMPARED = 1
    NOW = 2

    @property
    def next(self) -> DockerfileView:
        """The one after this, after the last the first."""
        return DockerfileView((self.value + 1) % len(DockerfileView))

    def lines(self, built: Build | None, now: str | None) -> list[TextLine]:
        """What is shown.

        Args:
            built: the build to look at; without one there is only what a build would use now.
            now: what a build would use now; None for an image that is pulled.
        """
        if built is None or self is DockerfileView.NOW:
            if now is None:
                return [TextLine(" The image is pulled; there is no Dockerfile.", "muted")]
            return [TextLine(" What a build would use now", "heading"), *facts.numbered(now)]
        if self is DockerfileView.AS_BUILT:
            changed = now is not None and built.dockerfile is not None and now != built.dockerfile
            note = "; v shows what changed since" if changed else "; unchanged since"
            title = TextLine(f" As built in build {built.number}{note}", "heading")
            return [title, *facts.dockerfile_of(built)]
        lines = facts.difference(built.dockerfile or "", now or "", built.number)
        return lines or [TextLine(f" Nothing changed since build {built.number}.", "muted")]
