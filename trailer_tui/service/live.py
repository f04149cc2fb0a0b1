"""What is true beyond the store, and telling it: ends that could not be stored yet, cancels under way, events."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import TypeVar

from trailer_tui.model.build import BuildSummary, Step
from trailer_tui.model.events import BuildChanged, HostChanged, HostDeleted, ImageChanged, ImageDeleted, StepsChanged
from trailer_tui.model.host import Host
from trailer_tui.model.image import ImageRecord
from trailer_tui.model.rows import ImageRow
from trailer_tui.model.status import BuildState, ImageStatus
from trailer_tui.service.bell import LogBell
from trailer_tui.service.events import EventBroker

CANCELLING = "cancelling"
"""What the status cell adds from the key to the end of the build."""

B = TypeVar("B", bound=BuildSummary)


class LiveState:
    """Everything that is read from the store and shown passes here. Used on the event loop only."""

    def __init__(self, events: EventBroker) -> None:
        self.events = events
        self.bell = LogBell()
        self.positions: dict[int, int] = {}
        """Place of each pending build in its host's queue, from 1."""
        self._cancelling: set[int] = set()
        self._unrecorded: dict[int, BuildSummary] = {}
        self._details: dict[int, str] = {}

    # Corrections

    def set_cancelling(self, build_id: int) -> None:
        """A cancel of a running build was asked for."""
        self._cancelling.add(build_id)

    def set_unrecorded(self, summary: BuildSummary) -> None:
        """The build has ended like this, which the store does not know yet."""
        self._unrecorded[summary.id] = summary

    def settled(self, build_id: int) -> None:
        """The store knows all about the build again."""
        self._cancelling.discard(build_id)
        self._unrecorded.pop(build_id, None)

    @property
    def unrecorded(self) -> int:
        """Ends of builds that could not be stored yet."""
        return len(self._unrecorded)

    def row(self, row: ImageRow) -> ImageRow:
        """A stored row as it is really."""
        if row.last_build_id is None:
            return row
        ended = self._unrecorded.get(row.last_build_id)
        if ended is not None:
            return replace(row, status=ended.state.image_status, status_detail="")
        if row.last_build_id in self._cancelling and row.status is ImageStatus.BUILDING:
            return replace(row, status_detail=CANCELLING)
        return row

    def rows(self, rows: Iterable[ImageRow]) -> list[ImageRow]:
        """Stored rows as they are really."""
        return [self.row(row) for row in rows]

    def record(self, record: ImageRecord) -> ImageRecord:
        """A stored record as it is really."""
        ended = self._unrecorded.get(record.last_build_id or 0)
        if ended is not None:
            return record.model_copy(update={"status": ended.state.image_status, "status_detail": ""})
        if record.last_build_id in self._cancelling and record.status is ImageStatus.BUILDING:
            return record.model_copy(update={"status_detail": CANCELLING})
        return record

    def summary(self, stored: B) -> B:
        """A stored build, or `Build` with all its members, as it is really."""
        ended = self._unrecorded.get(stored.id)
        if ended is None:
            place = self.positions.get(stored.id) if stored.state is BuildState.PENDING else None
            return stored.model_copy(update={"queue_position": place}) if place != stored.queue_position else stored
        kept = {name: getattr(ended, name) for name in BuildSummary.model_fields}
        return stored.model_copy(update=kept)

    # Events

    def tell_image(self, row: ImageRow, *, created: bool = False, reordered: bool = True) -> ImageRow:
        """Tell of a row; returns it as it is really."""
        row = self.row(row)
        self._details[row.id] = row.status_detail
        data = asdict(row) | {"status": row.status.value}
        self.events.publish_about(row.creator, ImageChanged(row=data, created=created, reordered=reordered))
        return row

    def tell_both(
        self, summary: BuildSummary, row: ImageRow, *, created: bool = False, reordered: bool = True
    ) -> ImageRow:
        """Tell of a build and of its image's row; returns the row as it is really."""
        self.tell_build(summary, row.creator)
        return self.tell_image(row, created=created, reordered=reordered)

    def tell_progress(self, summary: BuildSummary, row: ImageRow) -> None:
        """Tell of a running build that moved on; the row only when what it shows differs."""
        self.tell_build(summary, row.creator)
        if self._details.get(row.id) != self.row(row).status_detail:
            self.tell_image(row, reordered=False)

    def tell_image_deleted(self, row: ImageRow) -> None:
        """Tell that a record is gone."""
        self._details.pop(row.id, None)
        self.events.publish_about(row.creator, ImageDeleted(id=row.id, is_template=row.is_template))

    def tell_build(self, summary: BuildSummary, creator: str) -> None:
        """Tell of a build of an image of `creator`."""
        self.events.publish_about(creator, BuildChanged(build=self.summary(summary)))

    def tell_steps(self, summary: BuildSummary, creator: str, steps: list[Step], log_size: int, log_lines: int) -> None:
        """Tell which steps of a build of an image of `creator` changed."""
        event = StepsChanged(
            build_id=summary.id, image_id=summary.image_id, steps=steps, log_size=log_size, log_lines=log_lines
        )
        self.events.publish_about(creator, event)

    def tell_host(self, host: Host) -> None:
        """Tell every client of a host."""
        self.events.publish(HostChanged(host=host))

    def tell_host_deleted(self, host_id: int) -> None:
        """Tell every client that a host is gone."""
        self.events.publish(HostDeleted(id=host_id))
