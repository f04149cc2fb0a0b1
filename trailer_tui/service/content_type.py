"""What an uploaded file is, by its content first and by its name where that says nothing.

Names of types are those of shared-mime-info. What a builder unpacks is found as builders find it (source: moby,
`pkg/archive`, `DetectCompression` and `IsArchivePath`): by the compression's first bytes, then by a tar header inside.
"""

from __future__ import annotations

import bz2
import lzma
import mimetypes
import tarfile
import zlib
from collections.abc import Callable

_BLOCK = 512
"""Bytes of a tar header."""
_INPUT = 64 * 1024
"""Compressed bytes that are fed at a time."""
_XZ_MEMORY = 128 * 1024 * 1024

_Decompress = Callable[[bytes, int], bytes]

_COMPRESSIONS: tuple[tuple[bytes, str, Callable[[], _Decompress]], ...] = (
    (b"\x1f\x8b\x08", "application/x-compressed-tar", lambda: zlib.decompressobj(wbits=31).decompress),
    (b"BZh", "application/x-bzip2-compressed-tar", lambda: bz2.BZ2Decompressor().decompress),
    (
        b"\xfd7zXZ\x00",
        "application/x-xz-compressed-tar",
        lambda: lzma.LZMADecompressor(memlimit=_XZ_MEMORY).decompress,
    ),
)

_MAGIC = (
    (b"\x7fELF", "application/x-executable"),
    (b"\x1f\x8b\x08", "application/gzip"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\x00", "application/x-xz"),
    (b"\x28\xb5\x2f\xfd", "application/zstd"),
    (b"PK\x03\x04", "application/zip"),
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
)

_NAMES = mimetypes.MimeTypes(filenames=())
"""Without the files of this machine, so that every server says the same."""


def content_type_of(content: bytes, name: str) -> str:
    """The content type of a file with this content and name."""
    if _is_tar_header(content[:_BLOCK]):
        return "application/x-tar"
    for magic, tar_type, decompressor in _COMPRESSIONS:
        if content.startswith(magic) and _is_tar_header(_head(content, decompressor())):
            return tar_type
    for magic, found in _MAGIC:
        if content.startswith(magic):
            return found
    if content.startswith(b"#!"):
        return _script(content)
    by_name, _ = _NAMES.guess_type(name, strict=False)
    return by_name or ("text/plain" if _is_text(content) else "application/octet-stream")


def _script(content: bytes) -> str:
    first = content[:200].split(b"\n", 1)[0]
    if b"python" in first:
        return "text/x-python"
    return "application/x-shellscript" if first.rstrip().endswith(b"sh") else "text/x-script"


def _head(content: bytes, decompress: _Decompress) -> bytes:
    """The first block of what was compressed; shorter when there is less, or none of it can be read."""
    head = b""
    try:
        for start in range(0, len(content), _INPUT):
            head += decompress(content[start : start + _INPUT], _BLOCK - len(head))
            if len(head) >= _BLOCK:
                break
    except (zlib.error, lzma.LZMAError, OSError, EOFError):
        return b""
    return head


def _is_tar_header(block: bytes) -> bool:
    if len(block) < _BLOCK:
        return False
    try:
        tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return False
    return True


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return b"\x00" not in content
