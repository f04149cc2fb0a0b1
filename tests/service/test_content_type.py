"""What an upload is taken for: what builders unpack is found by its content, never by its name."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailer_tui.model.stored_file import TAR_TYPES
from trailer_tui.service.content_type import content_type_of


def tar(name: str = "tool/run.sh", content: bytes = b"echo hello\n", *, form: int = tarfile.GNU_FORMAT) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        entry = tarfile.TarInfo(name)
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


TAR = tar()


def gzipped(content: bytes) -> bytes:
    """The same bytes in every run, as the names of tests hold them."""
    return gzip.compress(content, mtime=0)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (TAR, "application/x-tar"),
        (tar(form=tarfile.USTAR_FORMAT), "application/x-tar"),
        (tar("ü" * 200, form=tarfile.PAX_FORMAT), "application/x-tar"),
        (gzipped(TAR), "application/x-compressed-tar"),
        (bz2.compress(TAR), "application/x-bzip2-compressed-tar"),
        (lzma.compress(TAR), "application/x-xz-compressed-tar"),
    ],
)
def test_tars_are_known_by_their_content(content: bytes, expected: str) -> None:
    assert content_type_of(content, "notes.txt") == expected
    assert expected in TAR_TYPES


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (gzipped(b"no tar" * 1000), "application/gzip"),
        (gzipped(b""), "application/gzip"),
        (gzipped(bytes(100_000)), "application/gzip"),
        (gzipped(gzipped(TAR)), "application/gzip"),
        (b"\x1f\x8b\x08" + b"broken" * 200, "application/gzip"),
        (bz2.compress(b"x"), "application/x-bzip2"),
        (b"BZh" + b"broken" * 200, "application/x-bzip2"),
        (lzma.compress(b"x"), "application/x-xz"),
        (b"\xfd7zXZ\x00" + b"broken" * 200, "application/x-xz"),
        (b"\x28\xb5\x2f\xfd" + TAR, "application/zstd"),
        (zlib.compress(TAR), "application/octet-stream"),
        (bytes(1024), "application/octet-stream"),
        (TAR[:400], "application/octet-stream"),
        (b"", "text/plain"),
        (b"PK\x03\x04", "application/zip"),
        (b"\x7fELF\x02", "application/x-executable"),
        (b"#!/bin/bash\n", "application/x-shellscript"),
        (b"#!/usr/bin/env python3\n", "text/x-python"),
        (b"#!/usr/bin/awk -f\n", "text/x-script"),
        ("grüße\n".encode(), "text/plain"),
        (b"\xff\xfe", "application/octet-stream"),
    ],
)
def test_what_is_no_tar_is_called_something_else(content: bytes, expected: str) -> None:
    assert content_type_of(content, "data.tar.gz.unknown-ending") == expected


def test_the_name_helps_where_the_content_says_nothing() -> None:
    assert content_type_of(b"{}", "settings.json") == "application/json"
    assert content_type_of(b"a,b\n", "table.csv") == "text/csv"


@given(st.binary(max_size=600), st.text(max_size=20))
def test_every_content_has_a_type(content: bytes, name: str) -> None:
    assert "/" in content_type_of(content, name)


def test_a_bomb_is_read_only_as_far_as_needed() -> None:
    bomb = lzma.compress(bytes(200_000_000), preset=0)
    assert len(bomb) < 5_000_000
    assert content_type_of(bomb, "x") == "application/x-xz"
