"""The Dockerfile that the form gives, with what a check of it says and the files of its build context."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from trailer_tui.app.widgets.dockerfile_area import DockerfilePage
from trailer_tui.humanize import size
from trailer_tui.model.errors import TrailerError
from trailer_tui.printable import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trailer_tui.model.image import ContextFile, GeneratedDockerfile

_MOST_PROBLEMS = 4
"""Problems listed above the text; the header counts them all."""


class DockerfilePreview(Vertical):
    """Read-only view of the newest result; it keeps the last good text while a new one is on its way."""

    @dataclass
    class Appeared(Message):
        """The preview came into sight and may be out of date."""

    def compose(self) -> ComposeResult:
        yield Static("Dockerfile", classes="preview-title", markup=False)
        yield Static("", classes="preview-problems", markup=False)
        yield DockerfilePage()
        yield Static("", classes="preview-context", markup=False)
        with VerticalScroll(classes="preview-files", can_focus=False):
            yield Static("", markup=False)

    def on_show(self) -> None:
        """Ask to be brought up to date."""
        self.post_message(self.Appeared())

    def on_mount(self) -> None:
        """Begin empty."""
        self.show_message("")

    def show_result(self, result: GeneratedDockerfile) -> None:
        """Show a Dockerfile, its problems and its files."""
        errors = sum(problem.severity == "error" for problem in result.problems)
        lines = len(result.text.splitlines())
        words = ["Dockerfile", f"{lines} line{'' if lines == 1 else 's'}"]
        if result.problems:
            words.append(f"{errors} error{'' if errors == 1 else 's'}, {len(result.problems) - errors} other")
        self.query_one(".preview-title", Static).update(Content(" · ".join(words)))
        listed = [
            f"{'✖' if problem.severity == 'error' else '⚠'} line {problem.line}: {printable(problem.message)}"
            for problem in result.problems[:_MOST_PROBLEMS]
        ]
        rest = len(result.problems) - len(listed)
        listed += [f"  and {rest} more"] if rest else []
        listed += [f"· {printable(note)}" for note in result.notes]
        self._fill(".preview-problems", "\n".join(listed))
        self._show_files(result.context_files)
        area = self.query_one(DockerfilePage)
        if area.text != result.text:
            where = area.scroll_offset
            area.load_text(result.text)
            area.scroll_to(where.x, where.y, animate=False)
        area.show_problems(result.problems)
        area.display = True

    def _show_files(self, files: Sequence[ContextFile]) -> None:
        count = f"{len(files)} file{'' if len(files) == 1 else 's'}"
        total = size(sum(file.size for file in files))
        self._fill(".preview-context", f"Build context · {count} · {total}" if files else "")
        widest = max((len(file.path) for file in files), default=0)
        listing = self.query_one(".preview-files", VerticalScroll)
        lines = [f"{printable(file.path):<{min(widest, 48)}}  {size(file.size)}" for file in files]
        listing.query_one(Static).update(Content("\n".join(lines)))
        listing.can_focus = bool(files)  # where there is little room, the focus brings it into sight
        listing.display = bool(files)

    def show_message(self, message: str) -> None:
        """Say why there is no Dockerfile."""
        self.query_one(".preview-title", Static).update("Dockerfile")
        self._fill(".preview-problems", message)
        self._show_files([])
        self.query_one(DockerfilePage).display = False

    def show_error(self, error: TrailerError) -> None:
        """Say why it could not be made; the last text stays."""
        self._fill(".preview-problems", f"✖ {printable(error.title)}: {printable(error.cause)}")

    def _fill(self, selector: str, text: str) -> None:
        line = self.query_one(selector, Static)
        line.update(Content(text))
        line.display = bool(text)
