"""A choice of few, all visible on one line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from trailer_tui.app.actions import bindings

_GAP = "  "


class ChoiceStrip(Widget, can_focus=True):
    """`● Generate Dockerfile  ○ Pull an image`: the arrow keys choose, and the symbol tells, not a colour."""

    BINDINGS = bindings("options")
    COMPONENT_CLASSES = {"choice-strip--chosen", "choice-strip--other"}

    chosen: reactive[str] = reactive("", init=False)
    """Key of the chosen option."""

    @dataclass
    class Changed(Message):
        """The user chose another option."""

        strip: ChoiceStrip
        chosen: str

        @property
        def control(self) -> ChoiceStrip:
            """The strip."""
            return self.strip

    @dataclass
    class Finished(Message):
        """The user pressed enter: on to the next field."""

    def __init__(
        self,
        options: Sequence[tuple[str, str]],
        chosen: str,
        *,
        literal: bool = False,
        id: str | None = None,  # noqa: A002
    ) -> None:
        """
        Args:
            options: (key, label) pairs.
            chosen: the key of the option that is chosen at first.
            literal: whether every key stands for itself, also `yes`, `no` and `default`.
            id: of the widget.
        """
        super().__init__(id=id)
        self._options = list(options)
        self.literal = literal
        self.set_reactive(ChoiceStrip.chosen, chosen)

    def label(self, key: str, text: str) -> None:
        """Give one option another label."""
        self._options = [(known, text if known == key else label) for known, label in self._options]
        self.refresh(layout=True)

    def offer(self, options: Sequence[tuple[str, str]]) -> None:
        """Replace the options; the choice stays."""
        if list(options) != self._options:
            self._options = list(options)
            self.refresh(layout=True)

    def render(self) -> Content:
        """All options, the chosen one marked."""
        parts: list[Content | str] = []
        for key, label in self._options:
            is_chosen = key == self.chosen
            style = self.get_visual_style("choice-strip--chosen" if is_chosen else "choice-strip--other")
            parts += [_GAP] if parts else []
            parts.append(Content(f"{'●' if is_chosen else '○'} {label}").stylize(style))
        return Content.assemble(*parts)

    def watch_chosen(self, chosen: str) -> None:
        """Tell whoever listens."""
        self.post_message(self.Changed(self, chosen))

    def action_next(self) -> None:
        """Choose the option to the right."""
        self._step(1)

    def action_previous(self) -> None:
        """Choose the option to the left."""
        self._step(-1)

    def action_cycle(self) -> None:
        """Choose the next option, after the last the first."""
        keys = [key for key, _ in self._options]
        here = keys.index(self.chosen) if self.chosen in keys else -1
        self.chosen = keys[(here + 1) % len(keys)]

    def action_finish(self) -> None:
        """Go on to the next field."""
        self.post_message(self.Finished())

    def _step(self, by: int) -> None:
        keys = [key for key, _ in self._options]
        here = keys.index(self.chosen) if self.chosen in keys else 0
        self.chosen = keys[min(max(here + by, 0), len(keys) - 1)]

    def on_click(self, event: events.Click) -> None:
        """Choose what was clicked."""
        offset = event.get_content_offset(self)
        left = 0
        for key, label in self._options:
            right = left + Content(f"● {label}").cell_length
            if offset is not None and left <= offset.x < right:
                self.chosen = key
                return
            left = right + len(_GAP)
