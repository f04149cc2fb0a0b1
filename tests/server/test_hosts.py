"""Docker hosts over HTTP."""

from __future__ import annotations

import threading

import httpx
import pytest

from tests.server.test_interface import http
from tests.support.live_server import LiveServer
from trailer_tui.model.errors import EditConflict, InvalidInput, NotApplicable, NotFound
from trailer_tui.model.host import BuilderChoice, HostDraft, PruneTarget, TlsFiles
from trailer_tui.model.status import HostState

DRAFT = HostDraft(
    name="farm",
    address="tcp://farm:2376",
    tls=TlsFiles(ca="/tls/ca.pem", certificate="/tls/cert.pem", key="/tls/key.pem"),
    builder=BuilderChoice.CLASSIC,
    registry_mirror="registry.lan/hub",
    labels=["gpu"],
)


async def test_a_host_from_its_making_to_its_end(server: LiveServer) -> None:
    async with server.client() as client:
        made = await client.create_host(DRAFT)
        assert (made.draft(), made.state) == (DRAFT, HostState.ONLINE)
        with pytest.raises(InvalidInput) as twice:
            await client.create_host(DRAFT.model_copy(update={"name": "other"}))
        assert twice.value.fields[0].field == "address"
        edit = DRAFT.model_copy(update={"build_minutes": 5})
        changed = await client.update_host(made.id, edit, revision=made.revision)
        assert changed.build_minutes == 5
        with pytest.raises(EditConflict) as late:
            await client.update_host(made.id, DRAFT.model_copy(update={"push_minutes": 7}), revision=made.revision)
        assert late.value.current is not None
        assert (late.value.current["build_minutes"], late.value.current["revision"]) == (5, changed.revision)
        assert next(host for host in await client.hosts() if host.id == made.id).push_minutes == DRAFT.push_minutes
        with pytest.raises(NotApplicable, match="farm is enabled"):
            await client.delete_host(made.id)
        assert (await client.disable_host(made.id)).state is HostState.DISABLED
        assert (await client.enable_host(made.id)).state is HostState.ONLINE
        await client.disable_host(made.id)
        await client.delete_host(made.id)
        assert [host.name for host in await client.hosts()] == ["local"]
        with pytest.raises(NotFound):
            await client.delete_host(made.id)
        assert (await client.import_hosts()).added == []


async def test_a_prune_removes_what_its_usage_showed(server: LiveServer) -> None:
    server.engine.build_cache = 1000
    lost = server.engine.add_image("lost:1").docker_image_id
    del server.engine.images["lost:1"]
    async with server.client() as client:
        usage = await client.host_usage(1)
        assert [(item.target.value, item.count) for item in usage.prunable] == [
            ("dangling-images", 1),
            ("build-cache", 1),
            ("old-versions", 0),
        ]
        assert usage.disk is not None
        removed = await client.prune_host(1, [PruneTarget.BUILD_CACHE, PruneTarget.DANGLING_IMAGES])
    assert [(item.target.value, item.count, item.error) for item in removed] == [
        ("dangling-images", 1, ""),
        ("build-cache", 1, ""),
    ]
    assert server.engine.removals == [lost]
    assert server.engine.build_cache == 0


@pytest.mark.parametrize(
    "body", [{}, {"targets": []}, {"targets": ["everything"]}, {"targets": ["build-cache"], "x": 1}]
)
def test_a_prune_names_its_targets(server: LiveServer, body: dict[str, object]) -> None:
    with http(server) as client:
        response = client.post("/hosts/1/prune", json=body)
    assert response.status_code == 422
    assert "targets" in response.json()["detail"] or "x" in response.json()["detail"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"registry_mirror": "https://registry.lan"}, "write the registry alone"),
        ({"registry_mirror": "hub"}, "names no registry"),
        ({"installer_image": "Not An Image"}, "installer_image 'Not An Image'"),
        ({"labels": ["a,b"]}, "labels.0 'a,b'"),
        ({"build_minutes": 0}, "build_minutes '0'"),
        ({"tls": {"ca": "ca.pem", "certificate": "/c", "key": "/k"}}, "tls.ca 'ca.pem': is no absolute path"),
        ({"address": "unix:///x"}, "TLS files are for tcp:// addresses"),
        ({"builder": "buildx"}, "builder 'buildx'"),
    ],
)
def test_a_wrong_setting_is_named_with_its_value(server: LiveServer, change: dict[str, object], words: str) -> None:
    with http(server) as client:
        response = client.post("/hosts", json=DRAFT.model_dump(mode="json") | change)
    assert response.status_code == 422
    assert words in response.json()["detail"]


def test_a_caller_that_leaves_ends_the_question_to_the_host(server: LiveServer) -> None:
    gate = server.engine.space_gate = threading.Event()
    with http(server) as client, pytest.raises(httpx.ReadTimeout):
        client.get("/hosts/1/usage", timeout=httpx.Timeout(0.5))
    # The fake engine sets the gate when it is told to stop.
    assert gate.wait(20)
