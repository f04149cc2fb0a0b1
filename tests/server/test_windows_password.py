"""The password of a Windows image over HTTP: it goes in, and no answer, error or log gives it back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.server.test_interface import draft, http
from tests.support.live_server import LiveServer
from trailer_tui import locations
from trailer_tui.model.errors import EditConflict, InvalidInput
from trailer_tui.model.image import GenerateConfiguration, ImageDraft
from trailer_tui.model.services import Services, WindowsDesktop

PASSWORD = "hunter2-of-ada"


def windows(password: str | None = None, *, name: str = "desk") -> ImageDraft:
    configuration = GenerateConfiguration(
        image_name="desk:1", base_image="dockurr/windows:6.05", services=Services(desktop=WindowsDesktop())
    )
    return draft(name, configuration=configuration, windows_password=password)


async def test_a_password_is_set_kept_and_never_read_back(server: LiveServer) -> None:
    async with server.client() as client:
        made = await client.create_image(windows(PASSWORD), build=False)
        assert made.windows_password_set
        assert made.windows_password is None
        kept = await client.update_image(made.id, windows(), revision=made.revision)
        assert kept.windows_password_set
        with pytest.raises(EditConflict) as conflict:
            await client.update_image(made.id, windows("another"), revision=made.revision)
        assert conflict.value.current is not None
        assert conflict.value.current["windows_password"] is None
        gone = await client.update_image(made.id, draft("desk"), revision=kept.revision)
        assert not gone.windows_password_set


def test_a_copy_of_a_record_has_no_password(server: LiveServer) -> None:
    with http(server) as client:
        made = client.post("/images?build=false", json=windows(PASSWORD).model_dump(mode="json")).json()
        copied = {key: made[key] for key in ImageDraft.model_fields} | {"name": "copy"}
        assert not client.post("/images?build=false", json=copied).json()["windows_password_set"]


def test_no_answer_and_no_log_has_it(server: LiveServer, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    good = windows(PASSWORD).model_dump(mode="json")
    with http(server) as client:
        answers = [
            client.post("/images?build=false", json=good),
            client.post("/images?build=false", json=good),
            client.post("/images?build=false", json=draft().model_dump(mode="json") | {"windows_password": PASSWORD}),
            client.post("/images?build=false", json=good | {"windows_password": f"{PASSWORD}\x07"}),
            client.post("/images?build=false", json=good | {"windows_password": PASSWORD * 20}),
            client.post("/images?build=false", json=good | {"windows_password": [PASSWORD]}),
            client.post("/images?build=false", json=good | {"windows_passwort": PASSWORD}),
            client.post("/dockerfile", json={"configuration": good["configuration"], "windows_password": PASSWORD}),
            client.get("/images/1"),
            client.get("/images/find?name=desk"),
            client.get("/images/1/dockerfile"),
            client.get("/images/order?text=hunter2"),
            client.get("/diagnosis"),
            client.get("/openapi.json"),
        ]
    assert [answer.status_code for answer in answers[:8]] == [201, *[422] * 7]
    assert [answer.url for answer in answers if PASSWORD in answer.text or PASSWORD in str(answer.headers)] == []
    assert answers[11].content == b""
    assert PASSWORD not in caplog.text
    files = [path for path in locations.data_folder().rglob("*") if path.is_file()]
    assert [path for path in files if PASSWORD.encode() in path.read_bytes()] == []
    written = answers[-1].json()["components"]["schemas"]["ImageDraft"]["properties"]["windows_password"]
    assert written["writeOnly"]


async def test_a_refused_password_names_its_field(server: LiveServer) -> None:
    async with server.client() as client:
        with pytest.raises(InvalidInput) as refused:
            await client.create_image(windows().model_copy(update={"windows_password": ""}), build=False)
    assert [(field.field, field.value) for field in refused.value.fields] == [("windows_password", "")]
