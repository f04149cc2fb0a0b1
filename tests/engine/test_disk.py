"""What fills a host's disk, and how much room it has."""

from __future__ import annotations

import json
import os
import socketserver
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from tests.engine.forwarder import Forwarder
from trailer_tui.engine.cancel import Cancelled, CancelToken
from trailer_tui.engine.df import read_df
from trailer_tui.engine.disk import usage_of
from trailer_tui.engine.docker_engine import DockerEngine
from trailer_tui.engine.interface import FreeSpace, StoredImage
from trailer_tui.model.errors import EngineError

OLD_ENGINE = {
    "LayersSize": 164,
    "Images": [
        {
            "Id": "sha256:aa",
            "ParentId": "",
            "RepoTags": ["<none>:<none>"],
            "RepoDigests": ["<none>@<none>"],
            "Size": 164,
            "VirtualSize": 164,
            "SharedSize": 60,
            "Containers": 2,
        },
        {"Id": "sha256:bb", "ParentId": "sha256:aa", "RepoTags": ["a:1", "b:2"], "Size": 170, "SharedSize": -1},
    ],
    "Containers": [{"Id": "c1", "SizeRw": 11}, {"Id": "c2"}],
    "Volumes": [{"UsageData": {"Size": 5}}, {"UsageData": {"Size": -1}}, {"UsageData": None}],
    "BuildCache": [
        {"ID": "1", "InUse": False, "Shared": False, "Size": 100},
        {"ID": "2", "InUse": True, "Shared": False, "Size": 30},
        {"ID": "3", "InUse": False, "Shared": True, "Size": 7},
    ],
}


def test_an_answer_is_read() -> None:
    usage = usage_of(OLD_ENGINE)
    assert usage.images == (
        StoredImage("sha256:aa", (), 164, 104, 2, children=True),
        StoredImage("sha256:bb", ("a:1", "b:2"), 170, 170, 0),
    )
    assert (usage.layers_size, usage.containers, usage.containers_size) == (164, 2, 11)
    assert (usage.volumes, usage.volumes_size) == (3, 5)
    assert (usage.build_cache_size, usage.build_cache_free, usage.build_cache_count) == (130, 100, 2)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"Images": None, "Containers": None, "Volumes": None, "BuildCache": None, "LayersSize": -1},
        {"Images": [None], "BuildCache": ["x"], "LayersSize": "many"},
    ],
)
def test_parts_that_an_engine_leaves_out_count_as_nothing(answer: Mapping[str, Any]) -> None:
    usage = usage_of(answer)
    assert (usage.images, usage.layers_size, usage.build_cache_size, usage.containers) == ((), 0, 0, 0)


def test_ids_without_their_algorithm_are_completed() -> None:
    [image] = usage_of({"Images": [{"Id": "ab", "RepoTags": None}]}).images
    assert (image.docker_image_id, image.references) == ("sha256:ab", ())


def test_podman_names_an_image_by_its_tag_alone() -> None:
    images = [{"Id": "aa", "RepoTags": ["bookworm"], "Size": 9}, {"Id": "bb", "RepoTags": ["<none>"], "Size": 9}]
    assert [image.references for image in usage_of({"Images": images}).images] == [("bookworm",), ()]


@pytest.mark.parametrize(
    ("text", "space"),
    [
        (
            "Filesystem     1024-blocks     Used Available Capacity Mounted on\n/dev/vda 1000 400 500 45% /var/lib\n",
            FreeSpace(1_024_000, 512_000),
        ),
        ("Filesystem 1024-blocks Used Available Capacity Mounted on\noverlay 10 4 6 40% /\n", FreeSpace(10240, 6144)),
        ("Filesystem 1K-blocks Used Available Use% Mounted\n//nas/my share 9 4 5 45% /a b\n", FreeSpace(9216, 5120)),
        ("df: /var/lib/docker: No such file or directory\n", None),
        ("welcome\n1 2 3\n", None),
        ("", None),
    ],
)
def test_the_output_of_df_is_read(text: str, space: FreeSpace | None) -> None:
    assert read_df(text) == space


@contextmanager
def pretended_engine(folder: Path, answers: Mapping[str, Any]) -> Iterator[str]:
    """Something on a unix socket that answers like an engine; yields its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(answers.get("/" + self.path.split("/", 2)[-1], answers.get(self.path, []))).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def address_string(self) -> str:
            return "client"

        def log_message(self, *_: object) -> None:
            """Nothing to tell."""

    server = socketserver.ThreadingUnixStreamServer(str(folder / "engine.sock"), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"unix://{folder}/engine.sock"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(("identity", "believed"), [("me", True), ("another", False), (None, False)])
def test_a_folder_is_believed_only_when_it_is_the_engines(tmp_path: Path, identity: str | None, believed: bool) -> None:
    data = tmp_path / "docker"
    data.mkdir()
    if identity is not None:
        (data / "engine-id").write_text(f"{identity}\n")
    version = {"ApiVersion": "1.45", "Version": "26.1"}
    info = {"ID": "me", "DockerRootDir": str(data), "Driver": "overlay2", "OSType": "linux"}
    with pretended_engine(tmp_path, {"/version": version, "/info": info}) as address:
        engine = DockerEngine(address)
        try:
            if believed:
                assert engine.free_space().total == os.statvfs(data).f_blocks * os.statvfs(data).f_frsize
            else:
                with pytest.raises(EngineError, match=r"no container could look|a look takes a container"):
                    engine.free_space()
        finally:
            engine.close()


def test_a_cancelled_question_ends(tmp_path: Path) -> None:
    engine = DockerEngine(f"unix://{tmp_path}/none.sock")
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        engine.remove_images(["sha256:aa"], cancel)


class TestOnAnEngine:
    """A real one, which has a base image with `df`."""

    pytestmark = pytest.mark.engine

    def test_it_says_what_fills_the_disk(self, engine: DockerEngine, base_image: str) -> None:
        usage = engine.disk_usage(CancelToken())
        facts = engine.facts(base_image)
        assert facts is not None
        [found] = [image for image in usage.images if base_image in image.references]
        assert (found.docker_image_id, found.size) == (facts.docker_image_id, facts.size)
        # Nothing would go with it while what other tests built on it is there.
        assert 0 <= found.unique_size <= found.size <= usage.layers_size
        assert found in engine.disk_usage(CancelToken(), images_only=True).images

    def test_a_cancel_ends_the_question(self, engine: DockerEngine) -> None:
        cancel = CancelToken()
        cancel.cancel()
        with pytest.raises(Cancelled):
            engine.disk_usage(cancel)

    def test_the_room_is_that_of_the_data_folder(self, engine: DockerEngine, docker_host: str) -> None:
        folder = Path(docker_host.removeprefix("unix://")).parent
        here = os.statvfs(folder)
        space = engine.free_space()
        assert (space.total, space.costly) == (here.f_blocks * here.f_frsize, False)
        assert 0 < space.free < space.total

    def test_a_container_measures_where_nothing_else_can(
        self, engine: DockerEngine, docker_host: str, base_image: str
    ) -> None:
        forwarder = Forwarder(docker_host.removeprefix("unix://"))
        remote = DockerEngine(forwarder.address)
        before = engine.disk_usage(CancelToken()).containers
        try:
            space = remote.free_space()
        finally:
            remote.close()
            forwarder.close()
        assert (space.total, space.costly) == (engine.free_space().total, True)
        assert engine.disk_usage(CancelToken()).containers == before

    def test_df_over_ssh_tells_the_same(self, engine: DockerEngine, ssh_host: str) -> None:
        remote = DockerEngine(ssh_host)
        try:
            space = remote.free_space()
        finally:
            remote.close()
        assert (space.total, space.costly) == (engine.free_space().total, False)
