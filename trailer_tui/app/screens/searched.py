"""What areas with a short list share: a search line above it, hidden while nothing is searched."""

from __future__ import annotations

from textual import on
from textual.widgets import DataTable, Input

from trailer_tui.app.screens.base import TrailerScreen
from trailer_tui.app.widgets.search_bar import SearchInput


class SearchedScreen(TrailerScreen[None]):
    """A table of records; results as you type."""

    def show_records(self) -> None:
        """Show what the search finds."""
        raise NotImplementedError

    def show_selected(self) -> None:
        """Say more about the record under the cursor."""
        raise NotImplementedError

    @property
    def search_line(self) -> SearchInput:
        """Where the search is typed."""
        return self.query_one(SearchInput)

    @on(DataTable.RowHighlighted)
    def follow_cursor(self) -> None:
        """Say more about the selected record."""
        self.show_selected()
        self.refresh_bindings()

    def on_screen_resume(self) -> None:
        """What happened meanwhile was noted and not drawn."""
        super().on_screen_resume()
        self.show_records()

    def action_search(self) -> None:
        """Type what to look for."""
        self.search_line.display = True
        self.search_line.focus()

    @on(Input.Changed)
    def search(self) -> None:
        """Results as you type."""
        self.show_records()

    @on(SearchInput.Left)
    def leave_search(self) -> None:
        """To the results; without a search its line goes."""
        self.search_line.display = bool(self.search_line.value)
        self.query_one(DataTable).focus()

    async def action_back(self) -> None:
        """Out of the search, then to the images."""
        if self.search_line.value:
            self.search_line.value = ""
            self.leave_search()
        else:
            await self.app.run_action("app.show_images")
