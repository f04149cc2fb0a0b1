"""One action for many images: what it applies to, what is skipped and why."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from trailer_tui.model.actions import ImageAction, refusal_for
from trailer_tui.model.builtin import READ_ONLY
from trailer_tui.model.errors import TrailerError
from trailer_tui.model.identity import Actor
from trailer_tui.model.image import BatchOutcome, BatchSkip
from trailer_tui.model.rows import ImageRow
from trailer_tui.service.permissions import may_change


class Batch:
    """A batch over `ids`, of which `rows` exist for the actor."""

    def __init__(self, action: ImageAction, ids: Sequence[int], rows: Sequence[ImageRow], actor: Actor) -> None:
        self._eligible: list[ImageRow] = []
        self._skipped: list[BatchSkip] = []
        known = {row.id: row for row in rows}
        for image_id in dict.fromkeys(ids):
            row = known.get(image_id)
            if row is None:
                self._skip(image_id, f"image {image_id}", "it is no longer there")
            elif reason := _reason(action, row, actor):
                self._skip(row.id, row.name, reason)
            else:
                self._eligible.append(row)

    def planned(self) -> BatchOutcome:
        """What `run` would do."""
        return self._outcome(self._eligible)

    async def run(self, act: Callable[[ImageRow], Awaitable[object]]) -> BatchOutcome:
        """Act on each in turn; one that fails is skipped with its error, the rest goes on."""
        done: list[ImageRow] = []
        for row in self._eligible:
            try:
                await act(row)
            except TrailerError as error:
                self._skip(row.id, row.name, error.cause)
            else:
                done.append(row)
        return self._outcome(done)

    def _skip(self, image_id: int, name: str, reason: str) -> None:
        self._skipped.append(BatchSkip(id=image_id, name=name, reason=reason))

    def _outcome(self, done: Sequence[ImageRow]) -> BatchOutcome:
        return BatchOutcome(done=[row.id for row in done], names=[row.name for row in done], skipped=self._skipped)


def _reason(action: ImageAction, row: ImageRow, actor: Actor) -> str | None:
    if row.is_builtin:
        return READ_ONLY
    if not may_change(actor, row.creator):
        return f"only {row.creator} and administrators may change it"
    return refusal_for(action, row)
