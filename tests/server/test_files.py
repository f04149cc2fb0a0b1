"""The archive of files over HTTP."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator

import pytest

from tests.server.test_interface import draft, http
from tests.support.live_server import LiveServer
from trailer_tui.model.errors import InvalidInput, NotApplicable, NotFound
from trailer_tui.model.image import WriteConfiguration
from trailer_tui.model.image_file import ArchiveFile
from trailer_tui.model.stored_file import MAX_FILE_BYTES

ME = pwd.getpwuid(os.getuid()).pw_name
CONTENT = bytes(range(256)) * 1000
LOGIN = "hunter22"


async def test_a_file_from_upload_to_deletion(server: LiveServer) -> None:
    async with server.client() as client:
        made = await client.upload_file("dåta #1 & more.bin", CONTENT, description="all bytes,\ntwice")
        assert (made.name, made.owner, made.size) == ("dåta #1 & more.bin", ME, len(CONTENT))
        assert made.description == "all bytes,\ntwice"
        assert await client.files() == [made] == [await client.file(made.id)]
        assert b"".join([chunk async for chunk in client.file_content(made.id)]) == CONTENT
        entry = ArchiveFile(file=made.name, destination="/opt/")
        configuration = WriteConfiguration(image_name="x:1", dockerfile="FROM scratch\n", files=[entry])
        image = await client.create_image(draft(configuration=configuration), build=False)
        assert (await client.file(made.id)).used_by == ["tools"]
        with pytest.raises(NotApplicable, match="used by tools"):
            await client.delete_file(made.id)
        await client.delete_image(image.id)
        renamed = await client.update_file(made.id, name="data", description="")
        assert (renamed.name, renamed.description, renamed.sha256) == ("data", "", made.sha256)
        await client.delete_file(made.id)
        with pytest.raises(NotFound):
            await client.delete_file(made.id)


async def test_an_address_is_kept_and_never_fetched(server: LiveServer) -> None:
    async with server.client() as client:
        made = await client.add_url_file("page", "https://nowhere.invalid/x?raw=true", description="d")
        assert (made.kind, made.url, made.size) == ("url", "https://nowhere.invalid/x?raw=true", None)
        with pytest.raises(NotApplicable, match="builds fetch it"):
            [chunk async for chunk in client.file_content(made.id)]


async def test_an_image_that_names_a_missing_file_is_refused(server: LiveServer) -> None:
    async with server.client() as client:
        configuration = WriteConfiguration(
            image_name="x:1", dockerfile="FROM scratch\n", files=[ArchiveFile(file="nothing", destination="/opt/")]
        )
        with pytest.raises(InvalidInput, match="upload it, or choose another") as raised:
            await client.create_image(draft(configuration=configuration), build=False)
        assert raised.value.fields[0].field == "configuration.files.0.file"


@pytest.mark.parametrize("size", [MAX_FILE_BYTES + 1, 9_000_000])
def test_a_large_upload_is_refused_with_its_size(server: LiveServer, size: int) -> None:
    with http(server) as client:
        refused = client.post("/files/upload?name=big", content=bytes(size))
        assert refused.status_code == 422
        assert f"has {size:,} bytes, and at most 5,000,000 (5 MB)" in refused.json()["detail"]
        assert client.get("/files").json() == []


@pytest.mark.parametrize("pieces", [6, 9])
def test_one_of_unannounced_size_is_refused_as_well(server: LiveServer, pieces: int) -> None:
    def body() -> Iterator[bytes]:
        for _ in range(pieces):
            yield bytes(1_000_000)

    with http(server) as client:
        refused = client.post("/files/upload?name=big", content=body())
        assert refused.status_code == 422
        assert "at most 5,000,000 (5 MB)" in refused.json()["detail"]


def test_an_upload_that_did_not_arrive_whole_is_not_stored(server: LiveServer) -> None:
    def half() -> Iterator[bytes]:
        yield b"half"
        raise RuntimeError("the client dies")

    with http(server) as client, pytest.raises(RuntimeError):
        client.post("/files/upload?name=half", content=half())
    with http(server) as client:
        assert client.get("/files").json() == []


@pytest.mark.parametrize("name", ["", "a/b", "..", "a\\b", "x" * 129, "\u6f22" * 100, "a\nb"])
def test_what_can_be_no_name(server: LiveServer, name: str) -> None:
    with http(server) as client:
        refused = client.post("/files/upload", params={"name": name}, content=b"x")
        assert refused.status_code == 422
        [problem] = refused.json()["fields"]
        assert problem["field"] == "name"
        assert problem["remedy"]


@pytest.mark.parametrize(
    "url",
    [
        f"https://ada:{LOGIN}@host.lan/x",
        f"https://{LOGIN}@host.lan/x",
        f"https://host.lan/x?private_token={LOGIN}",
        f"ssh://git:{LOGIN}@host.lan/x.git",
    ],
)
def test_a_login_in_an_address_is_refused_and_not_repeated(server: LiveServer, url: str) -> None:
    entry = {"source": "git" if url.startswith("ssh") else "url", "url": url, "destination": "/opt/"}
    configuration = {"mode": "write", "image_name": "x:1", "dockerfile": "FROM scratch\n", "files": [entry]}
    with http(server) as client:
        refused = client.post("/files/url", json={"name": "x", "url": url})
        assert refused.status_code == 422
        assert refused.json()["fields"][0]["field"] == "url"
        image = client.post("/images", json={"name": "x", "host_id": 1, "configuration": configuration})
        assert image.json()["fields"][0]["field"] == "configuration.files.0.url"
        for answer in (refused, image):
            assert "would stay in the image and in logs" in answer.json()["detail"]
            assert LOGIN not in answer.text
