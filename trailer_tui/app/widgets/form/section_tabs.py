"""The form's sections as a line of tabs with marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from textual import events
from textual.app import ComposeResult
from textual.containers import HorizontalScroll
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from trailer_tui.app.actions import bindings
from trailer_tui.app.widgets.put_text import put_text


@dataclass(frozen=True, slots=True)
class TabMark:
    """What a tab says of its section."""

    has_values: bool = False
    has_problem: bool = False
    applies: bool = True

    @property
    def symbol(self) -> str:
        """One character that tells it without colour."""
        if not self.applies:
            return "–"
        return "!" if self.has_problem else "●" if self.has_values else " "


class Spacing(Enum):
    """How much room the tabs take: as much as lets all of them be seen."""

    WIDE = " {number} {title} {symbol} "
    NORMAL = "{number} {title}{symbol} "
    TIGHT = "{number} {title}{symbol}"

    def text(self, number: int, title: str, symbol: str) -> str:
        """One tab."""
        shown = _SHORT_TITLES.get(title, title) if self is Spacing.TIGHT else title
        return self.value.format(number=number, title=shown, symbol=symbol)

    @classmethod
    def fitting(cls, titles: Sequence[str], width: int) -> Spacing:
        """The widest that fits, else the tightest."""
        for spacing in cls:
            if sum(len(spacing.text(number, title, "●")) for number, title in enumerate(titles, 1)) <= width:
                return spacing
        return cls.TIGHT


_SHORT_TITLES = {"Build host": "Host", "Startup": "Start"}
"""For terminals of 80 columns."""


class SectionTab(Static):
    """One tab."""

    ALLOW_SELECT = False

    def __init__(self, section_id: str, number: int, title: str) -> None:
        super().__init__(id=f"tab-{section_id}")
        self.section_id = section_id
        self._number = number
        self._title = title

    def show(self, mark: TabMark, spacing: Spacing) -> None:
        """Show the section's mark."""
        self.set_class(mark.has_problem and mark.applies, "-problem")
        self.set_class(not mark.applies, "-inapplicable")
        put_text(self, spacing.text(self._number, self._title, mark.symbol))

    def on_click(self, event: events.Click) -> None:
        """Open the section."""
        event.stop()
        self.post_message(SectionTabs.Chosen(self.section_id))


class SectionTabs(HorizontalScroll, can_focus=True):
    """The tab line; left and right move between sections while it has the focus."""

    BINDINGS = bindings("tabs")

    active: reactive[str] = reactive("", init=False)
    """Id of the open section."""

    @dataclass
    class Chosen(Message):
        """The user wants another section."""

        section_id: str

    @dataclass
    class Entered(Message):
        """The user wants into the open section."""

    def __init__(self, sections: Sequence[tuple[str, str]], *, id: str | None = None) -> None:  # noqa: A002
        """
        Args:
            sections: (id, title) pairs in order.
            id: of the widget.
        """
        super().__init__(id=id)
        self._sections = list(sections)
        self._marks: dict[str, TabMark] = {}

    def compose(self) -> ComposeResult:
        for number, (section_id, title) in enumerate(self._sections, 1):
            yield SectionTab(section_id, number, title)

    def show(self, marks: dict[str, TabMark]) -> None:
        """Show every section's mark."""
        self._marks = marks
        spacing = Spacing.fitting([title for _, title in self._sections], self.size.width)
        for tab in self.query(SectionTab):
            tab.show(marks[tab.section_id], spacing)

    def on_resize(self) -> None:
        """More or less of them can be seen."""
        if self._marks:
            self.show(self._marks)

    def watch_active(self, active: str) -> None:
        """Mark the open section and keep it in sight."""
        for tab in self.query(SectionTab):
            tab.set_class(tab.section_id == active, "-active")
            if tab.section_id == active:
                self.scroll_to_widget(tab, animate=False)

    def action_next(self) -> None:
        """To the section on the right."""
        self._step(1)

    def action_previous(self) -> None:
        """To the section on the left."""
        self._step(-1)

    def action_enter(self) -> None:
        """Into the open section."""
        self.post_message(self.Entered())

    def _step(self, by: int) -> None:
        ids = [section_id for section_id, _ in self._sections]
        index = ids.index(self.active) + by
        if 0 <= index < len(ids):
            self.post_message(self.Chosen(ids[index]))
