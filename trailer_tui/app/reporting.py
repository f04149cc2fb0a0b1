"""How an error reaches the user: a toast when a line says it all, a dialog when it has to be read."""

from __future__ import annotations

from typing import Any

from textual.app import App

from trailer_tui.model.errors import NotAllowed, NotApplicable, NotFound, ServerUnavailable, TrailerError
from trailer_tui.printable import printable_lines

_BRIEF = (NotAllowed, NotApplicable, NotFound, ServerUnavailable)


def report(app: App[Any], error: TrailerError) -> None:
    """Show `error`, never parsed as markup; the same dialog is not stacked upon itself."""
    if isinstance(error, _BRIEF) and not error.fields:
        text = "\n".join(printable_lines(line) for line in (error.cause, error.hint) if line)
        app.notify(text, title=error.title, severity="warning", timeout=6, markup=False)
        return
    from trailer_tui.app.dialogs.error import ErrorDialog

    dialog = ErrorDialog(error)
    if not (isinstance(app.screen, ErrorDialog) and app.screen.text() == dialog.text()):
        app.push_screen(dialog)
