"""Build secrets over HTTP: values go in, and no answer, error or log gives one back."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

import pytest

from tests.server.test_interface import draft, http
from tests.support.live_server import LiveServer
from trailer_tui import locations
from trailer_tui.model.errors import NotApplicable, NotFound
from trailer_tui.model.image import WriteConfiguration

VALUE = b"hunter22-of-ada"
ME = pwd.getpwuid(os.getuid()).pw_name


async def test_a_secret_from_storing_to_deletion(server: LiveServer) -> None:
    async with server.client() as client:
        made = await client.set_secret("pip-token", VALUE)
        assert (made.name, made.owner, made.size) == ("pip-token", ME, len(VALUE))
        assert await client.secrets() == [made]
        configuration = WriteConfiguration(image_name="x:1", dockerfile="FROM scratch\n", secrets=["pip-token"])
        await client.create_image(draft(configuration=configuration), build=False)
        [listed] = await client.secrets()
        assert listed.used_by == ["tools"]
        with pytest.raises(NotApplicable, match="used by tools"):
            await client.delete_secret("pip-token")
        await client.delete_secret("pip-token", force=True)
        with pytest.raises(NotFound):
            await client.delete_secret("pip-token")


def test_no_answer_gives_a_value_back(server: LiveServer) -> None:
    with http(server) as client:
        answers = [
            client.put("/secrets/token", content=VALUE),
            client.put("/secrets/token", content=VALUE, headers={"Content-Type": "application/json"}),
            client.put("/secrets/.hidden", content=VALUE),
            client.put("/secrets/token", content=VALUE * 40_000),
            client.put("/secrets/token", content=VALUE * 600_000),
            client.post("/secrets", content=VALUE),
            client.post("/secrets/token", content=VALUE),
            client.patch("/secrets/token", content=VALUE),
            client.get("/secrets"),
            client.get("/secrets/token"),
            client.get("/diagnosis"),
            client.get("/openapi.json"),
            client.request("DELETE", "/secrets/token?force=perhaps", content=VALUE),
        ]
    assert [answer.status_code for answer in answers] == [
        200,
        200,
        422,
        422,
        422,
        405,
        405,
        405,
        200,
        405,
        200,
        200,
        422,
    ]
    assert not [answer.url for answer in answers if VALUE in answer.content]
    assert "is no name for a build secret" in answers[2].json()["detail"]
    assert "at most 500 KiB" in answers[3].json()["detail"]


def test_what_is_stored_is_what_was_sent_last(server: LiveServer) -> None:
    with http(server) as client:
        assert client.put("/secrets/token", content=b"").json()["detail"].startswith("value: is empty")
        client.put("/secrets/token", content=VALUE)
        assert client.put("/secrets/token", content=b"{}", headers={"Content-Type": "application/json"}).is_success
        assert [secret["size"] for secret in client.get("/secrets").json()] == [2]


def test_a_value_that_did_not_arrive_whole_is_not_stored(server: LiveServer) -> None:
    def half() -> object:
        yield VALUE
        raise RuntimeError("the client dies")

    with http(server) as client, pytest.raises(RuntimeError):
        client.put("/secrets/token", content=half())  # type: ignore[arg-type]
    with http(server) as client:
        assert client.get("/secrets").json() == []


def test_a_lost_key_is_an_error_of_the_secret_alone(server: LiveServer) -> None:
    with http(server) as client:
        client.put("/secrets/token", content=VALUE)
        key = locations.data_folder() / "secrets.key"
        key.unlink()
        key.mkdir()
        refused = client.put("/secrets/token", content=VALUE)
        assert refused.status_code == 500
        assert refused.json()["type"] == "urn:trailer:secret-unreadable"
        assert str(key) in refused.json()["detail"]
        assert client.get("/images/order").is_success
        assert [
            finding["state"] for finding in client.get("/diagnosis").json() if finding["subject"] == "build secrets"
        ]


def test_the_log_of_the_server_holds_no_value(server: LiveServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    with http(server) as client:
        client.put("/secrets/token", content=VALUE)
        client.put("/secrets/token?x=%00", content=VALUE, headers={"Content-Type": "application/json"})
    assert VALUE.decode() not in caplog.text
    for path in files_below(locations.data_folder()):
        assert VALUE not in path.read_bytes()


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
