"""One build, full screen: its steps and its log."""

from __future__ import annotations

from functools import partial

from textual import on
from textual.app import ComposeResult

from trailer_tui.app.actions import bindings
from trailer_tui.app.builds.cancelling import cancel_after_asking
from trailer_tui.app.screens.base import TrailerScreen
from trailer_tui.app.session import Session
from trailer_tui.app.widgets.action_footer import ActionFooter
from trailer_tui.app.widgets.build_pane import BuildPane
from trailer_tui.model.actions import ImageAction
from trailer_tui.model.status import BuildState


class BuildScreen(TrailerScreen[None]):
    """The build pane with the whole terminal to itself."""

    BINDINGS = bindings("build_log")
    AUTO_FOCUS = ""

    def __init__(self, session: Session, build_id: int) -> None:
        """
        Args:
            session: the connection.
            build_id: the build to show first; a build that is queued from here takes its place.
        """
        super().__init__(session)
        self._build_id = build_id
        self.pane = BuildPane(session)

    def compose(self) -> ComposeResult:
        yield self.pane
        yield ActionFooter()

    def on_mount(self) -> None:
        """Show the build."""
        self.pane.show_build(self._build_id)
        self.pane.focus_log()

    @on(BuildPane.Shown)
    def follow_state(self) -> None:
        """What applies depends on the build's state."""
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A build that is active can be cancelled, another one repeated."""
        build = self.pane.build
        if action == "cancel":
            return build is not None and build.summary.state.is_active
        if action == "build":
            return build is not None and not build.summary.state.is_active
        return True

    def action_back(self) -> None:
        """One level back."""
        self.dismiss(None)

    def action_build(self) -> None:
        """Queue a build of this image and show it."""
        if self.pane.build is not None:
            self.call_server(partial(self._queue, self.pane.build.summary.image_id), group="act", exclusive=True)

    async def _queue(self, image_id: int) -> None:
        row = await self.session.client.act(image_id, ImageAction.BUILD)
        self.pane.show_image(row)

    def action_cancel(self) -> None:
        """Cancel the build."""
        if self.pane.build is None:
            return
        build = self.pane.build.summary

        def cancel() -> None:
            self.call_server(partial(self._cancel, build.image_id), group="act", exclusive=True)

        is_running = build.state is BuildState.RUNNING
        cancel_after_asking(self.app, build.image_name, build.host_name, cancel, is_running=is_running)

    async def _cancel(self, image_id: int) -> None:
        row = await self.session.client.act(image_id, ImageAction.CANCEL)
        self.notify(f"Cancelled the build of {row.name}", timeout=3, markup=False)
