"""What the server said about one build since the last repaint."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trailer_tui.app.builds.live_build import LiveBuild
    from trailer_tui.model.build import BuildSummary, Step
    from trailer_tui.model.events import Event


class BuildNews:
    """Collects events, so that a burst of them costs one repaint."""

    def __init__(self) -> None:
        self.resync = False
        """Events may have been missed: read again."""
        self.image_deleted = False
        self.newer_build: int | None = None
        """Id of a newer build of the image that is followed."""
        self._summary: BuildSummary | None = None
        self._steps: dict[int, Step] = {}

    def take(self, event: Event, *, build_id: int | None, image_id: int | None, tracked_image: int | None) -> bool:
        """Note an event; returns whether it matters.

        Args:
            event: what the server said.
            build_id: the build that is shown or about to be.
            image_id: its image, as far as known.
            tracked_image: the image whose newest build is wanted, if that is so.
        """
        match event.event:
            case "steps" if event.build_id == build_id:
                self._steps.update((step.ordinal, step) for step in event.steps)
            case "build" if event.build.id == build_id:
                self._summary = event.build
            case "build" if event.build.image_id == tracked_image and event.build.id > (build_id or 0):
                self.newer_build = event.build.id
            case "hello" | "resync" if build_id is not None:
                self.resync = True
            case "image_deleted" if event.id in (image_id, tracked_image):
                self.image_deleted = True
            case _:
                return False
        return True

    def apply_to(self, build: LiveBuild) -> bool:
        """Bring `build` up to date; returns whether it has to be read again, because it started or ended."""
        build.take_steps(self._steps.values())
        if self._summary is None:
            return False
        before, after = build.summary, self._summary
        build.take_summary(after)
        started = before.started_at is None and after.started_at is not None
        return started or (before.state.is_active and not after.state.is_active)
