"""The Dockerfile that the form gives, with what a check of it says and the files of its build context."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from trailer_tui.app.widgets.dockerfile_area import DockerfileArea
from trailer_tui.humanize import size
from trailer_tui.model.errors import TrailerError
from trailer_tui.printable import printable

if TYPE_CHECKING:
    from trailer_tui.model.image import GeneratedDockerfile

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
        yield DockerfileArea("", read_only=True)
        yield Static("", classes="preview-files", markup=False)

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
        self._fill(".preview-problems", "\n".join(listed + ([f"  and {rest} more"] if rest else [])))
        files = [f"{printable(file.path)}  {size(file.size)}" for file in result.context_files]
        self._fill(".preview-files", "\n".join(["Build context", *files]) if files else "")
        area = self.query_one(DockerfileArea)
        if area.text != result.text:
            where = area.scroll_offset
            area.load_text(result.text)
            area.scroll_to(where.x, where.y, animate=False)
        area.show_problems(result.problems)
        area.display = True

    def show_message(self, message: str) -> None:
        """Say why there is no Dockerfile."""
        self.query_one(".preview-title", Static).update("Dockerfile")
        self._fill(".preview-problems", message)
        self._fill(".preview-files", "")
        self.query_one(DockerfileArea).display = False

    def show_error(self, error: TrailerError) -> None:
        """Say why it could not be made; the last text stays."""
        self._fill(".preview-problems", f"✖ {printable(error.title)}: {printable(error.cause)}")

    def _fill(self, selector: str, text: str) -> None:
        line = self.query_one(selector, Static)
        line.update(Content(text))
        line.display = bool(text)
