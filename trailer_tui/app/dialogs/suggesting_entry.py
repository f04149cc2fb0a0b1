"""A dialog of one entry, one of whose inputs has known values to choose from."""

from __future__ import annotations

from textual import on

from trailer_tui.app.dialogs.entry import EntryDialog
from trailer_tui.app.widgets.form.suggestions import SuggestedInput, SuggestionList


class SuggestingEntryDialog(EntryDialog):
    """Opens the list of known values below the input, and puts the chosen one into it."""

    @on(SuggestedInput.ListWanted)
    def open_list(self, event: SuggestedInput.ListWanted) -> None:
        """Show the known values."""
        event.stop()
        known = self.query_one(SuggestionList)
        if known.has_values:
            known.open_at(self.query_one(SuggestedInput).value)

    @on(SuggestionList.Taken)
    def take_suggestion(self, event: SuggestionList.Taken) -> None:
        """Put the chosen value into the input."""
        event.stop()
        suggested = self.query_one(SuggestedInput)
        suggested.value = event.value
        suggested.focus()

    @on(SuggestionList.Closed)
    def close_list(self, event: SuggestionList.Closed) -> None:
        """Back to the input."""
        event.stop()
        self.query_one(SuggestedInput).focus()
