"""The steps of a build: state, number, instruction, duration; one of them is selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.events import Click
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from trailer_tui.app.actions import bindings
from trailer_tui.app.widgets.step_rows import StepRow, step_rows
from trailer_tui.model.status import StepState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trailer_tui.model.build import Step


class StepList(ScrollView, can_focus=True):
    """Lists steps. The selection goes with the running step until the user moves it; `G` lets it go along again."""

    BINDINGS = bindings("steps")
    ALLOW_SELECT = False
    COMPONENT_CLASSES = {
        "step-list--selected",
        "step-list--running",
        "step-list--failed",
        "step-list--done",
        "step-list--quiet",
    }

    class Selected(Message):
        """Another step is selected."""

        def __init__(self, ordinal: int | None) -> None:
            super().__init__()
            self.ordinal = ordinal

    class Opened(Message):
        """The user wants to read the log of the selected step."""

    def __init__(self) -> None:
        super().__init__()
        self.selected: int | None = None
        """Ordinal of the selected step."""
        self.going_along = True
        """Whether the selection goes with the running step."""
        self._steps: list[Step] = []
        self._rows: list[StepRow] = []
        self._elapsed_ms: int | None = None

    @property
    def row_count(self) -> int:
        """Lines that the list needs."""
        return len(self._rows)

    def reset(self) -> None:
        """Forget the build that was shown."""
        self.selected, self.going_along = None, True
        self.set_steps([], None)

    def set_steps(self, steps: Sequence[Step], elapsed_ms: int | None) -> None:
        """Show `steps`, in order of their ordinals."""
        failed_before = any(step.state is StepState.FAILED for step in self._steps)
        self._steps = list(steps)
        self._elapsed_ms = elapsed_ms
        failed = next((step.ordinal for step in steps if step.state is StepState.FAILED), None)
        if failed is not None and not failed_before:
            self._select(failed)
        elif self.going_along and steps:
            self._select(_newest(steps))
        self._rebuild()

    def tick(self, elapsed_ms: int) -> None:
        """Time has passed: only running steps change."""
        self._elapsed_ms = elapsed_ms
        before, self._rows = self._rows, step_rows(self._steps, elapsed_ms)
        for y, (old, new) in enumerate(zip(before, self._rows, strict=False)):
            if old != new:
                self.refresh_line(y)

    def _rebuild(self) -> None:
        before, self._rows = self._rows, step_rows(self._steps, self._elapsed_ms)
        if len(before) != len(self._rows):
            self.set_reactive(Widget.virtual_size, Size(self.size.width, len(self._rows)))
            self._refresh_scrollbars()
            if self.show_vertical_scrollbar:
                self.vertical_scrollbar.window_virtual_size = len(self._rows)
            self.refresh()
        else:
            for y, (old, new) in enumerate(zip(before, self._rows, strict=True)):
                if old != new:
                    self.refresh_line(y)
        self._show_selected()

    def _select(self, ordinal: int | None) -> None:
        if ordinal != self.selected:
            self.selected = ordinal
            self.refresh()
            self.post_message(self.Selected(ordinal))

    def _show_selected(self) -> None:
        ends = [y for y, row in enumerate(self._rows) if row.ordinal == self.selected]
        height = self.size.height
        if ends and height:
            top = self.scroll_offset.y
            wanted = min(ends[0], max(top, ends[-1] - height + 1))
            if wanted != top:
                self.scroll_to(y=wanted, animate=False)

    # Keys and mouse

    def move(self, by: int) -> None:
        """Select another step."""
        ordinals = [step.ordinal for step in self._steps]
        if not ordinals:
            return
        at = ordinals.index(self.selected) if self.selected in ordinals else 0
        self.going_along = False
        self._select(ordinals[min(len(ordinals) - 1, max(0, at + by))])
        self._show_selected()

    def action_next(self) -> None:
        """Next step."""
        self.move(1)

    def action_previous(self) -> None:
        """Step before."""
        self.move(-1)

    def action_page_down(self) -> None:
        """One page down."""
        self.move(max(1, self.size.height - 1))

    def action_page_up(self) -> None:
        """One page up."""
        self.move(-max(1, self.size.height - 1))

    def action_first(self) -> None:
        """First step."""
        self.move(-len(self._steps))

    def action_last(self) -> None:
        """Last step; the selection goes along from now on."""
        self.move(len(self._steps))
        self.going_along = True
        if self._steps:
            self._select(_newest(self._steps))

    def action_open(self) -> None:
        """To the log of the selected step."""
        self.post_message(self.Opened())

    def on_click(self, event: Click) -> None:
        """Select the step under the pointer."""
        y = event.y + self.scroll_offset.y
        if 0 <= y < len(self._rows):
            self.going_along = False
            self._select(self._rows[y].ordinal)

    # Drawing

    def watch_has_focus(self, value: bool) -> None:
        """The selection looks different while the list has the keys."""
        super().watch_has_focus(value)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        width = self.scrollable_content_region.width
        at = y + self.scroll_offset.y
        if not 0 <= at < len(self._rows):
            return Strip.blank(width, self.rich_style)
        row = self._rows[at]
        style = self.get_component_rich_style(f"step-list--{_look(row)}")
        selected = row.ordinal == self.selected
        if selected:
            style += self.get_component_rich_style("step-list--selected", partial=True)
        bar = "▌" if selected and row.is_step else " "
        left = Strip([Segment(f"{bar}{row.left}", style)])
        room = width - len(row.right) - 1
        free = room - (1 if row.right else 0)
        if left.cell_length > free:
            left = Strip.join([left.crop(0, max(0, free - 1)), Strip([Segment("…", style)])])
        left = left.extend_cell_length(room, style)
        return Strip.join([left, Strip([Segment(f"{row.right} ", style)])]).crop_extend(0, width, style)


def _look(row: StepRow) -> str:
    match row.state:
        case StepState.RUNNING:
            return "running"
        case StepState.FAILED:
            return "failed"
        case StepState.DONE:
            return "done"
        case _:
            return "quiet"


def _newest(steps: Sequence[Step]) -> int:
    """The step that runs, else the last that began, else the first."""
    running = [step.ordinal for step in steps if step.state is StepState.RUNNING]
    begun = [step.ordinal for step in steps if step.state is not StepState.PENDING]
    return running[-1] if running else begun[-1] if begun else steps[0].ordinal
