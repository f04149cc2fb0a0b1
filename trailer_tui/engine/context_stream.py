"""A build context as a tar stream, made while it is sent: no part of it is held whole, in memory or on disk."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

from trailer_tui.dockerfile.context import BuildContext, ContextEntry
from trailer_tui.dockerfile.ignore import BadPattern, PathPatterns, read_ignore_file
from trailer_tui.engine.context_tree import TreeItem, bad_pattern, walk
from trailer_tui.model.errors import BuildFailed

PIECE = 256 * 1024
"""Bytes of a file that are read and sent at once."""

_BLOCK = 512

# One fixed time, so that the same context is the same stream; no earlier, because zip cannot hold a time before 1980.
_MODIFIED = 946_684_800

OnSent = Callable[[str, int, int], None]
"""Called with a file's path, its bytes sent so far and its size."""


def dockerfile_name(context: BuildContext) -> str:
    """The name under which the Dockerfile travels: `Dockerfile`, unless the context holds something of that name."""
    taken = {entry.path.partition("/")[0] for entry in context.entries}
    name = "Dockerfile"
    while name in taken:
        name = f".{name}"
    return name


def dockerfile_entry(context: BuildContext) -> ContextEntry:
    """The Dockerfile as a file beside the others."""
    text = context.dockerfile.encode("utf-8", "surrogateescape")
    return ContextEntry(dockerfile_name(context), len(text), 0o644, lambda: io.BytesIO(text))


def sent_entries(context: BuildContext) -> tuple[ContextEntry, ...]:
    """The files that go to the engine beside the Dockerfile: those that `.dockerignore` leaves, and itself.

    As everywhere, `Dockerfile.dockerignore` is read instead where there is one.

    Raises:
        BuildFailed: the ignore file cannot be read or has a bad pattern; or see `context_tree.walk`.
    """
    return tuple(item.entry for item in _tree(context) if item.entry is not None)


def context_tar(context: BuildContext, on_sent: OnSent | None = None) -> Iterator[bytes]:
    """The context as a tar stream in GNU format, because builders take a PAX header for the Dockerfile itself.

    It holds what `sent_entries` says. Folders have mode 0755; every entry belongs to root.

    Raises:
        BuildFailed: a file cannot be read, or its size is not the one that was announced; or see `sent_entries`.
    """
    tree = _tree(context)
    dockerfile = dockerfile_entry(context)
    yield from _file(dockerfile, None)
    for path, entry in tree:
        if entry is None:
            yield _header(path, tarfile.DIRTYPE, 0o755, 0)
        else:
            yield from _file(entry, on_sent)
    yield bytes(2 * _BLOCK)


def pieces(entry: ContextEntry) -> Iterator[bytes]:
    """The contents of a file, exactly as many bytes as announced.

    Raises:
        BuildFailed: the file cannot be read, or has another size by now.
    """
    sent = 0
    with reading(entry) as source:
        while piece := source.read(PIECE):
            sent += len(piece)
            if sent > entry.size:
                break
            yield piece
    if sent != entry.size:
        raise BuildFailed(
            f"The file {entry.path} of the build context changed while it was sent: "
            f"it had {entry.size} bytes and now has {'more' if sent > entry.size else sent}",
            hint="build again once nothing writes to the file",
        )


@contextmanager
def reading(entry: ContextEntry) -> Iterator[IO[bytes]]:
    """An open file of the context.

    Raises:
        BuildFailed: it cannot be opened, or reading it inside the block failed.
    """
    try:
        with entry.open() as source:
            yield source
    except OSError as error:
        raise BuildFailed(
            f"The file {entry.path} of the build context cannot be read: {error.strerror or error}",
            hint="add the file again, or remove it from the image's files",
        ) from error


def _tree(context: BuildContext) -> list[TreeItem]:
    """What is sent beside the Dockerfile, as the tar has it. The ignore file itself always is: the engine reads it."""
    ignore_file = _ignore_file(context)
    if ignore_file is None:
        return list(walk(context.entries))
    with reading(ignore_file) as source:
        patterns = read_ignore_file(source.read())
    try:
        exclude = PathPatterns([*patterns, f"!{ignore_file.path}"])
    except BadPattern as error:
        raise bad_pattern(error) from error
    return list(walk(context.entries, exclude=exclude))


def _ignore_file(context: BuildContext) -> ContextEntry | None:
    files = {entry.path: entry for entry in context.entries}
    return files.get(f"{dockerfile_name(context)}.dockerignore") or files.get(".dockerignore")


def _file(entry: ContextEntry, on_sent: OnSent | None) -> Iterator[bytes]:
    yield _header(entry.path, tarfile.REGTYPE, entry.mode & 0o7777, entry.size)
    sent = 0
    for piece in pieces(entry):
        yield piece
        sent += len(piece)
        if on_sent:
            on_sent(entry.path, sent, entry.size)
    yield bytes(-entry.size % _BLOCK)


def _header(path: str, kind: bytes, mode: int, size: int) -> bytes:
    info = tarfile.TarInfo(path)
    info.type, info.mode, info.size, info.mtime = kind, mode, size, _MODIFIED
    return info.tobuf(tarfile.GNU_FORMAT, "utf-8", "surrogateescape")
