"""Where the queued builds of images stand in their hosts' queues, followed from the server's events."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from trailer_tui.model.status import BuildState

if TYPE_CHECKING:
    from trailer_tui.model.build import BuildSummary


class QueuePlaces:
    """The place of each image's queued build, from 1; images without one are not here."""

    def __init__(self) -> None:
        self._places: dict[int, int] = {}

    def of(self, image_id: int) -> int | None:
        """The place of an image's queued build."""
        return self._places.get(image_id)

    def read(self, builds: Iterable[BuildSummary]) -> set[int]:
        """Start from every active build; returns the images whose place changed."""
        before = self._places
        self._places = {build.image_id: place for build in builds if (place := _place(build)) is not None}
        return {image_id for image_id in before | self._places if before.get(image_id) != self._places.get(image_id)}

    def take(self, build: BuildSummary) -> set[int]:
        """A build is like this now; returns the images whose place changed."""
        before, place = self._places.get(build.image_id), _place(build)
        if place is None:
            self._places.pop(build.image_id, None)
        else:
            self._places[build.image_id] = place
        return {build.image_id} if before != place else set()


def _place(build: BuildSummary) -> int | None:
    return build.queue_position if build.state is BuildState.PENDING else None
