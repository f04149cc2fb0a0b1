"""The build pane: the steps of a build and its log, live, with a failure pinned above both."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.events import Resize
from textual.message import Message
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Static

from trailer_tui import locations
from trailer_tui.app.builds.build_news import BuildNews
from trailer_tui.app.builds.live_build import LiveBuild
from trailer_tui.app.builds.wording import HINT, fitted, notice_lines, title_line
from trailer_tui.app.log.reader import LogExtent
from trailer_tui.app.log.session_logs import SessionLogs
from trailer_tui.app.log.spool import SpoolState
from trailer_tui.app.session import Session
from trailer_tui.app.widgets.log_panel import LogPanel
from trailer_tui.app.widgets.log_view import LogView
from trailer_tui.app.widgets.pane_keys import PaneKeys
from trailer_tui.app.widgets.step_list import StepList
from trailer_tui.model.errors import NotFound, ServerUnavailable, TrailerError
from trailer_tui.model.status import BuildState
from trailer_tui.printable import printable

if TYPE_CHECKING:
    from trailer_tui.model.events import Event
    from trailer_tui.model.rows import ImageRow

NARROW = 100
"""Below this many columns the steps stand above the log instead of beside it."""
LOW = 30
"""Below this many lines the notice cuts its lines, marked, instead of wrapping them."""
_RETRY_SECONDS = 2.0


class BuildPane(PaneKeys):
    """Shows one build; does nothing while it cannot be seen."""

    class Shown(Message):
        """Another build is shown, or its state changed."""

        def can_replace(self, message: Message) -> bool:
            """Only the newest counts."""
            return isinstance(message, BuildPane.Shown)

    def __init__(self, session: Session) -> None:
        logs = LogPanel(SessionLogs(session), locations.cache_folder() / "logs", session.refresh_seconds)
        super().__init__(StepList(), logs)
        self.session = session
        self._image_id: int | None = None
        self._wanted: int | None = None
        """Id of the build to show."""
        self._empty = "No image is selected."
        self._open_log: tuple[int, bool] | None = None
        self._flush: Timer | None = None
        self._second: Timer | None = None
        self._retry: Timer | None = None
        self._news = BuildNews()
        self._is_stale = False
        """Whether something happened while the pane could not be seen."""
        self._is_focus_wanted = False

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
        self.show_parts()

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
        self.show_parts()

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
            is_other = self.build is None or self.build.id != self._wanted
            if self._wanted is not None and (is_other or self._is_stale):
                self._load()
            elif self.build is not None and self._second is None:
                self._refresh_build()
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
                self.show_parts()
            self._retry = self.set_timer(_RETRY_SECONDS, self._load)
            return
        except TrailerError as error:
            self.show_nothing(printable(f"{error.title}: {error.cause}"))
            return
        if build_id != self._wanted:
            return
        self._is_stale = False
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
        self.show_log_of_selected()

    def _close_log(self) -> None:
        if self._open_log is not None:
            self._open_log = None
            self._in_background(self.log_panel.close, "build-log")

    # Events

    def _take_event(self, event: Event) -> None:
        """Note what concerns this pane; it is shown at most once per `refresh_seconds`."""
        image_id = self.build.summary.image_id if self.build is not None else None
        concerns = self._news.take(event, build_id=self._wanted, image_id=image_id, tracked_image=self._image_id)
        if concerns and self._flush is None:
            self._flush = self.set_timer(self.session.refresh_seconds, self._apply_news)

    async def _apply_news(self) -> None:
        self._flush = None
        news, self._news = self._news, BuildNews()
        if news.image_deleted:
            self.show_nothing("The image was deleted.")
            return
        if news.newer_build is not None:
            self._wanted = news.newer_build
        build = self.build
        again = news.resync or build is None or build.id != self._wanted
        if build is not None and build.id == self._wanted:
            was_active = build.summary.state.is_active
            again = news.apply_to(build) or again
            if was_active and build.summary.state is BuildState.FINISHED and self.steps.going_along:
                self.all_steps = True  # the last step is the tag, whose log says little
        if not self.is_seen:
            self._is_stale = True
        elif again:
            self._load()
        else:
            self._refresh_build()
            await self._follow_log()

    # Showing

    def _now(self) -> float:
        return self.session.clock()

    def _refresh_build(self) -> None:
        build = self.build
        if build is None:
            return
        self.steps.set_steps(build.steps, build.elapsed_ms(self._now()))
        if self._open_log is not None:
            self.show_log_of_selected()
        self.show_parts()
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

    def show_parts(self) -> None:
        """Show what there is: title, notice, steps, log."""
        if not self.is_mounted:
            return
        build = self.build
        empty = self._why_empty()
        self.query_one("#build-empty", Static).update(empty)
        self.query_one("#build-empty").display = bool(empty)
        has_steps = build is not None and bool(build.steps)
        self.query_one("#build-body").display = build is not None and (not empty or has_steps)
        if empty and self.log_panel.view.has_focus:
            self._is_focus_wanted = True  # what hides loses the focus; the next log gets it back
        self.log_panel.display = not empty
        self.steps.display = has_steps and not self.steps_hidden
        self._show_title()
        self._show_notice()
        self._arrange()
        self._focus_if_wanted()
        self.post_message(self.Shown())
        self.refresh_bindings()

    def _why_empty(self) -> str:
        if self.build is None:
            return self._empty
        reader = self.log_panel.reader
        if reader is not None and reader.spool.state is SpoolState.REMOVED:
            return "The server has no log of this build."
        return self.build.why_no_log

    def _show_title(self) -> None:
        title = self.query_one("#build-title", Static)
        build = self.build
        title.display = build is not None
        if build is not None:
            note = "follow" if build.is_running and self.log_panel.view.follow else ""
            now = datetime.fromtimestamp(self._now(), UTC)
            text = title_line(build.summary, build.running_step, now, width=self.size.width, note=note)
            title.update(text, layout=False)

    def _show_notice(self) -> None:
        notice = self.query_one("#build-notice", Static)
        build = self.build
        is_low = self.size.height < LOW
        lines = notice_lines(build, last_lines=2 if is_low else 6) if build is not None else []
        if is_low:
            lines = [line if line.startswith(HINT) else fitted(line, self.size.width - 2) for line in lines]
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
        self.show_parts()
        self._seen_or_not()

    # Steps and log

    @on(StepList.Selected)
    def _step_selected(self, event: StepList.Selected) -> None:
        event.stop()
        self.show_log_of_selected()

    @on(StepList.Opened)
    def _step_opened(self) -> None:
        self.all_steps = False
        self.show_log_of_selected()
        self.log_panel.view.focus()

    @on(LogPanel.StateChanged)
    def _log_state_changed(self) -> None:
        self.show_parts()

    @on(LogView.Moved)
    def _log_moved(self) -> None:
        self._show_title()

    def show_log_of_selected(self) -> None:
        """Let the log show the selected step, or all."""
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
