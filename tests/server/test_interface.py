"""The HTTP interface as any client meets it."""

from __future__ import annotations

import os
import pwd
import re
from typing import Any

import httpx
import pytest

from tests.support.live_server import LiveServer
from trailer_tui.model.actions import ImageAction
from trailer_tui.model.errors import EditConflict, InvalidInput, NotApplicable, NotFound
from trailer_tui.model.image import GenerateConfiguration, ImageDraft, WriteConfiguration
from trailer_tui.model.rows import ImageQuery, ImageSort
from trailer_tui.model.status import ImageStatus


def http(server: LiveServer) -> httpx.Client:
    transport = httpx.HTTPTransport(uds=str(server.options.socket))
    return httpx.Client(transport=transport, base_url="http://trailer/v1", timeout=30)


def draft(name: str = "tools", **changes: Any) -> ImageDraft:
    values: dict[str, Any] = {"name": name, "host_id": 1, "configuration": GenerateConfiguration(image_name="tools:1")}
    return ImageDraft.model_validate(values | changes)


async def test_a_record_from_creation_to_deletion(server: LiveServer) -> None:
    async with server.client() as client:
        made = await client.create_image(draft(), build=False)
        assert (made.status, made.creator) == (ImageStatus.BUILD_CANCELLED, pwd.getpwuid(os.getuid()).pw_name)

        await client.create_image(draft("another"), build=False)
        order = await client.image_order(ImageQuery(sort=ImageSort.NAME, descending=True))
        assert [row.name for row in await client.image_rows(order.ids)] == ["tools", "another"]
        assert order.total == 2
        found = await client.image_order(ImageQuery(text="TOOLS", statuses=(ImageStatus.BUILD_CANCELLED,)))
        assert made.id in found.ids

        changed = await client.update_image(made.id, draft(description="für Ada"), revision=made.revision)
        assert changed.description == "für Ada"
        with pytest.raises(EditConflict) as conflict:
            await client.update_image(made.id, draft(description="later"), revision=made.revision)
        assert conflict.value.current is not None
        assert conflict.value.current["description"] == "für Ada"

        assert (await client.act(made.id, ImageAction.DISABLE)).enabled is False
        with pytest.raises(NotApplicable, match="already disabled"):
            await client.act(made.id, ImageAction.DISABLE)
        assert "FROM ubuntu:24.04" in (await client.image_dockerfile(made.id)).text

        outcome = await client.batch(ImageAction.DELETE, [made.id, 4711], plan=True)
        assert outcome.names == ["tools"]
        await client.delete_image(made.id)
        with pytest.raises(NotFound):
            await client.image(made.id)


async def test_own_records_are_found_first(server: LiveServer) -> None:
    async with server.client() as client:
        made = await client.create_image(draft("ümlaut"), build=False)
        assert [row.id for row in await client.find_images("ÜMLAUT")] == [made.id]
        assert [row.id for row in await client.find_images(str(made.id))] == [made.id]


async def test_a_problem_in_a_dockerfile_is_reported_before_it_is_stored(server: LiveServer) -> None:
    async with server.client() as client:
        configuration = WriteConfiguration(image_name="x:1", dockerfile="FROM ubuntu\nBAD thing\n")
        preview = await client.preview_dockerfile(configuration, host_id=1)
    assert [(problem.line, problem.severity) for problem in preview.problems] == [(2, "error")]


def test_invalid_fields_are_named_with_value_problem_and_remedy(server: LiveServer) -> None:
    body = {
        "name": "x\x1b[2J",
        "host_id": 1,
        "configuration": {"mode": "generate", "image_name": "Tools", "base_image": "a b", "colour": "red"},
    }
    with http(server) as client:
        response = client.post("/images", json=body)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    fields = {field["field"]: field for field in response.json()["fields"]}
    assert set(fields) == {
        "name",
        "configuration.image_name",
        "configuration.base_image",
        "configuration.colour",
    }
    assert fields["configuration.base_image"] == {
        "field": "configuration.base_image",
        "value": "a b",
        "problem": "contains a space",
        "remedy": "remove the space",
    }
    assert "\x1b" not in response.json()["detail"]


def test_values_that_could_be_secret_are_not_echoed(server: LiveServer) -> None:
    body = {"name": "ok", "address": "unix:///x", "registry_password": "hunter2"}
    with http(server) as client:
        response = client.post("/hosts", json=body)
    assert response.status_code == 422
    assert "registry_password" in response.text
    assert "hunter2" not in response.text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/images/4711", 404),
        ("PATCH", "/hosts", 405),
        ("GET", "/images/rows?ids=1,x", 422),
        ("GET", "/images/99999999999", 422),
        ("GET", "/images/order?sort=colour", 422),
        ("POST", "/images/1/explode", 422),
        ("GET", "/builds/1/log", 404),
        ("POST", "/images", 422),
    ],
)
def test_every_refusal_is_a_problem(server: LiveServer, method: str, path: str, status: int) -> None:
    with http(server) as client:
        response = client.request(method, path)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["status"] == status
    assert response.json()["title"]


@pytest.mark.parametrize("host_id", [0, -1, 2**63, 10**30])
def test_a_host_id_that_no_host_can_have_is_refused(server: LiveServer, host_id: int) -> None:
    body = {"name": "tools", "host_id": host_id, "configuration": {"mode": "generate", "image_name": "tools"}}
    with http(server) as client:
        response = client.post("/images", json=body)
        assert client.get("/images/order").headers["X-Trailer-Total"] == "0"
    assert response.status_code == 422
    assert [field["field"] for field in response.json()["fields"]] == ["host_id"]


def test_a_body_that_is_no_json_is_called_so(server: LiveServer) -> None:
    with http(server) as client:
        response = client.post("/images", content=b"[1,2", headers={"content-type": "application/json"})
    assert response.status_code == 422
    assert response.json()["detail"].startswith("body: is no JSON")


def test_too_large_a_body_is_refused(server: LiveServer) -> None:
    with http(server) as client:
        response = client.post("/images", content=b"[" + b" " * 9_000_000, headers={"content-type": "application/json"})
    assert response.status_code == 422
    assert "8000000" in response.json()["detail"]


def test_too_large_a_body_of_unannounced_length_is_refused(server: LiveServer) -> None:
    pieces = (b" " * 1_000_000 for _ in range(20))
    with http(server) as client:
        response = client.post("/images", content=pieces, headers={"content-type": "application/json"})
    assert response.status_code == 413
    assert "8000000" in response.json()["title"]


def test_an_unknown_error_gets_an_id_that_the_log_has_too(
    server: LiveServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from trailer_tui.service.hosts import HostService

    async def broken(*_: object) -> None:
        raise RuntimeError("secret path /etc/shadow")

    monkeypatch.setattr(HostService, "all", broken)
    with http(server) as client:
        response = client.get("/hosts")
    assert response.status_code == 500
    assert "shadow" not in response.text
    assert "Traceback" not in response.text
    identifier = re.search(r"id ([0-9a-f]{8})", response.json()["detail"])
    assert identifier is not None
    assert identifier.group(1) in caplog.text


def test_the_openapi_document_describes_results_and_problems(server: LiveServer) -> None:
    with http(server) as client:
        document = client.get("/openapi.json").json()
    operation = document["paths"]["/v1/images/{image_id}"]["get"]
    assert operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].endswith("/ImageRecord")
    assert operation["responses"]["default"]["content"]["application/problem+json"]["schema"]["$ref"].endswith(
        "/Problem"
    )
    assert "X-Trailer-Total" in document["paths"]["/v1/images/order"]["get"]["responses"]["200"]["headers"]


async def test_invalid_input_survives_the_trip(server: LiveServer) -> None:
    async with server.client() as client:
        await client.create_image(draft("taken"), build=False)
        with pytest.raises(InvalidInput) as refused:
            await client.create_image(draft("TAKEN"), build=False)
    assert refused.value.fields[0].field == "name"


async def test_the_server_tells_who_asks(server: LiveServer) -> None:
    async with server.client() as client:
        info = await client.info()
    assert info.actor == pwd.getpwuid(os.getuid()).pw_name
    assert info.is_administrator
    assert (info.mode, info.hosts_total, info.pid) == ("standalone", 1, os.getpid())
