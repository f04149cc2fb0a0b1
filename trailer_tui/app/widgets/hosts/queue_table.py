"""The builds that run and wait on one host, in the order in which they will run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text
from textual import events, on
from textual.message import Message
from textual.widgets import DataTable

from trailer_tui.app.actions import bindings
from trailer_tui.app.builds.wording import clock
from trailer_tui.app.hosts.wording import lasting
from trailer_tui.app.records.fitting import fit
from trailer_tui.app.widgets.hosts.steady_table import SteadyTable
from trailer_tui.humanize import ordinal
from trailer_tui.model.status import BuildState

if TYPE_CHECKING:
    from trailer_tui.model.build import BuildSummary

_FIXED = (("Place", 9), ("Build", 6), ("Requested by", 12), ("Time", 8))
_PADDING = 2


class QueueTable(SteadyTable, inherit_bindings=False):
    """One build a row: running ones first, then the queue. The cursor stays on its build.

    When that build is gone no other is selected until a key or click asks for one: a second press of the same key
    would act on a build that nobody chose.
    """

    BINDINGS = bindings("queue")

    class Revealed(Message):
        """A build is chosen again."""

    @dataclass
    class Opened(Message):
        """The user wants to see the build's log."""

        build: BuildSummary

    @dataclass
    class MoveWanted(Message):
        """The user wants the queued build on another host."""

        build: BuildSummary

    @dataclass
    class CancelWanted(Message):
        """The user wants the build to end."""

        build: BuildSummary

    def __init__(self) -> None:
        super().__init__(cursor_type="row", zebra_stripes=False)
        self.builds: list[BuildSummary] = []
        self._now = 0.0
        self._texts_width = (0, 0)
        self._titles: list[str] = []

    def show(self, builds: Sequence[BuildSummary], now: float) -> None:
        """Show these builds, in this order, as of `now` in seconds since the epoch."""
        ids = [build.id for build in self.builds]
        self.builds, self._now = list(builds), now
        if not self._texts_width[0]:
            return  # the first resize adds the columns and then every build
        if ids == [build.id for build in builds]:
            self._renew()
        else:
            self._fill(ids)

    @property
    def selected(self) -> BuildSummary | None:
        """The build under the cursor; None while none is chosen."""
        at = self.cursor_row
        return self.builds[at] if self.show_cursor and 0 <= at < len(self.builds) else None

    def on_resize(self, event: events.Resize) -> None:
        """Names and reasons share what the other columns leave."""
        left = event.size.width - 1 - sum(width + _PADDING for _, width in _FIXED) - 2 * _PADDING
        image = max(12, left // 2)
        widths = (image, max(12, left - image))
        if widths != self._texts_width:
            self._texts_width = widths
            self._fill([build.id for build in self.builds])

    def _fill(self, ids_before: Sequence[int]) -> None:
        row = self.cursor_row
        selected = ids_before[row] if 0 <= row < len(ids_before) else None
        if selected is not None and selected not in [build.id for build in self.builds]:
            self.show_cursor = False
        self.clear(columns=True)
        place, number, who, time = _FIXED
        image, reason = self._texts_width
        columns = (place, ("Image", image), number, who, time, ("State", reason))
        self._titles = [title for title, _ in columns]
        for title, width in columns:
            self.add_column(title, width=width, key=title)
        for build in self.builds:
            self.add_row(*self._cells(build), key=str(build.id))
        ids = [build.id for build in self.builds]
        self.move_cursor(row=ids.index(selected) if selected in ids else min(row, max(0, len(ids) - 1)))

    def _reveal(self) -> bool:
        """Show the cursor again at its place; whether it was hidden."""
        was_hidden, self.show_cursor = not self.show_cursor, True
        if was_hidden:
            self.post_message(self.Revealed())
        return was_hidden

    def action_cursor_down(self) -> None:
        """Next build."""
        if not self._reveal():
            super().action_cursor_down()

    def action_cursor_up(self) -> None:
        """Build before."""
        if not self._reveal():
            super().action_cursor_up()

    def action_page_down(self) -> None:
        """One page down."""
        self._reveal()
        super().action_page_down()

    def action_page_up(self) -> None:
        """One page up."""
        self._reveal()
        super().action_page_up()

    def action_scroll_top(self) -> None:
        """First build."""
        self._reveal()
        super().action_scroll_top()

    def action_scroll_bottom(self) -> None:
        """Last build."""
        self._reveal()
        super().action_scroll_bottom()

    def on_mouse_down(self) -> None:
        """A click chooses."""
        self._reveal()

    def _renew(self) -> None:
        for build in self.builds:
            for title, cell in zip(self._titles, self._cells(build), strict=True):
                self.put_cell(str(build.id), title, cell)

    def _cells(self, build: BuildSummary) -> list[Text]:
        image, reason = self._texts_width
        texts = (
            (place_words(build), 9),
            (build.image_name, image),
            (f"{build.number}", 6),
            (build.requested_by, 12),
            (time_words(build, self._now), 8),
            (state_words(build), reason),
        )
        return [Text(fit(text, width), no_wrap=True) for text, width in texts]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What applies to the build under the cursor."""
        build = self.selected
        if action == "move":
            return build is not None and build.state is BuildState.PENDING
        return build is not None if action in ("open", "cancel") else True

    def action_open(self) -> None:
        """Steps and log."""
        if self.selected is not None:
            self.post_message(self.Opened(self.selected))

    @on(DataTable.RowSelected)
    def open_clicked(self, event: DataTable.RowSelected) -> None:
        """A second click opens."""
        event.stop()
        self.action_open()

    def action_move(self) -> None:
        """To another host."""
        if self.selected is not None:
            self.post_message(self.MoveWanted(self.selected))

    def action_cancel(self) -> None:
        """End it."""
        if self.selected is not None:
            self.post_message(self.CancelWanted(self.selected))


def place_words(build: BuildSummary) -> str:
    """`◐ running`, or the place in the queue: `· 2nd`."""
    if build.state is BuildState.RUNNING:
        return f"{build.state.symbol} running"
    place = ordinal(build.queue_position) if build.queue_position else "waits"
    return f"{build.state.symbol} {place}"


def time_words(build: BuildSummary, now: float) -> str:
    """How long it runs, `01:32`, or waits, `2 min`."""
    if build.started_at is not None:
        return clock(now - build.started_at.timestamp())
    return lasting(build.created_at, now)


def state_words(build: BuildSummary) -> str:
    """How far it is, or why it waits; a push says that it is one."""
    kind = "push, " if build.kind.value == "push" else ""
    if build.state is BuildState.RUNNING:
        steps = f"step {build.steps_done}/{build.steps_total}" if build.steps_total else "building"
        return f"{kind}{steps}"
    return f"{kind}{build.waiting_reason or 'waits for a free place'}"
