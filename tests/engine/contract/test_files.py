"""Files of an image on every builder: what is unpacked, copied, downloaded and cloned, and under which names."""

from __future__ import annotations

import asyncio
import bz2
import gzip
import io
import lzma
import shlex
import tarfile
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.engine.contract.subject import Subject
from tests.engine.recorded import Recorded
from tests.support.git_server import GitServer, Repository
from trailer_tui.dockerfile.builder import Builder
from trailer_tui.dockerfile.context import BuildContext
from trailer_tui.dockerfile.generate import build_context
from trailer_tui.dockerfile.inputs import BuildInputs, StoredFile
from trailer_tui.dockerfile.review import review
from trailer_tui.engine.interface import BuildRequest
from trailer_tui.model.identity import Actor
from trailer_tui.model.image import GenerateConfiguration
from trailer_tui.model.image_file import ArchiveFile, GitRepository, ImageFile, UrlFile
from trailer_tui.model.stored_file import FileDraft
from trailer_tui.service.events import EventBroker
from trailer_tui.service.files import FileService
from trailer_tui.store.store import Store

HOSTILE_NAME = "a[*]?$HOME ${x} 'q' \"d\" `b` #{{.sh"
HOSTILE_FOLDER = "/opt/$PATH ${HOME} 'q' \"d\" b\\s `id` [x]* #c"


def packed(word: str) -> bytes:
    """A tar with one file in a folder, whose owner is nobody's."""
    content = f"unpacked {word}\n".encode()
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        entry = tarfile.TarInfo("folder/inner")
        entry.size, entry.uid, entry.gid = len(content), 4321, 4321
        archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


@pytest.fixture(scope="module")
def web() -> Iterator[str]:
    """The address of a server that gives a packed tar for every path."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = gzip.compress(packed("by the web server"), mtime=0)
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_HEAD = do_GET  # noqa: N815  # the base class names it

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class names it
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def git(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GitServer]:
    """Serves a repository."""
    reason = GitServer.why_not()
    if reason:
        pytest.skip(reason)
    server = GitServer(Repository.make(tmp_path_factory.mktemp("git")))
    yield server
    server.close()


def archive(word: str, folder: Path) -> Mapping[str, StoredFile]:
    """The files that the image names, as a build of ada's gets them."""
    tar = packed(word)
    contents = {
        "plain.tar": tar,
        "named-as-text.txt": gzip.compress(tar, mtime=0),
        "tool.tar.bz2": bz2.compress(tar),
        "tool.tar.xz": lzma.compress(tar),
        "no-tar.gz": gzip.compress(word.encode(), mtime=0),
        "grüße 漢.gz": gzip.compress(b"", mtime=0),
        HOSTILE_NAME: f"#!/bin/sh\necho {word}\n".encode(),
    }

    async def stored() -> Mapping[str, StoredFile]:
        store = await Store.open(folder, clock=lambda: datetime.now(UTC))
        try:
            service = FileService(store.files, EventBroker())
            for name, content in contents.items():
                await service.upload(Actor(1000, "ada"), FileDraft(name=name), content)
            return await service.stored("ada", list(contents))
        finally:
            await store.close()

    return asyncio.run(stored())


def entries(web: str) -> list[ImageFile]:
    """What every builder can add."""
    return [
        ArchiveFile(file="plain.tar", destination="/opt/plain"),
        ArchiveFile(file="named-as-text.txt", destination="/opt/gz/"),
        ArchiveFile(file="tool.tar.bz2", destination="/opt/bz2"),
        ArchiveFile(file="tool.tar.xz", destination="/opt/xz"),
        ArchiveFile(file="no-tar.gz", destination="/opt/copied/"),
        ArchiveFile(file="no-tar.gz", destination="/opt/copied/other name"),
        ArchiveFile(file=HOSTILE_NAME, destination="/opt/named/"),
        ArchiveFile(file=HOSTILE_NAME, destination="/usr/bin"),
        ArchiveFile(file="no-tar.gz", destination=f"{HOSTILE_FOLDER}/"),
        ArchiveFile(file="no-tar.gz", destination=f"{HOSTILE_FOLDER}/{HOSTILE_NAME}"),
        ArchiveFile(file="plain.tar", destination=f"{HOSTILE_FOLDER}/tar"),
        # Podman cannot give a file another name that is beyond ASCII.
        ArchiveFile(file="grüße 漢.gz", destination="/opt/wörter 字/"),
        UrlFile(url=f"{web}/some.tar.gz?a=$HOME&b='x'", destination="/opt/url/"),
        UrlFile(url=f"{web}/some.tar.gz", destination="/opt/url/renamed"),
    ]


def looked_at(word: str) -> str:
    """A step that prints what arrived, a line each."""
    quoted = shlex.quote
    unpacked = ["/opt/plain", "/opt/gz", "/opt/bz2", "/opt/xz", f"{HOSTILE_FOLDER}/tar"]
    copied = [
        "/opt/copied/no-tar.gz",
        "/opt/copied/other name",
        f"{HOSTILE_FOLDER}/no-tar.gz",
        f"{HOSTILE_FOLDER}/{HOSTILE_NAME}",
        "/opt/wörter 字/grüße 漢.gz",
        "/opt/url/some.tar.gz",
        "/opt/url/renamed",
    ]
    commands = [
        *(f"cat {quoted(f'{folder}/folder/inner')}" for folder in unpacked),
        *(f"head -c 2 {quoted(path)} | od_ && echo" for path in copied),
        quoted(f"/opt/named/{HOSTILE_NAME}"),
        quoted(f"/usr/bin/{HOSTILE_NAME}"),
        "stat -c '%u:%g %a' /opt/url/renamed /opt/copied/no-tar.gz /opt/plain/folder/inner",
    ]
    hexadecimal = "od_() { perl -ne 'print unpack(\"H*\", $_)'; }"
    return f"RUN : {word}; set -e; {hexadecimal}; {'; '.join(commands)}\n"


def test_each_source_arrives_as_it_is_told(
    host: Subject, recorded: Recorded, word: str, web: str, tmp_path: Path
) -> None:
    configuration = GenerateConfiguration(image_name="test:1", base_image=host.base, files=entries(web))
    context = build_context(configuration, BuildInputs(files=archive(word, tmp_path / "data")))
    assert context is not None
    whole = BuildContext(f"{context.dockerfile}USER root\n{looked_at(word)}", context.entries)
    host.run(BuildRequest(whole, "test:1"), recorded)
    assert recorded.output(word).splitlines() == [
        *[f"unpacked {word}"] * 5,
        *["1f8b"] * 7,
        *[word] * 2,
        "0:0 600",
        "0:0 644",
        "4321:4321 644",
    ]


def test_a_repository_is_cloned_or_refused_in_review(
    host: Subject, recorded: Recorded, word: str, git: GitServer
) -> None:
    stored_address = StoredFile("repository", url=f"{git.address}#v1")
    configuration = GenerateConfiguration(
        image_name="test:1",
        base_image=host.base,
        files=[
            GitRepository(url=f"{git.address}#main", destination="/opt/cloned"),
            ArchiveFile(file="repository", destination="/opt/by name/"),
        ],
    )
    inputs = BuildInputs(files={"repository": stored_address})
    problems = review(configuration, Builder.of(host.capabilities, "here"), inputs).problems
    if not host.capabilities.git_sources:
        assert [problem.rule for problem in problems] == ["git-source-unsupported"] * 2
        return
    assert problems == []
    context = build_context(configuration, inputs)
    assert context is not None
    step = f"RUN : {word}; cat /opt/cloned/file '/opt/by name/file'\n"
    host.run(BuildRequest(BuildContext(context.dockerfile + step, context.entries), "test:1"), recorded)
    assert recorded.output(word).split() == ["last", "first"]
