"""Calls about the packages of an image, over a real socket."""

from __future__ import annotations

import asyncio

from tests.support.fake_environments import environment, made, prepare, wanted
from tests.support.live_server import LiveServer
from trailer_tui.client.client import TrailerClient
from trailer_tui.model.build import Build
from trailer_tui.model.image import ImageDraft


async def last_build(client: TrailerClient, image_id: int) -> Build:
    """The image's last build, once it has ended."""
    for _ in range(1000):
        record = await client.image(image_id)
        if not record.status.is_active:
            break
        await asyncio.sleep(0.01)
    assert record.last_build_id is not None
    return await client.build(record.last_build_id)


async def test_what_was_resolved_comes_with_the_image_the_build_and_the_preview(server: LiveServer) -> None:
    prepare(server.engine)
    server.engine.files = made()
    async with server.client() as client:
        draft = ImageDraft(name="tool", host_id=1, configuration=wanted(environment()))
        record = await client.create_image(draft, build=False)
        assert await client.resolved(record.id) == []
        record = await client.update_image(record.id, draft, revision=record.revision, build=True)
        first = await last_build(client, record.id)
        assert await client.resolved(record.id) == first.resolved != []
        locked = await client.preview_dockerfile(draft.configuration, host_id=1, image_id=record.id)
        assert locked.text == (await client.image_dockerfile(record.id)).text
        assert first.dockerfile == (await client.preview_dockerfile(draft.configuration, host_id=1)).text != locked.text

        server.engine.files = made(version="2.0")
        record = await client.image(record.id)
        await client.update_image(record.id, draft, revision=record.revision, build=True, resolve_again=True)
        second = await last_build(client, record.id)
        assert [(change.before, change.after) for change in second.package_changes] == [("1.0", "2.0")]
        packages = await client.packages(record.id)
        assert (packages.build_id, packages.compared_with) == (second.id, 1)
        assert (await client.packages(record.id, number=1)).resolved == first.resolved
