"""The Dockerfile editor: colours, line numbers, and the problems of the text while it is typed."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar, Self

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static, TextArea

from trailer_tui.app.actions import bindings
from trailer_tui.app.widgets.dockerfile_area import MARKS, DockerfileArea
from trailer_tui.dockerfile.builder import ANY_BUILDER, Builder
from trailer_tui.dockerfile.check import check
from trailer_tui.dockerfile.rules.mounts import Given
from trailer_tui.model.image import DockerfileProblem

CHECK_DELAY = 0.12
"""Seconds after the last key until the text is checked."""

INLINE_SIZE = 20_000
"""Characters that are checked at once; larger texts are checked in a thread, so that keys are answered."""


class DockerfileEditor(Vertical):
    """A text area with a line below it that says what is wrong where the cursor is."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("editor")

    DEFAULT_CSS = """
    DockerfileEditor {
        height: 1fr;
        min-height: 4;
        .dockerfile-status {
            height: auto; max-height: 3; width: 1fr; padding: 0 1; color: $text-muted; background: $panel;
        }
        .dockerfile-status.-error { color: $text-error; }
        .dockerfile-status.-warning { color: $text-warning; }
    }
    """

    class Changed(Message):
        """The text was edited or set."""

        def __init__(self, editor: DockerfileEditor) -> None:
            super().__init__()
            self.editor = editor

        @property
        def control(self) -> DockerfileEditor:
            """The editor, for `@on` with a selector."""
            return self.editor

    class Checked(Message):
        """The check of the present text is done; `editor.problems` are its findings."""

        def __init__(self, editor: DockerfileEditor) -> None:
            super().__init__()
            self.editor = editor

        @property
        def control(self) -> DockerfileEditor:
            """The editor, for `@on` with a selector."""
            return self.editor

    def __init__(
        self,
        text: str = "",
        *,
        read_only: bool = False,
        builder: Builder = ANY_BUILDER,
        files: Collection[str] | None = None,
        id: str | None = None,  # noqa: A002  # Textual's name
        classes: str | None = None,
    ) -> None:
        """
        Args:
            text: the Dockerfile.
            read_only: whether it can only be looked at.
            builder: that of the chosen host.
            files: paths in the build context beside the Dockerfile; None when they are not known.
        """
        super().__init__(id=id, classes=classes)
        self._files = files
        self._area = DockerfileArea(text, read_only=read_only)
        self._status = Static("", classes="dockerfile-status", markup=False)
        self._builder = builder
        self._given: Given | None = None
        self._problems: tuple[DockerfileProblem, ...] = ()
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """The text above its status line."""
        yield self._area
        yield self._status

    def on_mount(self) -> None:
        """Check what the editor was made with."""
        self._check()

    @property
    def text(self) -> str:
        """The Dockerfile, byte for byte as set or typed; setting it forgets the undo history."""
        return self._area.text

    @text.setter
    def text(self, value: str) -> None:
        if value != self._area.text:
            self._area.load_text(value)

    @property
    def problems(self) -> tuple[DockerfileProblem, ...]:
        """The findings of the last check, in order of their lines."""
        return self._problems

    @property
    def read_only(self) -> bool:
        """Whether the text can only be looked at."""
        return self._area.read_only

    @read_only.setter
    def read_only(self, value: bool) -> None:
        self._area.read_only = value

    @property
    def builder(self) -> Builder:
        """That of the chosen host."""
        return self._builder

    @builder.setter
    def builder(self, value: Builder) -> None:
        if value != self._builder:
            self._builder = value
            self._check_soon()

    @property
    def given(self) -> Given | None:
        """What steps may mount: the secrets that are named, the ssh agent; None when that is not known."""
        return self._given

    @given.setter
    def given(self, value: Given | None) -> None:
        if value != self._given:
            self._given = value
            self._check_soon()

    def focus(self, scroll_visible: bool = True) -> Self:
        """Focus the text."""
        self._area.focus(scroll_visible)
        return self

    def goto_line(self, line: int) -> None:
        """Put the cursor on a line, from 1, and show it."""
        row = max(0, min(line - 1, self._area.document.line_count - 1))
        text = self._area.document.get_line(row)
        self._area.move_cursor((row, len(text) - len(text.lstrip())), center=True)

    def action_next_problem(self) -> None:
        """The next line with a problem; after the last one, the first."""
        row = self._area.cursor_location[0] + 1
        lines = sorted({problem.line for problem in self._problems})
        if lines:
            self.goto_line(next((line for line in lines if line > row), lines[0]))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The jump applies while there are problems."""
        return bool(self._problems) if action == "next_problem" else True

    @on(TextArea.Changed)
    def _text_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self._check_soon()
        self.post_message(self.Changed(self))

    @on(TextArea.SelectionChanged)
    def _cursor_moved(self, event: TextArea.SelectionChanged) -> None:
        event.stop()
        self._show_status()

    def _check_soon(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(CHECK_DELAY, self._check)

    def _check(self) -> None:
        text = self.text
        if len(text) <= INLINE_SIZE:
            self._show_problems(text, check(text, builder=self._builder, files=self._files, given=self._given))
        else:
            self._check_in_thread(text, self._builder, self._given)

    @work(thread=True, exclusive=True, group="dockerfile-check", exit_on_error=True)
    def _check_in_thread(self, text: str, builder: Builder, given: Given | None) -> None:
        found = check(text, builder=builder, files=self._files, given=given)
        self.app.call_from_thread(self._show_problems, text, found)

    def _show_problems(self, text: str, found: list[DockerfileProblem]) -> None:
        """Findings of a text that was edited meanwhile are dropped: its own check is on the way."""
        if text != self.text or not self.is_attached:
            return
        self._problems = tuple(found)
        self._area.show_problems(found)
        self._show_status()
        self.refresh_bindings()
        self.post_message(self.Checked(self))

    def _show_status(self) -> None:
        row, column = self._area.cursor_location
        here = [problem for problem in self._problems if problem.line <= row + 1 <= problem.end_line]
        here.sort(key=lambda problem: problem.severity)
        severity = here[0].severity if here else ""
        self._status.set_class(severity == "error", "-error")
        self._status.set_class(severity == "warning", "-warning")
        words = [_counts(self._problems)] if self._problems else []
        if here:
            words.append(f"{MARKS[severity]} line {here[0].line}: {here[0].message}")
        elif self._problems:
            words.append(f"next: line {self._next_line(row + 1)}")
        else:
            words.append(f"no problems · line {row + 1}, column {column + 1}")
        self._status.update(Content(" · ".join(words)))

    def _next_line(self, line: int) -> int:
        lines = [problem.line for problem in self._problems]
        return next((found for found in lines if found > line), lines[0])


def _counts(problems: tuple[DockerfileProblem, ...]) -> str:
    errors = sum(problem.severity == "error" for problem in problems)
    counted = ((errors, "error"), (len(problems) - errors, "warning"))
    return ", ".join(f"{number} {word}{'s' if number > 1 else ''}" for number, word in counted if number)
