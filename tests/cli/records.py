"""Records that use everything, and servers to put them on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.live_server import LiveServer, live_server
from trailer_tui.client.client import TrailerClient
from trailer_tui.model.environment import Environment
from trailer_tui.model.image import GenerateConfiguration, ImageDraft, ImageRecord
from trailer_tui.model.image_file import ArchiveFile, GitRepository, UrlFile
from trailer_tui.model.services import Services, WindowsDesktop
from trailer_tui.model.startup import StartupCommand
from trailer_tui.model.workspace_user import WorkspaceUser

BUNDLE = b"\x1f\x8b not really \x00\xff" * 100


def whole(name: str = "whole", **changes: Any) -> ImageDraft:
    """An image that uses everything."""
    configuration = GenerateConfiguration(
        image_name="registry.lan/ada/whole:1",
        base_image="debian:12",
        squash=False,
        environments=[
            Environment.model_validate({"name": "web", "conda": ["python=3.11", "conda-forge::numpy>=1.26"]}),
            Environment.model_validate({"name": "ml", "channels": [], "pypi": ["torch[cpu]~=2.1"]}),
        ],
        services=Services(applications=["nginx", "ffmpeg"]),
        user=WorkspaceUser(uid=2001, name="ada", gid=0),
        startup=[
            StartupCommand(command="nginx -g 'daemon off;'"),
            StartupCommand(command="python -c \"print('\\$x')\"", environment="web"),
        ],
        files=[
            ArchiveFile(file="bundle.tar.gz", destination="/opt/bundle/"),
            ArchiveFile(file="no", destination="/opt/no"),
            UrlFile(url="https://example.test/a?b=c&d", destination="/opt/a"),
            GitRepository(url="https://example.test/a.git#main:docs", destination="/opt/git"),
        ],
    )
    values: dict[str, Any] = {
        "name": name, "description": "of Ada:\n\n - one \n\ttwo", "host_id": 1, "configuration": configuration
    }  # fmt: skip
    return ImageDraft.model_validate(values | changes)


def at(server: LiveServer, work: Callable[[TrailerClient], Any]) -> Any:
    """What an asynchronous piece of work with a client of a server gives."""

    async def run() -> Any:
        async with server.client() as client:
            return await work(client)

    return asyncio.run(run())


def make(server: LiveServer, draft: ImageDraft) -> ImageRecord:
    async def work(client: TrailerClient) -> ImageRecord:
        known = {file.name for file in await client.files()}
        if "bundle.tar.gz" not in known:
            await client.upload_file("bundle.tar.gz", BUNDLE, description="The\ntools")
            await client.add_url_file("no", "https://example.test/no")
        return await client.create_image(draft, build=False)

    record: ImageRecord = at(server, work)
    return record


def record_of(server: LiveServer, name: str, *, templates: bool = False) -> ImageRecord:
    async def work(client: TrailerClient) -> ImageRecord:
        [row] = await client.find_images(name, templates=templates)
        return await client.image(row.id)

    record: ImageRecord = at(server, work)
    return record


def windows(name: str = "desk", **changes: Any) -> ImageDraft:
    configuration = GenerateConfiguration(
        image_name="desk:1", base_image="dockurr/windows:6.05", services=Services(desktop=WindowsDesktop())
    )
    values: dict[str, Any] = {"name": name, "host_id": 1, "configuration": configuration}
    return ImageDraft.model_validate(values | changes)


@contextmanager
def second_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[LiveServer]:
    """Another server, which commands talk to while the block runs."""
    with monkeypatch.context() as places:
        places.setenv("TRAILER_SOCKET", str(tmp_path / "second" / "run" / "trailer.sock"))
        places.setenv("TRAILER_DATA", str(tmp_path / "second" / "data"))
        (tmp_path / "second").mkdir(exist_ok=True)
        with live_server() as running:
            yield running
