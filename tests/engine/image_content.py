"""Images whose files are unusual in every way, and a listing of what an image holds."""

from __future__ import annotations

import hashlib
import io
import struct
import tarfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from trailer_tui.dockerfile.context import BuildContext, ContextEntry
from trailer_tui.engine.client import EngineClient

_NET_BIND_SERVICE = struct.pack("<IIIII", 0x02000001, 1 << 10, 0, 0, 0)
"""The value of `security.capability` that `setcap cap_net_bind_service=ep` writes."""

# What Docker itself puts into a container: its content or its time is that of the container, not of the image.
_OF_THE_CONTAINER = {"", ".dockerenv", "dev", "etc", "etc/hosts", "etc/hostname", "etc/mtab", "etc/resolv.conf"}
_OF_THE_KERNEL = ("dev/", "proc", "sys", "run/.containerenv")


@dataclass(frozen=True, slots=True)
class Held:
    """One path of an image."""

    kind: bytes
    mode: int
    owner: tuple[int, int]
    size: int
    modified: int
    """Seconds."""
    device: tuple[int, int]
    points_to: str
    """Of a symbolic link."""
    links: frozenset[str]
    """All names of the file, when it has several."""
    content: str
    """A sum over a file's bytes."""
    attributes: tuple[tuple[str, str], ...]
    """Extended attributes, file capabilities among them."""


def unusual_files(base: str, megabytes: int, instructions: str = "") -> BuildContext:
    """A build on `base` of several layers that change one another's files, about `megabytes` in size."""
    dockerfile = f"""\
FROM {base}
LABEL made={uuid.uuid4().hex}
ADD unusual.tar capable.tar /
RUN head -c {megabytes // 2}M /dev/urandom > /unusual/large; ln /unusual/large /unusual/sub/large
RUN head -c {megabytes - megabytes // 2}M /dev/zero | tr '\\0' 'x' > /unusual/also-large
RUN chmod 0640 /unusual/second-name; rm /unusual/removed; rm -r /unusual/emptied; mkdir /unusual/emptied
RUN chown 7:8 /unusual/sub; ln -s ../large /unusual/sub/link
RUN rm -r /usr/share/doc; chmod 0711 /root; truncate -s 20M /unusual/sparse
{instructions}"""
    files = {"unusual.tar": _unusual_tar(), "capable.tar": _capable_tar()}
    return BuildContext(dockerfile, tuple(_entry(path, data) for path, data in files.items()))


def listing(docker: EngineClient, image: str) -> dict[str, Held]:
    """Everything that the image holds, by path."""
    container = docker.container_from(image, entrypoint=["x"])
    try:
        stream = cast("Iterator[bytes]", docker.export(container))
        with tarfile.open(fileobj=_Reader(stream), mode="r|", errors="surrogateescape") as archive:
            return _listing(archive)
    finally:
        docker.remove_container(container, force=True)


def configuration(docker: EngineClient, image: str) -> dict[str, Any]:
    """What the image says about containers made of it.

    Docker makes no difference between an empty list and none, or between `/` and no working folder; `Image` is what a
    build had before its last step.
    """
    found = docker.image_details(image)["Config"]
    return {key: value for key, value in found.items() if value and (key, value) != ("WorkingDir", "/")} | {"Image": ""}


def _listing(archive: tarfile.TarFile) -> dict[str, Held]:
    found: dict[str, tuple[tarfile.TarInfo, str]] = {}
    names: dict[str, set[str]] = {}
    for member in archive:
        path = member.name.removeprefix("./").strip("/")
        if path in _OF_THE_CONTAINER or path.startswith(_OF_THE_KERNEL):
            continue
        if member.islnk():
            first = member.linkname.removeprefix("./").strip("/")
            names.setdefault(first, {first}).add(path)
            continue
        found[path] = member, _sum(archive, member)
    held = {path: _held(member, names.get(path, set()), content) for path, (member, content) in found.items()}
    return held | {name: held[first] for first, others in names.items() for name in others}


def _held(member: tarfile.TarInfo, names: set[str], content: str) -> Held:
    attributes = {
        key: value for key, value in member.pax_headers.items() if key.startswith(("SCHILY.xattr.", "LIBARCHIVE.xattr"))
    }
    return Held(
        kind=member.type,
        mode=member.mode,
        owner=(member.uid, member.gid),
        size=member.size,
        modified=int(member.mtime),
        device=(member.devmajor, member.devminor),
        points_to=member.linkname,
        links=frozenset(names),
        content=content,
        attributes=tuple(sorted(attributes.items())),
    )


def _sum(archive: tarfile.TarFile, member: tarfile.TarInfo) -> str:
    source = archive.extractfile(member) if member.isreg() else None
    digest = hashlib.sha256()
    while source is not None and (piece := source.read(1 << 20)):
        digest.update(piece)
    return digest.hexdigest()


def _unusual_tar() -> bytes:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.GNU_FORMAT) as tar:
        _add(tar, "unusual", tarfile.DIRTYPE, mode=0o755)
        _add(tar, "unusual/sub", tarfile.DIRTYPE, mode=0o2775, uid=3_000_000, gid=70_000)
        _add(tar, "unusual/sticky", tarfile.DIRTYPE, mode=0o1777)
        _add(tar, "unusual/empty", tarfile.DIRTYPE, mode=0o700, uid=1234)
        _add(tar, "unusual/emptied/file", content=b"gone")
        _add(tar, "unusual/setuid", content=b"#!/bin/sh\n", mode=0o4755, uid=7, gid=8)
        _add(tar, "unusual/nothing", mode=0)
        _add(tar, "unusual/removed", content=b"gone")
        _add(tar, "unusual/first-name", content=b"two names")
        _add(tar, "unusual/second-name", tarfile.LNKTYPE, linkname="unusual/first-name")
        _add(tar, "unusual/kept-name", content=b"two names, untouched")
        _add(tar, "unusual/sub/kept-name", tarfile.LNKTYPE, linkname="unusual/kept-name")
        _add(tar, "unusual/relative", tarfile.SYMTYPE, linkname="sub/../first-name")
        _add(tar, "unusual/nowhere", tarfile.SYMTYPE, linkname="/no/such/file")
        _add(tar, "unusual/pipe", tarfile.FIFOTYPE, mode=0o622)
        _add(tar, "unusual/null", tarfile.CHRTYPE, device=(1, 3), mode=0o666)
        for name in ("with space", "-dash", "quote'\"s", "back\\slash", "star*[a]", "line\nbreak", "é" * 60, "n" * 200):
            _add(tar, f"unusual/{name}", content=name.encode())
        _add(tar, "unusual/" + b"no-utf8-\xff\xfe".decode("utf-8", "surrogateescape"), content=b"bytes")
    return archive.getvalue()


def _capable_tar() -> bytes:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.PAX_FORMAT) as tar:
        _add(
            tar,
            "unusual/capable",
            content=b"\x7fELF",
            mode=0o755,
            attributes={"security.capability": _NET_BIND_SERVICE},
        )
    return archive.getvalue()


def _add(
    tar: tarfile.TarFile,
    name: str,
    kind: bytes = tarfile.REGTYPE,
    *,
    content: bytes = b"",
    mode: int = 0o644,
    uid: int = 0,
    gid: int = 0,
    linkname: str = "",
    device: tuple[int, int] = (0, 0),
    attributes: dict[str, bytes] | None = None,
) -> None:
    info = tarfile.TarInfo(name)
    info.type, info.mode, info.uid, info.gid, info.size, info.linkname = kind, mode, uid, gid, len(content), linkname
    info.mtime = 1_000_000_000
    info.devmajor, info.devminor = device
    info.pax_headers = {f"SCHILY.xattr.{key}": value.decode("latin-1") for key, value in (attributes or {}).items()}
    tar.addfile(info, io.BytesIO(content))


def _entry(path: str, data: bytes) -> ContextEntry:
    return ContextEntry(path, len(data), 0o644, lambda: io.BytesIO(data))


class _Reader(io.RawIOBase):
    """A stream of pieces as a file."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = b""

    def readable(self) -> bool:
        """It is."""
        return True

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes; fewer only at the end."""
        parts = [self._rest]
        length = len(self._rest)
        while (size < 0 or length < size) and (piece := next(self._pieces, b"")):
            parts.append(piece)
            length += len(piece)
        whole = b"".join(parts)
        end = length if size < 0 else size
        self._rest = whole[end:]
        return whole[:end]
