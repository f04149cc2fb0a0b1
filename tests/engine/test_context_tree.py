"""What is sent of a build context, in which order, and what `.dockerignore` keeps back."""

from __future__ import annotations

import io
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailer_tui.dockerfile.context import BuildContext, ContextEntry
from trailer_tui.dockerfile.ignore import PathPatterns
from trailer_tui.engine.context_stream import context_tar, sent_entries
from trailer_tui.engine.context_tree import walk
from trailer_tui.model.errors import BuildFailed


def file(path: str, content: bytes = b"") -> ContextEntry:
    return ContextEntry(path, len(content), 0o644, lambda: io.BytesIO(content))


def walked(*paths: str, exclude: list[str] | None = None, include: list[str] | None = None) -> list[str]:
    """Paths in order; folders end in a slash."""
    items = walk(
        map(file, paths),
        exclude=PathPatterns(exclude) if exclude else None,
        include=PathPatterns(include) if include else None,
    )
    return [item.path if item.entry else f"{item.path}/" for item in items]


def test_siblings_come_in_byte_order_after_their_folder() -> None:
    assert walked("b", "a.txt", "a/c/x", "a/b", "a-b", "é") == [
        "a/",
        "a/b",
        "a/c/",
        "a/c/x",
        "a-b",
        "a.txt",
        "b",
        "é",
    ]


def test_an_excluded_folder_comes_late_when_something_in_it_stays() -> None:
    assert walked("a/b/x", "a/b/y", "a/c", "d", exclude=["a", "!a/b/y"]) == ["a/", "a/b/", "a/b/y", "d"]


def test_a_folder_of_which_nothing_stays_is_sent_empty() -> None:
    assert walked("a/x.txt", "b", exclude=["**/*.txt"]) == ["a/", "b"]
    assert walked("a/x.txt", "b", exclude=["a"]) == ["b"]


def test_only_what_is_included_comes() -> None:
    assert walked("a/x", "a/y", "b", include=["a/x"]) == ["a/", "a/x"]


names = st.text("ab-.", min_size=1, max_size=3).filter(lambda name: name not in (".", ".."))


@given(st.lists(st.lists(names, min_size=1, max_size=4).map("/".join)))
def test_every_parent_comes_before_its_children_and_once(paths: list[str]) -> None:
    wanted = [path for path in paths if not any(other.startswith(f"{path}/") for other in paths)]
    found = [path.rstrip("/") for path in walked(*wanted)]
    assert len(set(found)) == len(found)
    assert found == sorted(found, key=lambda path: path.encode().split(b"/"))
    assert set(wanted) <= set(found)
    for path in found:
        parent = path.rpartition("/")[0]
        assert not parent or parent in found[: found.index(path)]


@pytest.mark.parametrize("path", ["/a", "a//b", "../a", "a/..", "./a", "", "a\0b"])
def test_a_path_that_leaves_the_context_is_refused(path: str) -> None:
    with pytest.raises(BuildFailed, match="cannot be in a build context"):
        walked(path)


def test_a_path_cannot_be_a_file_and_a_folder() -> None:
    with pytest.raises(BuildFailed, match="both as a file and as a folder"):
        walked("a", "a/b")


def sent(context: BuildContext) -> list[str]:
    with tarfile.open(fileobj=io.BytesIO(b"".join(context_tar(context)))) as tar:
        return tar.getnames()


def test_the_classic_builders_tar_lacks_what_is_ignored() -> None:
    ignored = file(".dockerignore", b"*\n!keep\n")
    context = BuildContext("FROM scratch\n", (file("keep"), file("d/lost"), ignored))
    assert sent(context) == ["Dockerfile", ".dockerignore", "keep"]
    assert [entry.path for entry in sent_entries(context)] == [".dockerignore", "keep"]


def test_an_ignore_file_of_the_dockerfile_comes_first() -> None:
    entries = (file(".dockerignore", b"a\n"), file("Dockerfile.dockerignore", b"b\n"), file("a"), file("b"))
    assert sent(BuildContext("FROM scratch\n", entries)) == [
        "Dockerfile",
        ".dockerignore",
        "Dockerfile.dockerignore",
        "a",
    ]


def test_a_bad_pattern_ends_the_build_and_is_named() -> None:
    context = BuildContext("FROM scratch\n", (file(".dockerignore", b"[a\n"),))
    with pytest.raises(BuildFailed, match=r"\.dockerignore: The pattern '\[a'"):
        sent(context)
