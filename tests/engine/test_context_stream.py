"""The build context's tar holds what was asked for, and is made while it is read."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path
from typing import IO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailer_tui.dockerfile.context import BuildContext, ContextEntry
from trailer_tui.engine.context_stream import context_tar, dockerfile_name
from trailer_tui.model.errors import BuildFailed

parts = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/"), min_size=1, max_size=60).filter(
    lambda part: part not in (".", "..")
)


def entry(path: str, content: bytes, *, mode: int = 0o644, size: int | None = None) -> ContextEntry:
    return ContextEntry(path, len(content) if size is None else size, mode, lambda: io.BytesIO(content))


def unpack(context: BuildContext) -> dict[str, bytes | None]:
    """Contents by path; None for a folder."""
    data = b"".join(context_tar(context))
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        return {
            member.name: found.read() if (found := tar.extractfile(member)) else None for member in tar.getmembers()
        }


@given(st.text(st.characters(exclude_categories=["Cs"])), st.lists(parts, min_size=1, max_size=4), st.binary())
def test_every_file_arrives_under_its_path(dockerfile: str, path: list[str], content: bytes) -> None:
    name = "files/" + "/".join(path)
    found = unpack(BuildContext(dockerfile, (entry(name, content),)))
    assert found["Dockerfile"] == dockerfile.encode()
    assert found[name] == content
    assert found["files"] is None


def test_the_first_header_is_a_plain_file() -> None:
    start = next(context_tar(BuildContext("FROM scratch\n", (entry("x" * 200, b"1"),))))
    assert start.startswith(b"Dockerfile\0")


def test_modes_are_kept_and_root_owns_everything() -> None:
    data = b"".join(context_tar(BuildContext("FROM scratch\n", (entry("bin/tool", b"#!", mode=0o755),))))
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        tool = tar.getmember("bin/tool")
    assert (tool.mode, tool.uid, tool.gid) == (0o755, 0, 0)


def test_the_same_context_is_the_same_stream() -> None:
    context = BuildContext("FROM scratch\n", (entry("a", b"1"),))
    assert b"".join(context_tar(context)) == b"".join(context_tar(context))


def test_a_file_named_dockerfile_does_not_replace_the_dockerfile() -> None:
    context = BuildContext("FROM scratch\n", (entry("Dockerfile", b"not this"),))
    found = unpack(context)
    assert found[dockerfile_name(context)] == b"FROM scratch\n"
    assert found["Dockerfile"] == b"not this"


def test_a_file_is_opened_only_when_it_is_sent() -> None:
    opened: list[str] = []

    def large(name: str) -> ContextEntry:
        def open_it() -> IO[bytes]:
            opened.append(name)
            return io.BytesIO(bytes(1_000_000))

        return ContextEntry(name, 1_000_000, 0o644, open_it)

    context = BuildContext("FROM scratch\n", (large("a"), large("b")))
    largest = 0
    for piece in context_tar(context):
        largest = max(largest, len(piece))
        if opened == ["a"]:
            break
    assert opened == ["a"]
    assert largest < 1_000_000


@pytest.mark.parametrize("announced", [3, 7])
def test_a_file_that_changed_ends_the_build(announced: int) -> None:
    with pytest.raises(BuildFailed, match=r"files/a of the build context changed"):
        list(context_tar(BuildContext("FROM scratch\n", (entry("files/a", b"12345", size=announced),))))


def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    gone = ContextEntry("files/a", 1, 0o644, lambda: (tmp_path / "gone").open("rb"))
    with pytest.raises(BuildFailed, match="files/a of the build context cannot be read: No such file"):
        list(context_tar(BuildContext("FROM scratch\n", (gone,))))


def test_progress_counts_up_to_the_size() -> None:
    seen: list[tuple[str, int, int]] = []
    context = BuildContext("FROM scratch\n", (entry("a", bytes(600_000)), entry("b", b"12")))
    list(context_tar(context, lambda path, sent, size: seen.append((path, sent, size))))
    assert seen[-1] == ("b", 2, 2)
    assert ("a", 600_000, 600_000) in seen
