"""The exact packages in the environments of one image, full screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.widgets import Static

from trailer_tui.app.actions import bindings
from trailer_tui.app.builds.package_lines import package_lines
from trailer_tui.app.screens.base import TrailerScreen
from trailer_tui.app.session import Session
from trailer_tui.app.text_line import TextLine
from trailer_tui.app.widgets.action_footer import ActionFooter
from trailer_tui.app.widgets.text_lines import TextLines
from trailer_tui.model.actions import ImageAction
from trailer_tui.model.errors import NotFound
from trailer_tui.printable import printable

if TYPE_CHECKING:
    from trailer_tui.model.events import Event


class PackagesScreen(TrailerScreen[None]):
    """What a build installed, and what it changed."""

    BINDINGS = bindings("packages")
    AUTO_FOCUS = "TextLines"

    def __init__(self, session: Session, image_id: int, name: str, *, number: int | None = None) -> None:
        """
        Args:
            session: the connection.
            image_id: whose packages.
            name: of the image.
            number: of the build; None shows the newest whose packages are known, and follows as builds end.
        """
        super().__init__(session)
        self._image_id = image_id
        self._name = printable(name)
        self._number = number

    def compose(self) -> ComposeResult:
        yield Static(f"{self._name} · reading …", id="packages-header", markup=False)
        yield TextLines()
        yield ActionFooter()

    def on_mount(self) -> None:
        """Read, and follow the server."""
        self.session.events.subscribe(self, self._take_event)
        self._reload()

    def action_back(self) -> None:
        """One level back."""
        self.dismiss(None)

    def action_resolve_again(self) -> None:
        """Queue a build that solves the environments anew."""
        self.call_server(self._resolve_again, group="packages-act")

    async def _resolve_again(self) -> None:
        await self.session.client.act(self._image_id, ImageAction.RESOLVE_AGAIN)
        self.notify(f"Queued a build of {self._name} that resolves its packages again", markup=False, timeout=4)

    def _take_event(self, event: Event) -> None:
        ended = event.event == "build" and event.build.image_id == self._image_id and not event.build.state.is_active
        if (ended and self._number is None) or event.event in ("hello", "resync"):
            self._reload()

    def _reload(self) -> None:
        self.call_server(self._read, group="packages", exclusive=True)

    async def _read(self) -> None:
        try:
            found = await self.session.client.packages(self._image_id, number=self._number)
        except NotFound as error:
            self._show("no packages", [TextLine(f" {error.cause}"), TextLine(f" {error.hint}", "muted")])
        else:
            self._show(f"build {found.number} · {found.counts()}", package_lines(found))

    def _show(self, title: str, lines: list[TextLine]) -> None:
        self.query_one("#packages-header", Static).update(f"{self._name} · {title}")
        self.query_one(TextLines).show(lines)
