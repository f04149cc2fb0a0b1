"""A Dockerfile as an editor holds it: lines as builders count them, kept byte for byte, with their colours."""

from __future__ import annotations

from rich.cells import cell_len
from textual.cache import LRUCache
from textual.document._document import Document, EditResult, Location
from textual.geometry import Size

from trailer_tui.dockerfile.highlight import LineState, Span, line_spans, next_state


class DockerfileDocument(Document):
    r"""A document that only a line feed divides.

    Textual's own takes form feeds and Unicode separators for line breaks and writes them back as `\n`, so the text
    would change and its line numbers differ from the builder's. Here a file with CRLF throughout keeps it as its line
    break; a stray `\r` stays a character. Sizes, text and colours are kept between edits: a key in a large file
    does not read the file again.
    """

    def __init__(self, text: str) -> None:
        super().__init__("")
        breaks = text.count("\n")
        self._newline = "\r\n" if breaks and text.count("\r\n") == breaks else "\n"
        self._lines = text.split(self._newline)
        self._text: str | None = text
        self._widths: list[int] = []
        self._tab_width = 0
        self._states: list[LineState] = [LineState()]
        """The state before each line, as far as it is known."""
        self._spans: LRUCache[int, list[Span]] = LRUCache(512)

    @property
    def text(self) -> str:
        """The whole text."""
        if self._text is None:
            self._text = self._newline.join(self._lines)
        return self._text

    def get_size(self, tab_width: int) -> Size:
        """Width of the widest line and number of lines, in cells."""
        if tab_width != self._tab_width or len(self._widths) != len(self._lines):
            self._tab_width = tab_width
            self._widths = [self._width(line) for line in self._lines]
        return Size(max(self._widths, default=0), len(self._lines))

    def replace_range(self, start: Location, end: Location, text: str) -> EditResult:
        """Replace the text between two locations; says where the new text ends and what was there."""
        (top, first), (bottom, last) = sorted((start, end))
        replaced = self.get_text_range((top, first), (bottom, last))
        inserted = text.replace("\r\n", "\n").split("\n")
        column = len(inserted[-1]) + (first if len(inserted) == 1 else 0)
        inserted[0] = self._lines[top][:first] + inserted[0]
        inserted[-1] += self._lines[bottom][last:]
        self._lines[top : bottom + 1] = inserted
        if self._widths:
            self._widths[top : bottom + 1] = [self._width(line) for line in inserted]
        self._text = None
        # The instruction that this line continues decides by its joined lines what the next one is.
        del self._states[top + 1 :]
        self._spans.clear()
        return EditResult((top + len(inserted) - 1, column), replaced)

    def spans(self, index: int) -> list[Span]:
        """The colours of line `index`, from 0."""
        found = self._spans.get(index)
        if found is None:
            while len(self._states) <= index:
                last = len(self._states) - 1
                self._states.append(next_state(self._lines, last, self._states[last]))
            found = line_spans(self._lines, index, self._states[index])
            self._spans[index] = found
        return found

    def _width(self, line: str) -> int:
        if line.isascii() and line.isprintable():
            return len(line)
        return cell_len(line.expandtabs(self._tab_width))
