"""BuildKit is told of every file that counts, and gets the ones that it asks for."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from trailer_tui.dockerfile.context import BuildContext, ContextEntry
from trailer_tui.engine.buildkit.buildkit_pb2 import Packet, Stat
from trailer_tui.engine.buildkit.filesync import FileSync
from trailer_tui.model.errors import BuildFailed


def everything(path: str) -> bool:
    return True


def nobody(sent: int, total: int) -> None:
    pass


class Receiver:
    """The engine's end of one call: asks for every file that `wants` names, once it has the listing."""

    def __init__(self, wants: Callable[[str], bool] = everything) -> None:
        self.listing: list[Stat] = []
        self.contents: dict[str, bytes] = {}
        self.finished = False
        self.error = ""
        self._wants = wants
        self._asked: list[int] | None = None
        self._complete = 0

    def send_all(self, messages: Sequence[bytes]) -> None:
        for message in messages:
            self._take(Packet.FromString(message))

    def receive(self) -> bytes | None:
        if self._asked:
            return Packet(type=Packet.REQUEST, id=self._asked.pop(0)).SerializeToString()
        return None if self.finished else Packet(type=Packet.FIN).SerializeToString()

    @property
    def paths(self) -> list[str]:
        return [stat.path.decode() for stat in self.listing]

    def stat(self, path: str) -> Stat:
        return next(stat for stat in self.listing if stat.path.decode() == path)

    def _take(self, packet: Packet) -> None:
        if packet.type == Packet.STAT and packet.HasField("stat"):
            self.listing.append(packet.stat)
        elif packet.type == Packet.STAT:
            files = [number for number, stat in enumerate(self.listing) if not stat.mode & 1 << 31]
            self._asked = [number for number in files if self._wants(self.listing[number].path.decode())]
        elif packet.type == Packet.DATA:
            path = self.listing[packet.id].path.decode()
            self.contents[path] = self.contents.get(path, b"") + packet.data
        elif packet.type == Packet.FIN:
            self.finished = True
        elif packet.type == Packet.ERROR:
            self.error = packet.data.decode()


def entry(path: str, content: bytes = b"", *, mode: int = 0o644, size: int | None = None) -> ContextEntry:
    return ContextEntry(path, len(content) if size is None else size, mode, lambda: io.BytesIO(content))


def served(
    *entries: ContextEntry,
    metadata: Mapping[str, list[str]] | None = None,
    wants: Callable[[str], bool] = everything,
    dockerfile: str = "FROM scratch\n",
) -> Receiver:
    receiver = Receiver(wants)
    sync = FileSync(BuildContext(dockerfile, entries), nobody)
    sync.serve(receiver, metadata or {"dir-name": ["context"]})
    assert receiver.finished
    return receiver


def test_everything_arrives_whole() -> None:
    large = bytes(range(256)) * 4000
    receiver = served(entry("d/large", large), entry("empty"), entry("a", b"1"))
    assert receiver.paths == ["Dockerfile", "a", "d", "d/large", "empty"]
    assert receiver.contents == {"Dockerfile": b"FROM scratch\n", "a": b"1", "d/large": large, "empty": b""}


def test_only_what_is_asked_for_is_read() -> None:
    def forbidden() -> io.BytesIO:
        raise AssertionError("read")

    known = ContextEntry("known", 1, 0o644, forbidden, digest="sha256:1")
    assert served(known, wants=lambda path: path == "Dockerfile").contents == {"Dockerfile": b"FROM scratch\n"}


def test_modes_are_those_of_go_and_root_owns_everything() -> None:
    receiver = served(entry("d/tool", mode=0o4755), entry("shared", mode=0o3644))
    assert receiver.stat("d").mode == 1 << 31 | 0o755
    assert receiver.stat("d/tool").mode == 1 << 23 | 0o755
    assert receiver.stat("shared").mode == 1 << 22 | 1 << 20 | 0o644
    assert {(stat.uid, stat.gid) for stat in receiver.listing} == {(0, 0)}


def test_a_change_that_keeps_the_size_is_seen() -> None:
    assert served(entry("a", b"1")).stat("a") == served(entry("a", b"1")).stat("a")
    assert served(entry("a", b"1")).stat("a") != served(entry("a", b"2")).stat("a")
    assert served(dockerfile="FROM a\n").stat("Dockerfile") != served(dockerfile="FROM b\n").stat("Dockerfile")


def test_a_file_that_was_written_again_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "file"

    def stat() -> Stat:
        return served(ContextEntry("a", 1, 0o644, lambda: path.open("rb"))).stat("a")

    path.write_bytes(b"1")
    first = stat()
    assert stat() == first
    other = tmp_path / "other"
    other.write_bytes(b"2")
    other.rename(path)
    assert stat() != first


@pytest.mark.parametrize(
    ("followed", "paths"),
    [
        (["Dockerfile", "Dockerfile.dockerignore"], ["Dockerfile"]),
        ([".dockerignore"], [".dockerignore"]),
        (["*.txt"], ["a.txt", "b.txt"]),
        (["d"], ["d", "d/e", "d/e/x", "d/y"]),
        (["/d/*/"], ["d", "d/e", "d/e/x", "d/y"]),
        (["d/e/", "a.txt"], ["a.txt", "d", "d/e", "d/e/x"]),
        (["nothing"], []),
        (["/"], [".dockerignore", "Dockerfile", "a.txt", "b.txt", "d", "d/e", "d/e/x", "d/y"]),
    ],
)
def test_only_followed_paths_are_listed(followed: list[str], paths: list[str]) -> None:
    entries = [entry(path) for path in (".dockerignore", "a.txt", "b.txt", "d/e/x", "d/y")]
    assert served(*entries, metadata={"followpaths": followed}).paths == paths


def test_a_wildcard_in_brackets_stands_for_itself() -> None:
    entries = [entry(path) for path in ("a*[b]?", "axb", "a*x[b]?")]
    assert served(*entries, metadata={"followpaths": ["a[*][[]b][?]"]}).paths == ["a*[b]?"]


def test_a_caret_stands_for_itself_but_where_a_class_begins_with_it() -> None:
    entries = [entry(path) for path in ("[^x]", "^[", "a", "b")]
    assert served(*entries, metadata={"followpaths": ["[[]^x]"]}).paths == ["[^x]"]
    assert served(*entries, metadata={"followpaths": ["^[[]"]}).paths == ["^["]
    assert served(*entries, metadata={"followpaths": ["[^a^[]"]}).paths == ["b"]


def test_excluded_paths_stay_here() -> None:
    entries = [entry(path) for path in ("a.md", "keep.md", "d/x", "d/é")]
    metadata = {"exclude-patterns": ["%2A.md", "%21keep.md", "d", "%21d/%C3%A9"], "exclude-patterns-encoded": ["1"]}
    assert served(*entries, metadata=metadata).paths == ["Dockerfile", "d", "d/é", "keep.md"]


def test_progress_counts_bytes_of_files() -> None:
    seen: list[tuple[int, int]] = []
    sync = FileSync(BuildContext("", (entry("a", bytes(600_000)), entry("b", b"12"))), lambda *sent: seen.append(sent))
    sync.serve(Receiver(), {})
    assert seen[-1] == (600_002, 600_002)
    assert len(seen) > 2


@pytest.mark.parametrize("announced", [3, 7])
def test_a_file_that_changed_ends_the_call_with_its_name(announced: int) -> None:
    receiver = Receiver()
    sync = FileSync(BuildContext("", (entry("files/a", b"12345", size=announced),)), nobody)
    with pytest.raises(BuildFailed, match="files/a of the build context changed") as caught:
        sync.serve(receiver, {})
    assert "files/a" in receiver.error
    assert sync.failure is caught.value


def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    receiver = Receiver()
    gone = ContextEntry("files/a", 1, 0o644, lambda: (tmp_path / "gone").open("rb"), digest="sha256:1")
    with pytest.raises(BuildFailed, match="files/a of the build context cannot be read: No such file"):
        FileSync(BuildContext("", (gone,)), nobody).serve(receiver, {})
    assert "files/a" in receiver.error


def test_a_name_that_is_no_text_is_refused() -> None:
    with pytest.raises(BuildFailed, match="not valid UTF-8"):
        served(entry("a\udcff"))


def test_a_bad_pattern_is_named() -> None:
    with pytest.raises(BuildFailed, match=r"\.dockerignore: The pattern '\[a'"):
        served(metadata={"exclude-patterns": ["[a"]})
