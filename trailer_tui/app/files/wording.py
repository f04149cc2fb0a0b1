"""What is known of a file of the archive, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trailer_tui.app.builds.facts import counted
from trailer_tui.humanize import ago, size
from trailer_tui.model.image_file import is_git_address
from trailer_tui.printable import printable, printable_lines

if TYPE_CHECKING:
    from trailer_tui.model.stored_file import FileRecord

_TARS = {
    "application/x-tar": "tar",
    "application/x-compressed-tar": "tar.gz",
    "application/x-bzip2-compressed-tar": "tar.bz2",
    "application/x-xz-compressed-tar": "tar.xz",
}


def type_words(file: FileRecord) -> str:
    """What it is, in a few letters: of a tar how it is packed, of an address what is there."""
    if file.kind == "url":
        return "Git" if is_git_address(file.url) else "URL"
    return _TARS.get(file.content_type, file.content_type.removeprefix("application/"))


def size_words(file: FileRecord) -> str:
    """`1.2 MB`; nothing for what is not stored."""
    return "" if file.size is None else size(file.size)


def use_words(file: FileRecord) -> str:
    """Which image uses it, or how many do."""
    if not file.used_by:
        return "no image"
    return file.used_by[0] if len(file.used_by) == 1 else counted(len(file.used_by), "image")


def age_words(file: FileRecord, now: float) -> str:
    """When name or description changed last."""
    return ago(max(0.0, now - file.updated_at.timestamp()))


def fate_words(file: FileRecord) -> str:
    """What a build does with it."""
    if file.kind == "url":
        return "cloned by every build" if is_git_address(file.url) else "fetched by every build, never unpacked"
    return "unpacked into its destination" if file.is_tar else "copied"


def summary(file: FileRecord, *, owner: bool) -> str:
    """Some lines about one file; `owner` names the account as well."""
    where = file.url or f"{file.content_type}, {file.size or 0:,} bytes"
    whose = f" · of {file.owner}" if owner else ""
    users = ", ".join(map(printable, file.used_by)) or "no image yet"
    lines = [f"{printable(where)}: {fate_words(file)}{whose}", f"Used by {users}"]
    return "\n".join([printable_lines(file.description), *lines] if file.description else lines)
