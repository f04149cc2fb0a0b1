"""Cancelling one build: a running one after a question, because what it did so far is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.app import App

    from trailer_tui.app.dialogs.confirm import ConfirmResult


def cancel_after_asking(app: App[Any], name: str, host: str, cancel: Callable[[], None], *, is_running: bool) -> None:
    """Call `cancel`: at once for a build that waits, which costs nothing, else when the user says yes.

    Args:
        app: shows the question.
        name: of the image.
        host: where its build runs.
        cancel: ends the build.
        is_running: whether it has left the queue.
    """
    if not is_running:
        cancel()
        return
    from trailer_tui.app.dialogs.confirm import ConfirmDialog

    def answered(result: ConfirmResult | None) -> None:
        if result is not None:
            cancel()

    dialog = ConfirmDialog(
        f"Cancel the build of {name}?",
        [f"It runs on {host}; its work there is ended.", "A new build starts over, with the steps that the host kept."],
        confirm_label="Cancel the build",
        refuse_label="Keep it",
    )
    app.push_screen(dialog, answered)
