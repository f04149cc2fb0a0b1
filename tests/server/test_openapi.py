"""Whatever is sent to whichever route, the server answers as its OpenAPI document says, and with no surprise."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import httpx
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.server.openapi_values import Operation, operations
from tests.server.test_interface import draft, http
from tests.support.json_schema import complaints
from tests.support.live_server import LiveServer
from trailer_tui.model.errors import TrailerError

_ENDLESS = ("/v1/events", "/v1/server/stop")
"""The one never ends, the other ends the server."""
_EXPECTED_OF_HOSTS = ("urn:trailer:host-unreachable", "urn:trailer:engine-error")


def send(client: httpx.Client, operation: Operation, request: dict[str, Any]) -> httpx.Response:
    """Ask, and read the answer whole."""
    path = operation.path.removeprefix("/v1")
    for name, value in request["path"].items():
        # A slash or nothing in its place would be another route.
        path = path.replace(f"{{{name}}}", quote(str(value), safe="") or "%20")
    parts = {key: value for key, value in request.items() if key != "path"}
    return client.request(operation.method, path, **parts)


def test_every_route_answers_whatever_it_is_sent(server: LiveServer) -> None:
    with http(server) as client:
        document = client.get("/openapi.json").json()
        for name in ("one", "two", "three"):
            made = client.post("/images", params={"build": False}, json=draft(name).model_dump(mode="json"))
            assert made.status_code == 201
            client.post("/files/upload", params={"name": name}, content=name.encode())
            client.put(f"/secrets/{name}", content=b"value")
        asked: set[str] = set()
        able = [one for one in operations(document) if one.path not in _ENDLESS]

        @given(data=st.data())
        @settings(
            # The server remembers: what failed once is not asked again to make it smaller.
            phases=[Phase.generate],
            max_examples=12 * len(able),
            suppress_health_check=list(HealthCheck),
            database=None,
        )
        def ask(data: st.DataObject) -> None:
            operation = data.draw(st.sampled_from(able))
            response = send(client, operation, data.draw(operation.request(document)))
            asked.add(f"{operation.method} {operation.path}")
            assert_as_described(operation, response, document)

        ask()
        assert len(asked) == len(able)


def assert_as_described(operation: Operation, response: httpx.Response, document: dict[str, Any]) -> None:
    kind = response.headers.get("content-type", "")
    if response.is_error:
        assert kind == "application/problem+json"
        problem = response.json()
        assert problem["title"]
        assert response.status_code < 500 or problem["type"] in _EXPECTED_OF_HOSTS, problem
        assert isinstance(TrailerError.from_problem(problem), TrailerError)
        return
    if not response.content:
        return
    described = operation.described["responses"][str(response.status_code)].get("content", {})
    assert kind in described
    if kind == "application/json":
        assert complaints(described[kind]["schema"], response.json(), document) == []
