"""The text area of the Dockerfile editor: colours, marks in the gutter, visible control characters."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar

from rich.segment import Segment
from rich.text import Text
from textual.binding import BindingType
from textual.document._document_navigator import DocumentNavigator
from textual.events import Paste
from textual.strip import Strip
from textual.widgets import TextArea

from trailer_tui.app.actions import ACTIONS, bindings
from trailer_tui.app.dockerfile.document import DockerfileDocument
from trailer_tui.app.dockerfile.unwrapped import UnwrappedDocument
from trailer_tui.model.image import DockerfileProblem

MARKS = {"error": "✖", "warning": "▲"}
"""The gutter's sign beside a line with a problem."""

_CONTROL = re.compile(
    "[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


class DockerfileArea(TextArea):
    """Shows and edits the text; the editor around it checks and explains."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("editor_text")

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "dockerfile--keyword",
        "dockerfile--flag",
        "dockerfile--comment",
        "dockerfile--directive",
        "dockerfile--string",
        "dockerfile--variable",
        "dockerfile--heredoc",
        "dockerfile--escape",
        "dockerfile--control",
        "dockerfile--error",
        "dockerfile--warning",
    }

    DEFAULT_CSS = """
    DockerfileArea {
        border: none;
        padding: 0;
        &:focus { border: none; }
        .dockerfile--keyword { color: $text-primary; text-style: bold; }
        .dockerfile--flag { color: $text-accent; }
        .dockerfile--comment { color: $text-secondary; text-style: italic; }
        .dockerfile--directive { color: $text-accent; text-style: italic; }
        .dockerfile--string { color: $text-success; }
        .dockerfile--variable { color: $text-warning; }
        .dockerfile--heredoc { color: $text-primary; text-style: underline; }
        .dockerfile--escape { color: $text-secondary; }
        .dockerfile--control { text-style: reverse; }
        .dockerfile--error { color: $text-error; text-style: bold; }
        .dockerfile--warning { color: $text-warning; text-style: bold; }
    }
    """

    def __init__(self, text: str, *, read_only: bool = False) -> None:
        self._marks: dict[int, str] = {}
        super().__init__(text, soft_wrap=False, show_line_numbers=True, read_only=read_only, compact=True)
        self.cursor_blink = False

    def show_problems(self, problems: Iterable[DockerfileProblem]) -> None:
        """Mark the lines of these problems, an error before a warning."""
        marks: dict[int, str] = {}
        for problem in problems:
            if marks.get(problem.line - 1) != "error":
                marks[problem.line - 1] = problem.severity
        if marks != self._marks:
            self._marks = marks
            self.refresh()

    def get_line(self, line_index: int) -> Text:
        """One line with its colours; every control character is one visible sign."""
        plain = self.document.get_line(line_index)
        line = Text(_CONTROL.sub(_sign, plain), end="", no_wrap=True)
        if isinstance(self.document, DockerfileDocument):
            for start, end, kind in self.document.spans(line_index):
                line.stylize(self.get_component_rich_style(f"dockerfile--{kind}", partial=True), start, end)
        for match in _CONTROL.finditer(plain):
            line.stylize(self.get_component_rich_style("dockerfile--control", partial=True), match.start(), match.end())
        return line

    def render_line(self, y: int) -> Strip:
        """One row of the screen, with the sign of its problem between number and text."""
        strip = super().render_line(y)
        severity = self._marks.get(self.scroll_offset.y + y)
        if severity is None or not self.show_line_numbers:
            return strip
        style = self.get_component_rich_style(f"dockerfile--{severity}", partial=True)
        before, after = self.gutter_width - 2, self.gutter_width - 1
        gap = strip.crop(before, after)
        sign = Strip([Segment(MARKS[severity], (segment.style or style) + style) for segment in gap], 1)
        return Strip.join([strip.crop(0, before), sign, strip.crop(after)])

    def on_paste(self, event: Paste) -> None:
        """Terminals send pasted line breaks as carriage returns."""
        event.text = event.text.replace("\r\n", "\n").replace("\r", "\n")

    def action_document_start(self) -> None:
        """To the first character."""
        self.move_cursor((0, 0))

    def action_document_end(self) -> None:
        """Behind the last character."""
        self.move_cursor(self.document.end)

    def _set_document(self, text: str, language: str | None) -> None:
        """As the text area does it, with a document of our own."""
        document = DockerfileDocument(text)
        self._highlight_query = None
        self.document = document
        self.wrapped_document = UnwrappedDocument(document, tab_width=self.indent_width)
        self.navigator = DocumentNavigator(self.wrapped_document)
        self._build_highlight_map()
        self.move_cursor((0, 0))
        self._rewrap_and_refresh_virtual_size()


class DockerfilePage(DockerfileArea):
    """A text to look at: the keys that scroll other read-only text move through it too."""

    BINDINGS: ClassVar[list[BindingType]] = [
        action.binding()
        for action in ACTIONS
        if action.id in ("text.down", "text.up", "text.page_down", "text.page_up", "text.start", "text.end")
    ]

    def __init__(self) -> None:
        super().__init__("", read_only=True)

    def action_down(self) -> None:
        """One line down."""
        self.action_cursor_down()

    def action_up(self) -> None:
        """One line up."""
        self.action_cursor_up()

    def action_page_down(self) -> None:
        """One page down."""
        self.action_cursor_page_down()

    def action_page_up(self) -> None:
        """One page up."""
        self.action_cursor_page_up()

    def action_start(self) -> None:
        """To the first line."""
        self.action_document_start()

    def action_end(self) -> None:
        """To the last line."""
        self.move_cursor((self.document.line_count - 1, 0))


def _sign(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else "�"
