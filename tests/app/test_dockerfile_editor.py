"""The Dockerfile editor: text kept byte for byte, colours, problems on their line, and keys answered in large files."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.style import Style
from textual import on
from textual.app import App, ComposeResult
from textual.color import Color
from textual.events import Paste
from textual.pilot import Pilot
from textual.widgets import Input, Static

from trailer_tui.app.dockerfile.document import DockerfileDocument
from trailer_tui.app.themes import THEMES
from trailer_tui.app.widgets.dockerfile_area import DockerfileArea
from trailer_tui.app.widgets.dockerfile_editor import INLINE_SIZE, DockerfileEditor
from trailer_tui.dockerfile.builder import Builder
from trailer_tui.dockerfile.highlight import highlight

TWO_PROBLEMS = "FROM debian:12\nMAINTAINER ada\nRUN true\n  RUM x\nCMD a\n"


class EditorApp(App[None]):
    """One editor between two inputs."""

    def __init__(self, text: str = "", *, read_only: bool = False) -> None:
        super().__init__()
        self.editor = DockerfileEditor(text, read_only=read_only)
        self.changes: list[str] = []
        for theme in THEMES:
            self.register_theme(theme)

    def compose(self) -> ComposeResult:
        yield Input(id="before")
        yield self.editor
        yield Input(id="after")

    @on(DockerfileEditor.Changed)
    def note(self, event: DockerfileEditor.Changed) -> None:
        self.changes.append(event.editor.text)

    @property
    def area(self) -> DockerfileArea:
        return self.editor.query_one(DockerfileArea)

    @property
    def status(self) -> str:
        return str(self.editor.query_one(".dockerfile-status", Static).render())

    def row(self, y: int) -> str:
        return "".join(segment.text for segment in self.area.render_line(y))


async def expect(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    """Wait for a condition, ten seconds at most."""
    for _ in range(200):
        if condition():
            return
        await pilot.pause(0.05)
    raise AssertionError("it did not come to pass")


async def test_problems_of_typed_text_are_marked_counted_and_explained() -> None:
    app = EditorApp("FROM debian:12\n")
    async with app.run_test(size=(80, 24)) as pilot:
        app.editor.focus()
        await expect(pilot, lambda: "no problems" in app.status)
        app.editor.goto_line(2)
        await pilot.press(*"RUM", "space", *"x")
        await expect(pilot, lambda: len(app.editor.problems) == 1)
        assert app.editor.text == "FROM debian:12\nRUM x"
        assert app.changes[-1] == app.editor.text
        assert "✖" in app.row(1)
        assert "✖" not in app.row(0)
        assert app.status.startswith("1 error · ✖ line 2: unknown instruction RUM: write RUN")
        await pilot.press("left", "left", "backspace", "N")
        await expect(pilot, lambda: not app.editor.problems)
        assert "✖" not in app.row(1)


async def test_the_key_goes_to_each_problem_and_around() -> None:
    app = EditorApp(TWO_PROBLEMS)
    async with app.run_test(size=(80, 24)) as pilot:
        app.editor.focus()
        await expect(pilot, lambda: len(app.editor.problems) == 2)
        assert app.status == "1 error, 1 warning · next: line 2"
        assert "▲" in app.row(1)
        await pilot.press("ctrl+t")
        assert app.area.cursor_location == (1, 0)
        assert "▲ line 2: MAINTAINER is deprecated" in app.status
        await pilot.press("ctrl+t")
        assert app.area.cursor_location == (3, 2)
        await pilot.press("ctrl+t")
        assert app.area.cursor_location == (1, 0)


async def test_undo_brings_back_what_was_typed_over() -> None:
    app = EditorApp("FROM debian:12\n")
    async with app.run_test() as pilot:
        app.editor.focus()
        await pilot.press("ctrl+k", *"x")
        assert app.editor.text == "x\n"
        await pilot.press("ctrl+z", "ctrl+z")
        assert app.editor.text == "FROM debian:12\n"


async def test_tab_leaves_the_editor() -> None:
    app = EditorApp("FROM debian:12\n")
    async with app.run_test() as pilot:
        app.editor.focus()
        await pilot.press("tab")
        assert isinstance(app.focused, Input)
        assert app.focused.id == "after"
        await pilot.press("shift+tab", "shift+tab")
        assert isinstance(app.focused, Input)
        assert app.focused.id == "before"
        assert app.editor.text == "FROM debian:12\n"


async def test_read_only_shows_and_checks_but_takes_no_keys() -> None:
    app = EditorApp(TWO_PROBLEMS, read_only=True)
    async with app.run_test() as pilot:
        app.editor.focus()
        await expect(pilot, lambda: len(app.editor.problems) == 2)
        await pilot.press(*"abc", "backspace")
        assert app.editor.text == TWO_PROBLEMS
        app.editor.text = "FROM scratch\n"
        await expect(pilot, lambda: not app.editor.problems)


async def test_setting_the_same_text_keeps_cursor_and_undo() -> None:
    app = EditorApp(TWO_PROBLEMS)
    async with app.run_test() as pilot:
        app.editor.focus()
        app.editor.goto_line(3)
        await pilot.pause()
        app.editor.text = TWO_PROBLEMS
        assert app.area.cursor_location == (2, 0)
        assert app.changes == []
        app.editor.goto_line(10_000)
        assert app.area.cursor_location == (5, 0)


async def test_the_host_decides_about_heredocs() -> None:
    app = EditorApp("FROM debian:12\nRUN <<EOF\ntrue\nEOF\n")
    async with app.run_test() as pilot:
        await expect(pilot, lambda: "no problems" in app.status)
        app.editor.builder = Builder(heredocs=False)
        await expect(pilot, lambda: [problem.rule for problem in app.editor.problems] == ["heredoc-unsupported"])


async def test_markup_and_control_characters_are_shown_as_they_are() -> None:
    text = "FROM debian:12\n[red]\x1b[2J\x0c\x85\u202e[/red]\n"
    app = EditorApp(text)
    async with app.run_test(size=(80, 24)) as pilot:
        await expect(pilot, lambda: bool(app.editor.problems))
        app.editor.goto_line(2)
        await pilot.pause()
        assert "[red]␛[2J␌��[/red]" in app.row(1)
        assert "\x1b" not in app.row(1) + app.status
        assert "[RED]␛" in app.status
        assert app.editor.text == text


async def test_pasted_carriage_returns_are_line_breaks() -> None:
    app = EditorApp("")
    async with app.run_test() as pilot:
        app.editor.focus()
        app.post_message(Paste("FROM a\rRUN b\r\nRUN c"))
        await expect(pilot, lambda: app.editor.text == "FROM a\nRUN b\nRUN c")


@pytest.mark.parametrize("theme", [theme.name for theme in THEMES])
async def test_colours_differ_and_can_be_read_in_every_theme(theme: str) -> None:
    app = EditorApp("# syntax=a/b\nFROM --platform=x debian AS y\n# c\nRUN echo 'a' $B \\\n c <<EOF\nEOF\n")
    async with app.run_test() as pilot:
        app.theme = theme
        await pilot.pause()
        keyword, comment = (app.area.get_line(index).spans[0].style for index in (1, 2))
        assert keyword != comment
        background = app.area.background_colors[1]
        for index in range(app.area.document.line_count):
            for span in app.area.get_line(index).spans:
                assert isinstance(span.style, Style)
                assert span.style.color is not None
                if span.style.color.triplet is not None:
                    brightness = Color.from_rich_color(span.style.color).brightness
                    assert abs(brightness - background.brightness) > 0.25


async def test_a_large_file_is_checked_beside_the_keys() -> None:
    text = "FROM debian:12\n" + "RUN echo one two three \\\n  && true\n" * 28_000 + "RUM x\n"
    assert len(text) > max(INLINE_SIZE, 900_000)
    app = EditorApp(text)
    async with app.run_test(size=(80, 24)) as pilot:
        app.editor.focus()
        await pilot.press("ctrl+end", *"RUN")
        assert app.editor.text == text + "RUN"
        rules = {"unknown-instruction", "missing-arguments"}
        await expect(pilot, lambda: {problem.rule for problem in app.editor.problems} == rules)
        await pilot.press("ctrl+t")
        assert app.area.cursor_location[0] == text.count("\n") - 1


_INSERTED = ["", "x", "\n", "a\nb", "RUN <<E\n", "E\n", "\\\n", "\r\n", "\x0c", "é\t"]
_PIECES = ["FROM a", "\n", "\r\n", "RUN <<E", "E", "\\", "\x0b", "\u2028", "# escape=`", "`", "\r"]
_texts = st.lists(st.sampled_from(_PIECES), max_size=12)
_edits = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), st.sampled_from(_INSERTED)), max_size=6)


@given(_texts.map("".join), _edits)
def test_a_document_keeps_text_sizes_and_colours_through_edits(text: str, edits: list[tuple[int, int, str]]) -> None:
    document = DockerfileDocument(text)
    assert document.text == text
    document.get_size(4)
    for first, last, inserted in edits:
        start, end = _location(document, first), _location(document, last)
        result = document.replace_range(start, end, inserted)
        after = document.text
        document.replace_range(min(start, end), result.end_location, result.replaced_text)
        document.replace_range(start, end, inserted)
        assert document.text == after
    fresh = DockerfileDocument(document.text)
    lines = list(document.lines)
    if lines == list(fresh.lines):
        assert document.get_size(4) == fresh.get_size(4)
    assert [document.spans(index) for index in range(len(lines))] == highlight("\n".join(lines))


def _location(document: DockerfileDocument, number: int) -> tuple[int, int]:
    row = number % document.line_count
    return row, number % (len(document.get_line(row)) + 1)


def test_the_gutter_counts_lines_as_builders_do() -> None:
    assert DockerfileDocument("a\x0cb\u2028c\rd\ne").line_count == 2
    assert DockerfileDocument("a\r\nb\r\n").lines == ["a", "b", ""]
    assert re.fullmatch("a\r\nb\n", DockerfileDocument("a\r\nb\n").text)
