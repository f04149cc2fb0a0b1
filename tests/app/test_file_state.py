"""What the dialog of one file knows while somebody types."""

from __future__ import annotations

import pytest

from trailer_tui.app.form.file_state import UPLOAD_PATH, FileState


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("~nobody-of-this-name", "~nobody-of-this-name"),
        ("~nobody-of-this-name/x.tar", "x.tar"),
        ("", ""),
        ("a\0b", "a\0b"),
    ],
)
def test_a_path_that_is_still_being_typed_has_a_name(typed: str, name: str) -> None:
    state = FileState(None, {})
    state.change(UPLOAD_PATH, typed)
    assert state.upload_name == name
    assert state.problems()
