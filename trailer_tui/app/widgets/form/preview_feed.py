"""Keeps the Dockerfile previews up to date while the user types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trailer_tui.app.form.draft_state import DraftState
from trailer_tui.app.form.fields import Mode
from trailer_tui.app.form.problems import labelled
from trailer_tui.app.widgets.form.preview import DockerfilePreview
from trailer_tui.model.errors import TrailerError

if TYPE_CHECKING:
    from textual.timer import Timer
    from textual.widget import Widget

    from trailer_tui.app.session import Session
    from trailer_tui.model.image import ImageConfiguration

_DELAY = 0.3
"""Seconds without a change before the server is asked."""


class PreviewFeed:
    """Asks the server for the Dockerfile of the newest configuration, and only while a preview is in sight."""

    def __init__(self, owner: Widget, session: Session, state: DraftState) -> None:
        self._owner = owner
        self._session = session
        self._state = state
        self._timer: Timer | None = None
        self._shown: tuple[ImageConfiguration, int | None] | None = None
        """What the previews show, or will when the answer is there."""

    def refresh(self) -> None:
        """Note that something changed: show at once why there is no Dockerfile, or ask for it in a moment."""
        if not self._visible():
            return
        configuration = self._state.configuration()
        if configuration is None or self._state.mode is Mode.PULL:
            self._stop()
            self._shown = None
            self._tell(self._reason())
            return
        wanted = (configuration, self._state.host_id)
        if wanted != self._shown:
            self._stop()
            self._timer = self._owner.set_timer(_DELAY, self._ask)

    def ask_again(self) -> None:
        """What a build uses changed without the form: its packages are known now, for instance."""
        self._shown = None
        self.refresh()

    def _visible(self) -> list[DockerfilePreview]:
        return [preview for preview in self._owner.query(DockerfilePreview) if preview.is_on_screen]

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        self._owner.workers.cancel_group(self._owner, "form-preview")

    def _reason(self) -> str:
        if self._state.mode is Mode.PULL:
            return "The image is pulled as it is: no Dockerfile runs."
        problems = [p for p in self._state.problems().values() if p.field.startswith("configuration.")]
        return "\n".join(["It shows once these are mended:", *(f"! {labelled(problem)}" for problem in problems)])

    def _tell(self, message: str) -> None:
        for preview in self._owner.query(DockerfilePreview):
            preview.show_message(message)

    def _ask(self) -> None:
        self._owner.run_worker(self._fetch(), group="form-preview", exclusive=True, exit_on_error=False)

    async def _fetch(self) -> None:
        configuration, host_id, record = self._state.configuration(), self._state.host_id, self._state.record
        if configuration is None:
            return
        try:
            result = await self._session.client.preview_dockerfile(
                configuration, host_id=host_id, image_id=record.id if record is not None else None
            )
        except TrailerError as error:
            self._shown = None
            for preview in self._owner.query(DockerfilePreview):
                preview.show_error(error)
            return
        self._shown = (configuration, host_id)
        for preview in self._owner.query(DockerfilePreview):
            preview.show_result(result)
