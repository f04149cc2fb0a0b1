"""Sends the build context to BuildKit: what the engine lacks of it, file by file.

The engine asks for a listing, compares it with what it kept of the last build under the same context key, and asks for
the files that differ. It compares mode, size and time of change, never contents: so the time that is listed for a file
is made from what names its contents (see `content_time`). Source: tonistiigi/fsutil (`send.go`, `receive.go`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol
from urllib.parse import unquote_plus

from trailer_tui.dockerfile.context import BuildContext, ContextEntry
from trailer_tui.dockerfile.ignore import BadPattern, PathPatterns
from trailer_tui.engine.buildkit.buildkit_pb2 import Packet, Stat
from trailer_tui.engine.buildkit.content_time import content_time
from trailer_tui.engine.buildkit.followed_paths import follow
from trailer_tui.engine.context_stream import dockerfile_entry, pieces
from trailer_tui.engine.context_tree import TreeItem, bad_pattern, walk
from trailer_tui.model.errors import BuildFailed

_TOGETHER = 64 * 1024
"""Bytes of messages that are sent together."""

_FOLDER_MODE = 1 << 31 | 0o755
_PERMISSIONS = 0o777
# Where Go's file mode has the bits above the permissions.
_SPECIAL_BITS = ((0o4000, 1 << 23), (0o2000, 1 << 22), (0o1000, 1 << 20))
_FOLDER_TIME = 946_684_800_000_000_000
"""2000-01-01 in nanoseconds."""


class PacketStream(Protocol):
    """One call of the engine: messages in both directions."""

    def receive(self) -> bytes | None:
        """The next message; None when the engine will send no more."""

    def send_all(self, messages: Sequence[bytes]) -> None:
        """Send messages in this order; waits while the engine takes none."""


class FileSync:
    """Serves the files of one build. The engine calls `serve` several times, possibly at once."""

    def __init__(self, context: BuildContext, on_sent: Callable[[int, int], None]) -> None:
        """Take what is sent.

        Args:
            context: the Dockerfile and the files.
            on_sent: called with the bytes of files sent so far in one call of the engine, and the bytes of all files
                that this call may ask for.
        """
        self._entries = (dockerfile_entry(context), *context.entries)
        self._on_sent = on_sent
        self.failure: BuildFailed | None = None
        """Why a file could not be sent: more than what the engine then says of it."""

    def serve(self, stream: PacketStream, metadata: Mapping[str, list[str]]) -> None:
        """Answer one DiffCopy call to its end.

        Args:
            stream: the call.
            metadata: what the engine gave with it, keys in lower case.

        Raises:
            BuildFailed: a file cannot be sent, or a pattern cannot be read; the engine was told so.
        """
        try:
            _Sending(stream, self._listed(metadata), self._on_sent).run()
        except BuildFailed as error:
            self.failure = self.failure or error
            message = Packet(type=Packet.ERROR, data=error.cause.encode("utf-8", "replace"))
            stream.send_all([message.SerializeToString()])
            raise

    def _listed(self, metadata: Mapping[str, list[str]]) -> Iterator[TreeItem]:
        followed = _values(metadata, "followpaths")
        try:
            exclude = PathPatterns(_values(metadata, "exclude-patterns"))
            include = PathPatterns(_values(metadata, "include-patterns"))
        except BadPattern as error:
            raise bad_pattern(error) from error
        entries = follow(self._entries, followed) if followed else self._entries
        return walk(entries, exclude=exclude, include=include or None)


class _Sending:
    """One listing, and the files of it that the engine asks for."""

    def __init__(
        self,
        stream: PacketStream,
        items: Iterator[TreeItem],
        on_sent: Callable[[int, int], None],
    ) -> None:
        self._stream = stream
        self._items = items
        self._on_sent = on_sent
        self._listed: list[ContextEntry | None] = []
        self._sent = 0
        self._total = 0
        self._unsent: list[bytes] = []
        self._unsent_bytes = 0

    def run(self) -> None:
        for path, entry in self._items:
            self._listed.append(entry)
            self._total += entry.size if entry is not None else 0
            self._send(Packet(type=Packet.STAT, stat=_stat(path, entry)))
        self._send(Packet(type=Packet.STAT))
        self._flush()
        while (message := self._stream.receive()) is not None:
            packet = Packet.FromString(message)
            if packet.type == Packet.REQUEST:
                self._send_file(packet.id)
            elif packet.type == Packet.FIN:
                self._send(Packet(type=Packet.FIN))
                self._flush()
                return
            elif packet.type == Packet.ERROR:
                return  # the engine says the same where it ends the build

    def _send_file(self, number: int) -> None:
        entry = self._listed[number] if number < len(self._listed) else None
        if entry is None:
            raise BuildFailed(f"The engine asked for entry {number} of the build context, which is no file")
        for piece in pieces(entry):
            self._send(Packet(type=Packet.DATA, id=number, data=piece))
            self._sent += len(piece)
            self._on_sent(self._sent, self._total)
        self._send(Packet(type=Packet.DATA, id=number))
        self._flush()

    def _send(self, packet: Packet) -> None:
        message = packet.SerializeToString()
        self._unsent.append(message)
        self._unsent_bytes += len(message)
        if self._unsent_bytes >= _TOGETHER:
            self._flush()

    def _flush(self) -> None:
        if self._unsent:
            self._stream.send_all(self._unsent)
        self._unsent, self._unsent_bytes = [], 0


def _stat(path: str, entry: ContextEntry | None) -> Stat:
    """What the engine learns of a file or a folder; everything belongs to root."""
    try:
        name = path.encode()
    except UnicodeEncodeError as error:
        raise BuildFailed(
            f"The name of the file {path!r} of the build context is not valid UTF-8", hint="give it another name"
        ) from error
    if entry is None:
        return Stat(path=name, mode=_FOLDER_MODE, modified_ns=_FOLDER_TIME)
    mode = entry.mode & _PERMISSIONS
    for bit, go_bit in _SPECIAL_BITS:
        mode |= go_bit if entry.mode & bit else 0
    return Stat(path=name, mode=mode, size=entry.size, modified_ns=content_time(entry))


def _values(metadata: Mapping[str, list[str]], key: str) -> list[str]:
    """The values of one key; engines encode them when one is not plain ASCII, and say so."""
    values = list(metadata.get(key, ()))
    if "1" in metadata.get(f"{key}-encoded", ()):
        return [unquote_plus(value) for value in values]
    return values
