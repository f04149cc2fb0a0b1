"""The user's own editor: found, run on a private file, and its text taken back or left alone."""

from __future__ import annotations

import errno
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from trailer_tui.app.editor import EditorFailed, edit_text, editor_command
from trailer_tui.app.widgets.form.line_input import one_line


@contextmanager
def aside() -> Iterator[None]:
    yield


def edit(text: str, run: object, editor: str = "ed") -> str:
    return edit_text(text, filename="Dockerfile", suspend=aside, environment={"EDITOR": editor}, run=run)  # type: ignore[arg-type]


def test_visual_comes_before_editor_and_may_have_arguments() -> None:
    assert editor_command({"VISUAL": "code --wait", "EDITOR": "vi"}) == ["code", "--wait"]
    assert editor_command({"VISUAL": " ", "EDITOR": "vi"}) == ["vi"]


@pytest.mark.parametrize("environment", [{"EDITOR": "vi 'unclosed"}, {"PATH": "/nowhere"}])
def test_unusable_editor_is_an_error_with_a_hint(environment: dict[str, str]) -> None:
    with pytest.raises(EditorFailed) as caught:
        editor_command(environment)
    assert "EDITOR" in caught.value.hint


def test_file_is_private_and_gone_afterwards() -> None:
    seen: list[Path] = []

    def run(command: Sequence[str]) -> int:
        path = Path(command[-1])
        seen.append(path)
        assert path.name == "Dockerfile"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        path.write_text("FROM alpine\n")
        return 0

    assert edit("FROM debian\n", run) == "FROM alpine\n"
    assert not seen[0].parent.exists()


def test_line_break_that_editors_add_is_no_change() -> None:
    def run(command: Sequence[str]) -> int:
        path = Path(command[-1])
        path.write_text(path.read_text() + "\n")
        return 0

    assert edit("FROM debian", run) == "FROM debian"


def test_text_that_the_editor_leaves_alone_comes_back_the_same() -> None:
    text = "FROM debian\r\nRUN echo \udc80\rdone\n"
    assert edit(text, lambda _: 0) == text


def test_a_full_disk_is_an_error_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def full(path: Path, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(EditorFailed, match="No space left on device"):
        edit("FROM debian\n", lambda _: 0)
    assert not list(temporary.iterdir())


def test_failed_editor_keeps_the_file_it_changed_and_names_it() -> None:
    def run(command: Sequence[str]) -> int:
        Path(command[-1]).write_text("half done")
        return 1

    with pytest.raises(EditorFailed) as caught:
        edit("FROM debian\n", run)
    kept = Path(caught.value.hint.rpartition(" ")[2])
    assert kept.read_text() == "half done"


def test_failed_editor_that_changed_nothing_leaves_nothing() -> None:
    seen: list[Path] = []

    def run(command: Sequence[str]) -> int:
        seen.append(Path(command[-1]))
        return 1

    with pytest.raises(EditorFailed, match="exit code 1"):
        edit("FROM debian\n", run)
    assert not seen[0].parent.exists()


def test_missing_program_is_an_error() -> None:
    with pytest.raises(EditorFailed, match="no-such-editor is not installed") as caught:
        edit_text("x", filename="Dockerfile", suspend=aside, environment={"EDITOR": "no-such-editor"})
    assert "EDITOR" in caught.value.hint


def test_result_that_is_no_text_is_an_error() -> None:
    def run(command: Sequence[str]) -> int:
        Path(command[-1]).write_bytes(b"\xff\xfe\x00")
        return 0

    with pytest.raises(EditorFailed):
        edit("FROM debian\n", run)


@pytest.mark.parametrize(
    ("pasted", "line"),
    [
        ("ubuntu:24.04\n", "ubuntu:24.04"),
        ("two\nlines\tand a tab", "two lines and a tab"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07name", "name"),
        ("a\x00b\u202ec", "abc"),
        ("\n", ""),
        ("[red]", "[red]"),
    ],
)
def test_pasted_text_becomes_one_clean_line(pasted: str, line: str) -> None:
    assert one_line(pasted) == line
