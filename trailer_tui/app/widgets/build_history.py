"""The builds of one image, newest first, read page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from textual.events import Click
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from trailer_tui.app.actions import bindings
from trailer_tui.humanize import duration, size
from trailer_tui.model.build import BuildKind
from trailer_tui.model.status import BuildState
from trailer_tui.printable import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trailer_tui.model.build import BuildSummary

_HEADER = f"  {'Build':>6}  {'Result':<14}{'Started':<21}{'Duration':>9}{'Size':>11}  Requested by"


def history_line(build: BuildSummary) -> str:
    """One build as a line under the header."""
    started = build.started_at.astimezone().strftime("%Y-%m-%d %H:%M:%S") if build.started_at else "—"
    took = duration(build.seconds) if build.seconds is not None else "—"
    large = size(build.size) if build.size is not None else "—"
    kept = "" if build.log_kept else "  (log removed)"
    result = f"{build.state.symbol} {build.state.label}"
    kept = f"  (push only){kept}" if build.kind is BuildKind.PUSH else kept
    who = printable(build.requested_by)
    return f"{build.number:>6}  {result:<14}{started:<21}{took:>9}{large:>11}  {who}{kept}"


class BuildHistory(ScrollView, can_focus=True):
    """Lists builds; `Opened` on enter, `MoreWanted` when the cursor comes near the last one that was read."""

    BINDINGS = bindings("history")
    ALLOW_SELECT = False
    COMPONENT_CLASSES = {
        "build-history--header",
        "build-history--cursor",
        "build-history--failed",
        "build-history--running",
        "build-history--quiet",
    }

    class Opened(Message):
        """The user wants to see a build."""

        def __init__(self, build_id: int) -> None:
            super().__init__()
            self.build_id = build_id

    class Highlighted(Message):
        """The cursor is on another build."""

        def __init__(self, build_id: int) -> None:
            super().__init__()
            self.build_id = build_id

    class MoreWanted(Message):
        """Older builds than these are wanted."""

        def __init__(self, before: int) -> None:
            super().__init__()
            self.before = before

    def __init__(self) -> None:
        super().__init__()
        self.builds: list[BuildSummary] = []
        self.exhausted = False
        """Whether there are no older builds."""
        self._selected: int | None = None

    @property
    def selected(self) -> BuildSummary | None:
        """The build under the cursor."""
        return next((build for build in self.builds if build.id == self._selected), None)

    def add(self, builds: Sequence[BuildSummary]) -> None:
        """Add builds, or renew those that are here; the cursor stays on its build."""
        known = {build.id: build for build in self.builds} | {build.id: build for build in builds}
        at_newest = not self.builds or self._selected == self.builds[0].id
        self.builds = sorted(known.values(), key=lambda build: -build.number)
        if self.builds and (self._selected is None or (at_newest and not self.has_focus)):
            self._selected = self.builds[0].id
        self.virtual_size = Size(self.size.width, len(self.builds) + 1)
        self.refresh()

    def move(self, by: int) -> None:
        """Move the cursor."""
        if not self.builds:
            return
        ids = [build.id for build in self.builds]
        at = ids.index(self._selected) if self._selected in ids else 0
        at = min(len(ids) - 1, max(0, at + by))
        if ids[at] != self._selected:
            self._selected = ids[at]
            self.post_message(self.Highlighted(ids[at]))
        top, height = self.scroll_offset.y, self.size.height - 1
        self.scroll_to(y=min(at, max(top, at - height + 1)), animate=False)
        if at >= len(ids) - 10 and not self.exhausted:
            self.post_message(self.MoreWanted(self.builds[-1].number))
        self.refresh()

    def action_next(self) -> None:
        """Next build."""
        self.move(1)

    def action_previous(self) -> None:
        """Build before."""
        self.move(-1)

    def action_page_down(self) -> None:
        """One page down."""
        self.move(max(1, self.size.height - 2))

    def action_page_up(self) -> None:
        """One page up."""
        self.move(-max(1, self.size.height - 2))

    def action_first(self) -> None:
        """Newest build."""
        self.move(-len(self.builds))

    def action_last(self) -> None:
        """Oldest build that was read."""
        self.move(len(self.builds))

    def action_open(self) -> None:
        """Show the build."""
        if self._selected is not None:
            self.post_message(self.Opened(self._selected))

    def on_click(self, event: Click) -> None:
        """Move to the build under the pointer; a second click opens it."""
        at = event.y - 1 + self.scroll_offset.y
        if event.y > 0 and 0 <= at < len(self.builds):
            if self.builds[at].id == self._selected:
                self.action_open()
            else:
                self.move(at - [build.id for build in self.builds].index(self._selected or self.builds[0].id))

    def render_line(self, y: int) -> Strip:
        """The header, then one build a line."""
        width = self.scrollable_content_region.width
        if y == 0:
            style = self.get_component_rich_style("build-history--header")
            return Strip([Segment(_HEADER, style)]).crop_extend(0, width, style)
        at = y - 1 + self.scroll_offset.y
        if at >= len(self.builds):
            text = "  Never built." if not self.builds and y == 1 and self.exhausted else ""
            return Strip([Segment(text, self.rich_style)]).crop_extend(0, width, self.rich_style)
        build = self.builds[at]
        style = self._style(build.state)
        selected = build.id == self._selected
        if selected:
            style += self.get_component_rich_style("build-history--cursor", partial=True)
        line = Strip([Segment(f"{'▌' if selected else ' '} {history_line(build)}", style)])
        if line.cell_length > width:
            line = Strip.join([line.crop(0, width - 1), Strip([Segment("…", style)])])
        return line.crop_extend(0, width, style)

    def _style(self, state: BuildState) -> Style:
        match state:
            case BuildState.FAILED:
                return self.get_component_rich_style("build-history--failed")
            case BuildState.RUNNING | BuildState.PENDING:
                return self.get_component_rich_style("build-history--running")
            case BuildState.FINISHED:
                return self.rich_style
            case _:
                return self.get_component_rich_style("build-history--quiet")
