"""The first line of every area: the areas, who is where, how much is going on."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.signal import Signal
from textual.widgets import Static

from trailer_tui.app.areas import AREAS, Area
from trailer_tui.app.situation import Situation
from trailer_tui.app.widgets.put_text import put_text

NARROW = 100


@runtime_checkable
class KnowsSituation(Protocol):
    """What the bar asks of the app."""

    situation: Situation
    situation_changed: Signal[Situation]


class AreaTab(Static):
    """One area's number and name; a click goes there."""

    def __init__(self, area: Area, *, is_here: bool) -> None:
        super().__init__(f"{area.key} {area.title}", markup=False, classes="-here" if is_here else "")
        self._area = area

    async def on_click(self, event: events.Click) -> None:
        """Go to the area."""
        await self.app.run_action(f"app.show_{self._area.mode}")


class TopBar(Horizontal):
    """App name, areas, and the situation on the right."""

    def __init__(self, area: str = "") -> None:
        """
        Args:
            area: mode of the area that this screen belongs to.
        """
        super().__init__()
        self._area = area

    def compose(self) -> ComposeResult:
        yield Static("Trailer", id="top-name", markup=False)
        for area in AREAS:
            yield AreaTab(area, is_here=area.mode == self._area)
        yield Static("", id="top-situation", markup=False)

    def on_mount(self) -> None:
        """Follow the situation."""
        if isinstance(self.app, KnowsSituation):
            self.app.situation_changed.subscribe(self, self.show)
        self.on_resize()

    def on_resize(self) -> None:
        """Say less in a narrow terminal."""
        if isinstance(self.app, KnowsSituation):
            self.show(self.app.situation)

    def show(self, situation: Situation) -> None:
        """Say how things are."""
        right = self.query_one("#top-situation", Static)
        right.set_class(bool(situation.trouble), "-trouble")
        put_text(right, situation.sentence(narrow=self.size.width < NARROW))
