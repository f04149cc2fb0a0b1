"""The build pane: the steps of a build and its log, live, with a failure pinned above both."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.events import Resize
from textual.message import Message
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Static

from trailer_tui import locations
from trailer_tui.app.actions import bindings
from trailer_tui.app.builds.live_build import LiveBuild
from trailer_tui.app.builds.wording import failure_lines, outcome, title_parts
from trailer_tui.app.log.reader import LogExtent
from trailer_tui.app.log.spool import SpoolState
from trailer_tui.app.session import Session
from trailer_tui.app.widgets.log_panel import LogPanel
from trailer_tui.app.widgets.log_strips import Gutter
from trailer_tui.app.widgets.log_view import LogView
from trailer_tui.app.widgets.pane_exports import copy_from_pane, save_log
from trailer_tui.app.widgets.step_list import StepList
from trailer_tui.model.errors import NotFound, ServerUnavailable, TrailerError
from trailer_tui.model.status import BuildState
from trailer_tui.printable import printable

if TYPE_CHECKING:
    from trailer_tui.model.events import Event
    from trailer_tui.model.rows import ImageRow

NARROW = 100
"""Below this many columns the steps stand above the log instead of beside it."""
_RETRY_SECONDS = 2.0


class SessionLogs:
    """The log calls of whatever client the session has at the moment."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def log(self, build_id: int, *, offset: int = 0, follow: bool = False) -> AsyncIterator[bytes]:
        """The log's bytes from `offset`."""
        async for chunk in self._session.client.log(build_id, offset=offset, follow=follow):
            yield chunk


class BuildPane(Vertical):
    """Shows one build; does nothing while it cannot be seen."""

    BINDINGS = bindings("pane")

    class Shown(Message):
        """Another build is shown, or its state changed."""

        def can_replace(self, message: Message) -> bool:
            """Only the newest counts."""
            return isinstance(message, BuildPane.Shown)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.build: LiveBuild | None = None
        """The build that is shown."""
        self.all_steps = False
        self._image_id: int | None = None
        self._wanted: int | None = None
        """Id of the build to show."""
        self._empty = "No image is selected."
        self._open_log: tuple[int, bool] | None = None
        self._flush: Timer | None = None
        self._second: Timer | None = None
        self._retry: Timer | None = None
        self._events: list[Event] = []
        self._steps_hidden = False
        self._is_focus_wanted = False
        self.steps = StepList()
        self.log_panel = LogPanel(SessionLogs(session), locations.cache_folder() / "logs", session.refresh_seconds)

    def compose(self) -> ComposeResult:
        yield Static("", id="build-title", markup=False)
        yield Static("", id="build-notice", markup=False)
        yield Static("", id="build-empty", markup=False)
        with Container(id="build-body"):
            yield self.steps
            yield self.log_panel

    def on_mount(self) -> None:
        """Follow the server, and notice when the pane is covered or uncovered."""
        self.session.events.subscribe(self, self._take_event, immediate=True)
        self.app.screen_change_signal.subscribe(self, self._screen_changed)
        self._show_parts()

    async def on_unmount(self) -> None:
        """Give the log's copy back."""
        await self.log_panel.close()

    # What to show

    def show_image(self, row: ImageRow | None) -> None:
        """Show the last build of an image, now and whenever it gets a newer one; None shows nothing."""
        self._image_id = row.id if row is not None else None
        if row is None:
            self.show_nothing("No image is selected.")
        elif row.last_build_id is None:
            self.show_nothing("Never built. Press b in the list to build it.")
        else:
            self._want(row.last_build_id)

    def show_build(self, build_id: int) -> None:
        """Show one build, and stay with it."""
        self._image_id = None
        self._want(build_id)

    def focus_log(self) -> None:
        """Give the keys to the log, as soon as there is one."""
        self._is_focus_wanted = True
        self._focus_if_wanted()

    def _focus_if_wanted(self) -> None:
        if self._is_focus_wanted and self.build is not None and self.log_panel.display:
            self._is_focus_wanted = False
            self.call_after_refresh(self.log_panel.view.focus)

    def show_nothing(self, why: str) -> None:
        self._wanted, self.build, self._empty = None, None, why
        self._close_log()
        self.steps.reset()
        self._show_parts()

    def _want(self, build_id: int) -> None:
        if build_id == self._wanted:
            return
        self._wanted = build_id
        if self.is_seen:
            self._load()

    @property
    def is_seen(self) -> bool:
        """Whether the pane is on the screen, perhaps behind a dialog."""
        if not self.is_attached or not self.is_mounted or not self.size:
            return False
        covering = self.app.screen_stack[::-1]
        for screen in covering:
            if screen is self.screen:
                return all(node.display for node in self.ancestors_with_self if hasattr(node, "display"))
            if not screen.is_modal:
                return False
        return False

    def _screen_changed(self, _screen: Screen[object]) -> None:
        self._seen_or_not()

    def on_show(self) -> None:
        """The pane came on the screen."""
        self._seen_or_not()

    def on_hide(self) -> None:
        """The pane left the screen."""
        self._seen_or_not()

    def _seen_or_not(self) -> None:
        if self.is_seen:
            if self._wanted is not None and (self.build is None or self.build.id != self._wanted or not self._open_log):
                self._load()
        elif self._second is not None:
            self._second.stop()
            self._second = None

    # Reading from the server

    def _in_background(self, work: Callable[[], Awaitable[None]], group: str) -> None:
        self.run_worker(work, group=group, exclusive=True, exit_on_error=False)

    def _load(self) -> None:
        if self._wanted is not None:
            self._in_background(partial(self._read, self._wanted), "build-pane")

    async def _read(self, build_id: int) -> None:
        try:
            build = await self.session.client.build(build_id)
        except NotFound:
            self.show_nothing("This build is gone.")
            return
        except ServerUnavailable as error:
            if self.build is None:
                self._empty = f"The server is away: {printable(error.cause)}"
                self._show_parts()
            self._retry = self.set_timer(_RETRY_SECONDS, self._load)
            return
        except TrailerError as error:
            self.show_nothing(printable(f"{error.title}: {error.cause}"))
            return
        if build_id != self._wanted:
            return
        is_other = self.build is None or self.build.id != build.id
        self.build = LiveBuild(build)
        if is_other:
            self.steps.reset()
            self.all_steps = not build.state.is_active and build.failure is None
            self._close_log()
        self._refresh_build()
        await self._follow_log()

    async def _follow_log(self) -> None:
        """Open the log once there is one."""
        build = self.build
        if build is None or not build.has_log or self._open_log == (build.id, True):
            return
        self._open_log = (build.id, True)
        summary = build.summary
        extent = LogExtent(build.id, not summary.state.is_active, summary.log_size, summary.log_lines)
        await self.log_panel.open(extent)
        self._show_log_of_selected()

    def _close_log(self) -> None:
        if self._open_log is not None:
            self._open_log = None
            self._in_background(self.log_panel.close, "build-log")

    # Events

    def _take_event(self, event: Event) -> None:
        """Note what concerns this pane; it is shown at most once per `refresh_seconds`."""
        match event.event:
            case "steps":
                concerns = event.build_id == self._wanted
            case "build":
                concerns = event.build.id == self._wanted or event.build.image_id == self._image_id
            case "hello" | "resync":
                concerns = self._wanted is not None
            case "image_deleted":
                concerns = self.build is not None and event.id == self.build.summary.image_id
            case _:
                concerns = False
        if not concerns:
            return
        self._events.append(event)
        if self._flush is None:
            self._flush = self.set_timer(self.session.refresh_seconds, self._apply_events)

    async def _apply_events(self) -> None:
        self._flush = None
        events, self._events = self._events, []
        again = False
        for event in events:
            match event.event:
                case "steps" if self.build is not None and self.build.id == event.build_id:
                    self.build.take_steps(event.steps)
                case "build":
                    again = self._take_build(event.build.id, event) or again
                case "hello" | "resync":
                    again = True
                case "image_deleted":
                    self.show_nothing("The image was deleted.")
                    return
        if again and self.is_seen:
            self._load()
        elif self.build is not None and self.is_seen:
            self._refresh_build()
            await self._follow_log()

    def _take_build(self, build_id: int, event: Event) -> bool:
        """Take a build's new state; returns whether the pane has to read again."""
        assert event.event == "build"
        if self.build is not None and build_id == self.build.id:
            was_active = self.build.summary.state.is_active
            started = self.build.summary.started_at is None and event.build.started_at is not None
            self.build.take_summary(event.build)
            if was_active and event.build.state is BuildState.FINISHED and self.steps.going_along:
                self.all_steps = True  # the last step is the tag, whose log says little
            return started or (was_active and not event.build.state.is_active)
        if self._image_id is not None and event.build.image_id == self._image_id and build_id > (self._wanted or 0):
            self._wanted = build_id
            return True
        return build_id == self._wanted

    # Showing

    def _now(self) -> float:
        return self.session.clock()

    def _refresh_build(self) -> None:
        build = self.build
        if build is None:
            return
        self.steps.set_steps(build.steps, build.elapsed_ms(self._now()))
        if self._open_log is not None:
            self._show_log_of_selected()
        self._show_parts()
        if build.is_running and self._second is None and self.is_seen:
            self._second = self.set_interval(1.0, self._tick)
        elif not build.is_running and self._second is not None:
            self._second.stop()
            self._second = None

    def _tick(self) -> None:
        if self.build is None or not self.is_seen:
            return
        elapsed = self.build.elapsed_ms(self._now())
        if elapsed is not None:
            self.steps.tick(elapsed)
            self._show_title()

    def _show_parts(self) -> None:
        if not self.is_mounted:
            return
        build = self.build
        empty = self._empty if build is None else self._why_no_log(build)
        self.query_one("#build-empty", Static).update(empty)
        self.query_one("#build-empty").display = bool(empty)
        has_steps = build is not None and bool(build.steps)
        self.query_one("#build-body").display = build is not None and (not empty or has_steps)
        self.log_panel.display = not empty
        self.steps.display = has_steps and not self._steps_hidden
        self._show_title()
        self._show_notice()
        self._arrange()
        self._focus_if_wanted()
        self.post_message(self.Shown())
        self.refresh_bindings()

    def _why_no_log(self, build: LiveBuild) -> str:
        if build.summary.started_at is None:
            return "" if build.summary.state.is_active is False else "Nothing to read yet: the build has not started."
        if not build.summary.log_kept:
            return "The log of this build was removed: only the newest logs of an image are kept."
        reader = self.log_panel.reader
        if reader is not None and reader.spool.state is SpoolState.REMOVED:
            return "The server has no log of this build."
        return ""

    def _show_title(self) -> None:
        title = self.query_one("#build-title", Static)
        title.display = self.build is not None
        if self.build is None:
            return
        parts = title_parts(self.build.summary, datetime.fromtimestamp(self._now(), UTC))
        width = self.size.width
        text = f"── {' ─ '.join(parts)} "
        while len(parts) > 2 and len(text) > width:
            parts.pop()
            text = f"── {' ─ '.join(parts)} "
        right = " follow ──" if self.build.is_running and self.log_panel.view.follow else ""
        title.update(text + "─" * max(0, width - len(text) - len(right)) + right, layout=False)

    def _show_notice(self) -> None:
        notice = self.query_one("#build-notice", Static)
        build = self.build
        lines: list[str] = []
        if build is not None:
            failure = build.summary.failure
            if failure is not None:
                step = build.failed_step
                line = _line_text(build, failure.line)
                shown = failure if not line else failure.model_copy(update={"instruction": line})
                lines = failure_lines(shown, step, last_lines=2 if self.size.height < 26 else 6)
            else:
                lines = outcome(build.summary)
        notice.display = bool(lines)
        notice.set_class(build is not None and build.summary.failure is not None, "-failed")
        notice.update("\n".join(lines))

    def _arrange(self) -> None:
        narrow = self.size.width < NARROW
        self.set_class(narrow, "-narrow")
        if narrow:
            most = max(3, (self.size.height - 4) // 3)
            self.steps.styles.height = min(max(1, self.steps.row_count), most)
        else:
            self.steps.styles.height = None

    def on_resize(self, event: Resize) -> None:
        """Steps beside the log, or above it."""
        self._show_parts()
        self._seen_or_not()

    # Steps and log

    @on(StepList.Selected)
    def _step_selected(self, event: StepList.Selected) -> None:
        event.stop()
        self._show_log_of_selected()

    @on(StepList.Opened)
    def _step_opened(self) -> None:
        self.all_steps = False
        self._show_log_of_selected()
        self.log_panel.view.focus()

    @on(LogPanel.StateChanged)
    def _log_state_changed(self) -> None:
        self._show_parts()

    @on(LogView.Moved)
    def _log_moved(self) -> None:
        self._show_title()

    def _show_log_of_selected(self) -> None:
        build = self.build
        if build is None:
            return
        step = None if self.all_steps else build.step(self.steps.selected)
        if step is None:
            self.log_panel.show_step(None, "all steps")
            labels = tuple((each.ordinal, str(each.number)) for each in build.steps if each.number is not None)
            self.log_panel.label_steps(labels)
        else:
            name = step.phase.label if step.number is None else f"step {step.number}/{step.total or '?'}"
            self.log_panel.show_step(step.ordinal, name)
            self.log_panel.label_steps(())

    # Keys

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
        self._show_log_of_selected()
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
        self._steps_hidden = not self._steps_hidden
        if self._steps_hidden and self.steps.has_focus:
            self.log_panel.view.focus()
        self._show_parts()

    def action_save(self) -> None:
        """Save the whole log."""
        if self.build is not None:
            save_log(self, self.build)

    async def action_copy(self) -> None:
        """Copy the selection, the error, or what is shown."""
        if self.build is not None:
            await copy_from_pane(self, self.build)


_LOG_ACTIONS = frozenset({"follow", "search", "filter", "wrap", "times", "save"})


def _line_text(build: LiveBuild, line: int | None) -> str:
    lines = (build.dockerfile or "").split("\n")
    return lines[line - 1].strip() if line is not None and 0 < line <= len(lines) else ""
