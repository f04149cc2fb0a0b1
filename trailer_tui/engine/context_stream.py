"""A build context as a tar stream, made while it is sent: no part of it is held whole, in memory or on disk."""

from __future__ import annotations

import tarfile
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from trailer_tui.dockerfile.context import BuildContext, ContextEntry
from trailer_tui.model.errors import BuildFailed

_PIECE = 256 * 1024
_BLOCK = 512

# One fixed time, so that the same context is the same stream; no earlier, because zip cannot hold a time before 1980.
_MODIFIED = 946_684_800

OnSent = Callable[[str, int, int], None]
"""Called with a file's path, its bytes sent so far and its size."""


def dockerfile_name(context: BuildContext) -> str:
    """The name under which the Dockerfile travels: `Dockerfile`, unless the context holds such a file itself."""
    taken = {entry.path for entry in context.entries}
    name = "Dockerfile"
    while name in taken:
        name = f".{name}"
    return name


def context_tar(context: BuildContext, on_sent: OnSent | None = None) -> Iterator[bytes]:
    """The context as a tar stream in GNU format, because builders take a PAX header for the Dockerfile itself.

    Folders above the files are in it with mode 0755; every entry belongs to root.

    Raises:
        BuildFailed: a file cannot be read, or its size is not the one that was announced.
    """
    text = context.dockerfile.encode("utf-8", "surrogateescape")
    yield _header(dockerfile_name(context), tarfile.REGTYPE, 0o644, len(text))
    yield text + _padding(len(text))
    folders: set[str] = set()
    for entry in context.entries:
        for parent in reversed(PurePosixPath(entry.path).parents):
            folder = str(parent)
            if folder != "." and folder not in folders:
                folders.add(folder)
                yield _header(folder, tarfile.DIRTYPE, 0o755, 0)
        yield _header(entry.path, tarfile.REGTYPE, entry.mode & 0o7777, entry.size)
        yield from _contents(entry, on_sent)
    yield bytes(2 * _BLOCK)


def _header(path: str, kind: bytes, mode: int, size: int) -> bytes:
    info = tarfile.TarInfo(path)
    info.type, info.mode, info.size, info.mtime = kind, mode, size, _MODIFIED
    return info.tobuf(tarfile.GNU_FORMAT, "utf-8", "surrogateescape")


def _contents(entry: ContextEntry, on_sent: OnSent | None) -> Iterator[bytes]:
    sent = 0
    for piece in _read(entry):
        sent += len(piece)
        if sent > entry.size:
            break
        yield piece
        if on_sent:
            on_sent(entry.path, sent, entry.size)
    if sent != entry.size:
        raise BuildFailed(
            f"The file {entry.path} of the build context changed while it was sent: "
            f"it had {entry.size} bytes and now has {'more' if sent > entry.size else sent}",
            hint="build again once nothing writes to the file",
        )
    yield _padding(entry.size)


def _read(entry: ContextEntry) -> Iterator[bytes]:
    try:
        with entry.open() as source:
            while piece := source.read(_PIECE):
                yield piece
    except OSError as error:
        raise BuildFailed(
            f"The file {entry.path} of the build context cannot be read: {error.strerror or error}",
            hint="add the file again, or remove it from the image's files",
        ) from error


def _padding(size: int) -> bytes:
    return bytes(-size % _BLOCK)
