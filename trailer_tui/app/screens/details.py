"""Everything about one image: its state, its builds, its Dockerfile, its configuration."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static

from trailer_tui.app.actions import bindings
from trailer_tui.app.builds import facts
from trailer_tui.app.builds.cancelling import cancel_after_asking
from trailer_tui.app.builds.dockerfile_view import DockerfileView
from trailer_tui.app.builds.pushing import push_after_asking
from trailer_tui.app.dialogs.confirm import ConfirmDialog, ConfirmResult
from trailer_tui.app.hosts.moving import BuildMoves
from trailer_tui.app.screens.tabbed import TabbedScreen
from trailer_tui.app.session import Session
from trailer_tui.app.text_line import TextLine
from trailer_tui.app.widgets.action_footer import ActionFooter
from trailer_tui.app.widgets.build_history import BuildHistory
from trailer_tui.app.widgets.build_pane import BuildPane
from trailer_tui.app.widgets.detail_tabs import DetailTabs
from trailer_tui.app.widgets.text_lines import TextLines
from trailer_tui.model.actions import ImageAction, refusal, refusal_for
from trailer_tui.model.errors import NotApplicable, NotFound, TrailerError
from trailer_tui.model.status import BuildState, ImageStatus
from trailer_tui.printable import printable

if TYPE_CHECKING:
    from trailer_tui.model.build import BuildSummary
    from trailer_tui.model.events import Event
    from trailer_tui.model.image import ImageRecord

TABS = (
    ("overview", "Overview"),
    ("builds", "Builds"),
    ("log", "Log"),
    ("dockerfile", "Dockerfile"),
    ("configuration", "Configuration"),
    ("delete", "Delete"),
)
_TEMPLATE_TABS = tuple(tab for tab in TABS if tab[0] not in ("builds", "log"))
PAGE = 50
"""Builds that are read at a time."""


class DetailsScreen(TabbedScreen):
    """One image, live; goes back when the image is deleted elsewhere."""

    BINDINGS = bindings("details")
    BODY = "#details-body"

    def __init__(self, session: Session, image_id: int, tab: str = "overview") -> None:
        """
        Args:
            session: the connection.
            image_id: whose details.
            tab: one of the ids in `TABS`.
        """
        super().__init__(session, tab)
        self.image_id = image_id
        self.record: ImageRecord | None = None
        self._view = DockerfileView.AS_BUILT
        self._reload_timer: Timer | None = None
        self._is_leaving = False
        self._is_gone = False
        self.history = BuildHistory()
        self.moves = BuildMoves(session, self)
        self._texts = {
            name: TextLines(id=f"details-{name}") for name in ("overview", "dockerfile", "configuration", "delete")
        }
        self._pane: BuildPane | None = None

    def compose(self) -> ComposeResult:
        yield Static("Reading …", id="details-header", markup=False)
        yield DetailTabs(TABS)
        with Container(id="details-body"):
            yield self._texts["overview"]
            yield self.history
            yield Container(id="details-log")
            yield self._texts["dockerfile"]
            yield self._texts["configuration"]
            yield self._texts["delete"]
        yield ActionFooter()

    def on_mount(self) -> None:
        """Read, and follow the server."""
        self.session.events.subscribe(self, self._take_event)
        self.open_tab(self.tab)
        self._reload()

    # Reading

    @property
    def last(self) -> BuildSummary | None:
        """The newest build."""
        return self.history.builds[0] if self.history.builds else None

    def _reload(self) -> None:
        self._reload_timer = None
        self.call_server(self._read, group="details", exclusive=True)

    def _reload_soon(self) -> None:
        if self._reload_timer is None:
            self._reload_timer = self.set_timer(self.session.refresh_seconds, self._reload)

    async def _read(self) -> None:
        self.record = await self.session.client.image(self.image_id)
        if not self.record.is_template:
            builds = await self.session.client.builds(self.image_id, limit=PAGE)
            self.history.exhausted = self.history.exhausted or len(builds) < PAGE
            self.history.add(builds)
        self._show()
        if self.tab == "dockerfile":
            await self._read_dockerfile()

    async def _read_more(self, before: int) -> None:
        builds = await self.session.client.builds(self.image_id, limit=PAGE, before=before)
        self.history.exhausted = len(builds) < PAGE
        self.history.add(builds)

    @on(BuildHistory.MoreWanted)
    def _more_wanted(self, event: BuildHistory.MoreWanted) -> None:
        self.call_server(partial(self._read_more, event.before), group="history", exclusive=True)

    def _take_event(self, event: Event) -> None:
        match event.event:
            case "image" if event.row["id"] == self.image_id:
                self._reload_soon()
            case "image_deleted" if event.id == self.image_id:
                self._gone()
            case "build" if event.build.image_id == self.image_id:
                self.history.add([event.build])
                self._show()
            case "hello" | "resync":
                self._reload_soon()

    def _gone(self) -> None:
        if self._is_leaving or self._is_gone:
            return
        self._is_gone = True
        name = printable(self.record.name) if self.record is not None else "The image"
        self.app.notify(f"{name} was deleted.", severity="warning", timeout=6, markup=False)
        if self.is_current:
            self.dismiss(None)

    def show_error(self, error: TrailerError) -> None:
        """Tell the user, but not that what is being left is no longer there."""
        if isinstance(error, NotFound):
            self._gone()
        else:
            super().show_error(error)

    def on_screen_resume(self) -> None:
        """Back from the form or a log; the image may be gone meanwhile."""
        if self._is_gone:
            self.call_after_refresh(self.dismiss, None)
        elif self.is_mounted:
            self._reload_soon()

    # Showing

    def _show(self) -> None:
        record = self.record
        if record is None:
            return
        now = self.session.clock()
        lines = [printable(line) for line in facts.header_lines(record, self.last, now)]
        self.query_one("#details-header", Static).update("\n".join(lines))
        self._texts["overview"].show(facts.overview(record, self.last, now))
        self._texts["configuration"].show(facts.configuration_lines(record))
        self._texts["delete"].show(facts.deletion_lines(record, self.last))
        self.show_tabs()
        self._show_log()
        self.refresh_bindings()

    @property
    def tabs(self) -> Sequence[tuple[str, str]]:
        """A template is never built."""
        return _TEMPLATE_TABS if self.record is not None and self.record.is_template else TABS

    def _show_log(self) -> None:
        if self.tab != "log" or self.record is None:
            return
        if self._pane is None:
            self._pane = BuildPane(self.session)
            self.query_one("#details-log").mount(self._pane)
        last = self.last
        if last is None:
            self._pane.show_nothing("Never built. Press b to build it.")
        else:
            self._pane.show_build(last.id)

    def tab_opened(self) -> None:
        """Read what only this tab needs."""
        self._show_log()
        if self.tab == "dockerfile" and self.record is not None:
            self.call_server(self._read_dockerfile, group="dockerfile", exclusive=True)

    @property
    def content(self) -> Widget:
        """What the open tab shows."""
        if self.tab == "builds":
            return self.history
        return self.query_one("#details-log") if self.tab == "log" else self._texts[self.tab]

    def focus_content(self) -> None:
        """The log's pane knows which of its parts takes the keys."""
        if self.tab != "log":
            super().focus_content()
        elif self._pane is not None:
            self._pane.focus_log()

    # The Dockerfile

    async def _read_dockerfile(self) -> None:
        assert self.record is not None
        chosen = self.history.selected
        try:
            now = None if self._is_pulled else (await self.session.client.image_dockerfile(self.image_id)).text
        except NotFound:
            raise
        except TrailerError as error:
            self._texts["dockerfile"].show([TextLine(f" {error.title}: {error.cause}", "problem")])
            return
        built = await self.session.client.build(chosen.id) if chosen is not None else None
        self._texts["dockerfile"].show(self._view.lines(built, now))

    @property
    def _is_pulled(self) -> bool:
        return self.record is not None and self.record.pulled

    def action_difference(self) -> None:
        """As built, what changed since, what a build would use now."""
        self._view = self._view.next
        self.call_server(self._read_dockerfile, group="dockerfile", exclusive=True)

    # Tabs

    def action_show_overview(self) -> None:
        """First tab."""
        self.open_numbered(1)

    def action_show_builds(self) -> None:
        """Second tab."""
        self.open_numbered(2)

    def action_show_log(self) -> None:
        """Third tab."""
        self.open_numbered(3)

    def action_show_dockerfile(self) -> None:
        """Fourth tab."""
        self.open_numbered(4)

    def action_show_configuration(self) -> None:
        """Fifth tab."""
        self.open_numbered(5)

    def action_show_delete(self) -> None:
        """Sixth tab."""
        self.open_numbered(6)

    # Actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What applies to the record as it is."""
        record = self.record
        if action == "difference":
            return self.tab == "dockerfile" and self.last is not None
        if action == "log":
            return self.last is not None and self.tab != "log"
        if action in ("build", "resolve_again", "cancel", "push"):
            return record is not None and refusal_for(ImageAction(action), record) is None
        if action == "packages":
            return record is not None and record.has_environments and not record.is_template
        if action == "move":
            return self.last is not None and self.last.state is BuildState.PENDING
        if action in ("edit", "toggle_enabled", "delete"):
            return record is not None and not record.is_builtin
        if action == "clone":
            return record is not None and (record.enabled or not record.is_template or None)
        if action == "as_template":
            return record is not None and not record.is_template
        return True

    def action_label(self, action: str) -> str | None:
        """What `e` does now, and that a template is used, not cloned."""
        record = self.record
        if action == "toggle_enabled" and record is not None:
            return "Disable" if record.enabled else "Enable"
        if action == "clone" and record is not None and record.is_template:
            return "Use" if record.enabled else "Use (disabled)"
        return None

    def action_back(self) -> None:
        """To the list."""
        self._is_leaving = True
        self.dismiss(None)

    def action_build(self) -> None:
        """Queue a build."""
        self._act(ImageAction.BUILD)

    def action_resolve_again(self) -> None:
        """Queue a build that solves the environments anew."""
        self._act(ImageAction.RESOLVE_AGAIN)

    def action_cancel(self) -> None:
        """Cancel the build."""
        record = self.record
        if record is not None:
            is_running = record.status is not ImageStatus.BUILD_PENDING
            cancel = partial(self._act, ImageAction.CANCEL)
            cancel_after_asking(self.app, record.name, record.host_name, cancel, is_running=is_running)

    def action_push(self) -> None:
        """Push the last build's image, without building."""
        record = self.record
        if record is not None:
            push = partial(self._act, ImageAction.PUSH)
            push_after_asking(self.app, record.configuration.image_name, record.host_name, push)

    def action_move(self) -> None:
        """Choose another host for the queued build."""
        if self.last is not None:
            self.moves.ask(self.last.id)

    def action_toggle_enabled(self) -> None:
        """Enable or disable."""
        if self.record is not None:
            self._act(ImageAction.DISABLE if self.record.enabled else ImageAction.ENABLE)

    def _act(self, action: ImageAction) -> None:
        self.call_server(partial(self._act_now, action), group="act")

    async def _act_now(self, action: ImageAction) -> None:
        await self.session.client.act(self.image_id, action)
        self._reload_soon()

    def action_edit(self) -> None:
        """Change the configuration."""
        if self.record is not None:
            from trailer_tui.app.screens.image_form import ImageForm

            self.app.push_screen(ImageForm(self.session, record=self.record))

    def action_clone(self) -> None:
        """A new image like this one, or from this template."""
        self._open_clone(as_template=False)

    def action_as_template(self) -> None:
        """A new template of this image."""
        self._open_clone(as_template=True)

    def _open_clone(self, *, as_template: bool) -> None:
        if self.record is not None:
            from trailer_tui.app.screens.image_form import ImageForm

            form = ImageForm(self.session, record=self.record, clone=True, as_template=as_template)
            self.app.push_screen(form)

    @on(BuildHistory.Opened)
    def _open_build(self, event: BuildHistory.Opened) -> None:
        from trailer_tui.app.screens.build_log import BuildScreen

        self.app.push_screen(BuildScreen(self.session, event.build_id))

    def action_log(self) -> None:
        """Steps and log of the last build, full screen."""
        if self.last is not None:
            self._open_build(BuildHistory.Opened(self.last.id))

    def action_packages(self) -> None:
        """The exact packages of the build that is selected among all, else of the newest that has any."""
        if self.record is not None:
            from trailer_tui.app.screens.packages import PackagesScreen

            chosen = self.history.selected if self.tab == "builds" else None
            number = chosen.number if chosen is not None else None
            self.app.push_screen(PackagesScreen(self.session, self.image_id, self.record.name, number=number))

    def action_delete(self) -> None:
        """Show what goes; asked again, delete after the name was typed."""
        record = self.record
        if record is None:
            return
        if self.tab != "delete":
            self.open_tab("delete")
            return
        reason = refusal(ImageAction.DELETE, record.status, enabled=record.enabled)
        if reason is not None:
            self.show_error(NotApplicable(f"{record.name}: {reason}"))
            return
        lines = [line.text.strip() for line in facts.deletion_lines(record, self.last)[:1]]
        dialog = ConfirmDialog(
            f"Delete {record.name}?",
            [*lines, f"Image name: {record.configuration.image_name}", f"Host: {record.host_name}"],
            confirm_label="Delete",
            checkbox=None if record.is_template else "Remove the Docker image from the host too",
            typed_name=record.name,
        )
        self.app.push_screen(dialog, self._delete_answered)

    def _delete_answered(self, result: ConfirmResult | None) -> None:
        if result is not None:
            self.call_server(partial(self._delete, remove=result.checked), group="act")

    async def _delete(self, *, remove: bool) -> None:
        assert self.record is not None
        self._is_leaving = True
        try:
            await self.session.client.delete_image(self.image_id, remove_docker_image=remove)
        except TrailerError:
            self._is_leaving = False
            raise
        self.app.notify(f"Deleted {printable(self.record.name)}", timeout=3, markup=False)
        self.dismiss(None)
