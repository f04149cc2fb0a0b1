"""A full screen about one record: a header, a line of numbered tabs, and what the open tab shows."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.widget import Widget

from trailer_tui.app.screens.base import TrailerScreen
from trailer_tui.app.session import Session
from trailer_tui.app.widgets.detail_tabs import DetailTabs


class TabbedScreen(TrailerScreen[None]):
    """Moves between tabs; a screen of this kind says which there are and what each shows."""

    AUTO_FOCUS = ""
    BODY: str
    """Selector of the container whose children are the tabs' contents."""

    def __init__(self, session: Session, tab: str) -> None:
        """
        Args:
            session: the connection.
            tab: id of the tab that is open at first.
        """
        super().__init__(session)
        self.tab = tab

    @property
    def tabs(self) -> Sequence[tuple[str, str]]:
        """(id, title) of the tabs that the record has, in order."""
        raise NotImplementedError

    @property
    def content(self) -> Widget:
        """What the open tab shows: a child of the body."""
        raise NotImplementedError

    def focus_content(self) -> None:
        """Give the keys to what the open tab shows."""
        self.content.focus()

    def tab_opened(self) -> None:
        """Another tab, or the same one again, was opened."""

    def show_tabs(self) -> None:
        """Draw the line of tabs as it is now."""
        self.query_one(DetailTabs).show(self.tabs, self.tab)

    def open_tab(self, tab: str) -> None:
        """Show a tab; one that the record does not have means the first."""
        ids = [known for known, _ in self.tabs]
        self.tab = tab if tab in ids else ids[0]
        for child in self.query_one(self.BODY).children:
            child.display = child is self.content
        self.show_tabs()
        self.tab_opened()
        self.call_after_refresh(self.focus_content)
        self.refresh_bindings()

    def open_numbered(self, number: int) -> None:
        """Show the tab of that number, from 1, if there is one."""
        if number <= len(self.tabs):
            self.open_tab(self.tabs[number - 1][0])

    @on(DetailTabs.Chosen)
    def open_chosen(self, event: DetailTabs.Chosen) -> None:
        """A tab was clicked."""
        self.open_tab(event.tab)

    def action_next_tab(self) -> None:
        """To the tab on the right."""
        self._step(1)

    def action_previous_tab(self) -> None:
        """To the tab on the left."""
        self._step(-1)

    def _step(self, by: int) -> None:
        ids = [tab for tab, _ in self.tabs]
        self.open_tab(ids[(ids.index(self.tab) + by) % len(ids)])
