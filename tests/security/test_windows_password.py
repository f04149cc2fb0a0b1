"""The password of a Windows image from the person's hand to the environment of a container: left nowhere else."""

from __future__ import annotations

import json
import socket
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.security.conftest import Command
from tests.security.traces import ProcessWatch, files_with, forms
from tests.support.saved_image import found_in_image
from trailer_tui import locations
from trailer_tui.service.runtime_environment import runtime_environment
from trailer_tui.store.store import Store

pytestmark = pytest.mark.engine

_DOCUMENT = """\
trailer: 1
name: desk
configuration:
  mode: generate
  image_name: {image}
  base_image: {base}
  services: {{desktop: {{operating_system: windows, username: ada}}}}
"""


def answers(method: str, path: str, **options: Any) -> bytes:
    """All that the server answers, head and body."""
    transport = httpx.HTTPTransport(uds=str(locations.socket_path()))
    with httpx.Client(transport=transport, base_url="http://trailer/v1", timeout=30) as client:
        response = client.request(method, path, **options)
    return repr(response.headers).encode() + response.content


def events_of(deed: Callable[[], object]) -> bytes:
    """What the event stream has carried until it tells of the image that the deed changes."""
    with socket.socket(socket.AF_UNIX) as stream:
        stream.settimeout(5)  # less than the heartbeat's interval: it must not hide that nothing comes
        stream.connect(str(locations.socket_path()))
        stream.sendall(b"GET /v1/events HTTP/1.1\r\nHost: trailer\r\n\r\n")
        heard = stream.recv(65536)
        deed()
        while b'"event":"image"' not in heard:
            heard += stream.recv(65536)
        return heard


async def test_a_password_is_kept_for_containers_and_found_nowhere(
    trailer: Command, base_image: str, docker_host: str, logins: Path, tmp_path: Path
) -> None:
    value, changed = f"hush-{uuid.uuid4().hex}", f"hush-{uuid.uuid4().hex}"
    needles = forms(value) | forms(changed)
    image = f"desk-{uuid.uuid4().hex}:1"
    document = _DOCUMENT.format(image=image, base=base_image)
    said = []
    with ProcessWatch(needles) as watch:
        said.append(trailer("apply", "-f", "-", "--no-build", given=document.encode()))
        assert said[-1].returncode == 0, said[-1].stderr
        said.append(trailer("password", "desk", given=value.encode()))
        said.append(trailer("build", "desk", "--follow"))
        assert said[-1].returncode == 0, said[-1].stderr
        heard = events_of(lambda: said.append(trailer("password", "desk", given=changed.encode() + b"\n")))
        said.append(trailer("apply", "-f", "-", given=document.replace("ada", "bob").encode()))
        said.append(trailer("password", "desk", given=f"{value}\n{changed}".encode()))
        assert said[-1].returncode == 1
    assert watch.looks > 5
    assert watch.seen == set()

    record = json.loads(trailer("show", "desk", "--json").stdout)
    assert record["windows_password_set"]
    draft = {key: record[key] for key in ("name", "description", "host_id", "enabled", "is_template", "configuration")}
    stale = draft | {"windows_password": value}
    wrong = draft | {"windows_password": value + "\n", "windows_pasword": changed}
    found = [
        heard,
        answers("GET", "/images/1"),
        answers("GET", "/images/1/builds"),
        answers("GET", f"/builds/{record['last_build_id']}"),
        answers("GET", "/images/1/dockerfile"),
        answers("GET", "/openapi.json"),
        answers("GET", "/diagnosis"),
        answers("PUT", "/images/1?revision=0", json=stale),
        answers("PUT", "/images/1?revision=0", json=wrong),
        answers("POST", "/images", json=stale),
        answers("POST", "/images", json=[value]),
    ]
    assert b"edit-conflict" in found[7]
    assert b"control character" in found[8]
    said += [
        trailer(*words.split()) for words in ("show desk", "export desk", "dockerfile desk", "logs desk", "doctor")
    ]
    assert "its Windows password is not exported" in said[-4].stderr
    found += [(done.stdout + done.stderr).encode() for done in said]
    assert [text for text in found if any(needle in text for needle in needles)] == []
    assert files_with(tmp_path, needles, but=logins) == []
    assert found_in_image(docker_host, image, needles) == set()

    trailer("stop", "--now")
    store = await Store.open(locations.data_folder(), clock=lambda: datetime.now(UTC))
    try:
        kept = await runtime_environment(await store.images.get(1), store.windows_passwords)
    finally:
        await store.close()
    assert kept == {"PASSWORD": changed}
    assert files_with(tmp_path, needles, but=logins) == []
