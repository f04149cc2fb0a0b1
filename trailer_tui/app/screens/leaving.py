"""How screens and dialogs leave: once, and never in place of another one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen, Screen

ScreenResult = TypeVar("ScreenResult")


class LeavesOnce(Screen[ScreenResult]):
    """A screen whose dismissal takes away itself alone.

    Textual takes away whatever is on top: a second enter that arrives while a dialog closes would close the form
    below it, with all that was typed.
    """

    _has_left = False
    _leaves_soon: Callable[[], object] | None = None

    def dismiss(self, result: ScreenResult | None = None) -> AwaitComplete:
        """Leave with `result`: at once, or when the screens above have gone; once gone, do nothing."""
        if self._has_left:
            return AwaitComplete()
        if self.app.screen is not self:
            self._leaves_soon = partial(self.dismiss, result)
            return AwaitComplete()
        self._has_left = True
        return super().dismiss(result)

    def on_screen_resume(self) -> None:
        """Leave now, if that was asked for while another screen was above."""
        if self._leaves_soon is not None:
            self._leaves_soon()


class Dialog(ModalScreen[ScreenResult], LeavesOnce[ScreenResult]):
    """A question or a message above a screen."""
