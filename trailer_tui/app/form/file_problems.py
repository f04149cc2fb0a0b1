"""Entries that name files which the archive does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trailer_tui.app.form.fields import FILES, WINDOWS_FILES
from trailer_tui.app.form.places import Place
from trailer_tui.model.errors import FieldProblem
from trailer_tui.model.image_file import ArchiveFile

if TYPE_CHECKING:
    from trailer_tui.app.form.draft_state import DraftState


def missing_files(state: DraftState) -> list[tuple[Place, FieldProblem]]:
    """Each such entry with what is wrong; none while the archive is not known."""
    if state.archive is None:
        return []
    found = []
    for field in (FILES, WINDOWS_FILES):
        value = state.value(field) if state.applies(field) else ()
        for index, entry in enumerate(value if isinstance(value, tuple) else ()):
            if isinstance(entry, ArchiveFile) and entry.file not in state.archive:
                words = "is not in the archive of files of the image's creator"
                problem = FieldProblem(field.path, entry.file, words, "upload it, or choose another")
                found.append((Place(field, index, "file"), problem))
    return found
