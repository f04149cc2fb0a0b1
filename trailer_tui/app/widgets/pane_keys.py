"""What the keys of the build pane do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical

from trailer_tui.app.actions import bindings
from trailer_tui.app.widgets.log_strips import Gutter
from trailer_tui.app.widgets.pane_exports import copy_from_pane, save_log

if TYPE_CHECKING:
    from trailer_tui.app.builds.live_build import LiveBuild
    from trailer_tui.app.widgets.log_panel import LogPanel
    from trailer_tui.app.widgets.step_list import StepList

_LOG_ACTIONS = frozenset({"follow", "search", "filter", "wrap", "times", "save"})


class PaneKeys(Vertical):
    """Steps and log of one build with the keys that work on them."""

    BINDINGS = bindings("pane")

    def __init__(self, steps: StepList, log_panel: LogPanel) -> None:
        super().__init__()
        self.steps = steps
        self.log_panel = log_panel
        self.build: LiveBuild | None = None
        """The build that is shown."""
        self.all_steps = False
        """Whether the log shows all steps instead of the selected one."""
        self.steps_hidden = False

    def show_parts(self) -> None:
        """Show what there is."""
        raise NotImplementedError

    def show_log_of_selected(self) -> None:
        """Let the log show the selected step, or all."""
        raise NotImplementedError

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys apply when there is something for them."""
        if action == "clear":
            return self.log_panel.has_query
        if action in ("next_match", "previous_match"):
            return self.log_panel.has_search
        if action in ("steps", "all_steps"):
            return self.build is not None and bool(self.build.steps)
        if action in _LOG_ACTIONS:
            return self.log_panel.reader is not None
        if action == "copy":
            return self.build is not None
        return True

    def action_label(self, action: str) -> str | None:
        """What a key does now."""
        if action == "all_steps" and self.all_steps:
            return "One step"
        if action == "follow" and self.log_panel.view.follow:
            return "Unfollow"
        return None

    def action_follow(self) -> None:
        """Follow the newest lines, or stop."""
        self.log_panel.view.set_follow(not self.log_panel.view.follow)
        if self.log_panel.view.follow:
            self.steps.going_along = True
        self.refresh_bindings()

    def action_search(self) -> None:
        """Type what to search."""
        self.log_panel.ask("/")

    def action_filter(self) -> None:
        """Type what to show."""
        self.log_panel.ask("&")

    def action_next_match(self) -> None:
        """Next match."""
        self.log_panel.next_match(1)

    def action_previous_match(self) -> None:
        """Match before."""
        self.log_panel.next_match(-1)

    def action_clear(self) -> None:
        """Clear the search, then the filter."""
        self.log_panel.clear()
        self.refresh_bindings()

    def action_all_steps(self) -> None:
        """All steps, or the selected one."""
        self.all_steps = not self.all_steps
        self.show_log_of_selected()
        self.refresh_bindings()

    def action_wrap(self) -> None:
        """Wrap long lines, or not."""
        self.log_panel.view.set_wrap(not self.log_panel.view.wrap)

    def action_times(self) -> None:
        """Elapsed time before every line, or not."""
        gutter = self.log_panel.view.margin_shown
        self.log_panel.view.set_gutter(Gutter(not gutter.times, gutter.steps))

    def action_steps(self) -> None:
        """Hide the steps, or show them."""
        self.steps_hidden = not self.steps_hidden
        if self.steps_hidden and self.steps.has_focus:
            self.log_panel.view.focus()
        self.show_parts()

    def action_save(self) -> None:
        """Save the whole log."""
        if self.build is not None:
            save_log(self, self.build)

    async def action_copy(self) -> None:
        """Copy the selection, the error, or what is shown."""
        if self.build is not None:
            await copy_from_pane(self, self.build)
