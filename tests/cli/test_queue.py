"""`trailer queue`, `move` and `push`."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from tests.cli.conftest import Trailer
from tests.support.fake_engine import FakeStep
from tests.support.live_server import LiveServer

pytestmark = pytest.mark.usefixtures("server")

DOCKERFILE = "FROM ubuntu:24.04\nRUN echo hello\n"


@pytest.fixture
def gate(server: LiveServer) -> Iterator[threading.Event]:
    """Builds wait until it is set."""
    opened = threading.Event()
    server.engine.script = [FakeStep("RUN wait", gate=opened)]
    yield opened
    opened.set()


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _new(trailer: Trailer, *names: str) -> None:
    for name in names:
        assert trailer("new", name, "--base", "ubuntu:24.04").code == 0


def _places(trailer: Trailer) -> dict[str, int | None]:
    return {build["image_name"]: build["queue_position"] for build in trailer("queue", "--json").json}


def test_the_queue_says_what_runs_what_waits_and_why(trailer: Trailer, gate: threading.Event) -> None:
    assert "nothing waits" in trailer("queue").err
    assert trailer("queue", "--json").json == []
    _new(trailer, "one", "two", "three", "four")
    expected = {"one": None, "two": None, "three": 1, "four": 2}
    _until(lambda: _places(trailer) == expected)
    _until(lambda: "local runs 2 builds at a time" in trailer("queue").out)
    lines = trailer("queue").out.splitlines()
    assert lines[0].split()[:4] == ["HOST", "PLACE", "NAME", "WHAT"]
    assert [line.split()[1:3] for line in lines[3:]] == [["1", "three"], ["2", "four"]]
    assert "build 1" in lines[1]
    assert "Place in queue  1" in trailer("show", "three").out


def test_a_queued_build_is_moved_to_another_host(trailer: Trailer, gate: threading.Event) -> None:
    assert trailer("hosts", "add", "other", "tcp://other:2375").code == 0
    _new(trailer, "one", "two", "three")
    _until(lambda: _places(trailer).get("three") == 1)
    moved = trailer("move", "three", "other")
    assert moved.code == 0
    assert "three: build 1 is queued on other" in moved.out
    assert trailer("show", "three", "--json").json["host_name"] == "other"
    running = trailer("move", "one", "other")
    assert running.code == 1
    assert "runs already" in running.err
    assert "no host is named nowhere" in trailer("move", "three", "nowhere").err
    gate.set()
    _until(lambda: _places(trailer) == {})
    finished = trailer("move", "one", "other")
    assert finished.code == 1
    assert "no build of it is queued" in finished.err


def test_a_failed_push_is_repeated_from_the_command_line(trailer: Trailer, server: LiveServer) -> None:
    server.engine.push_error = "denied: requested access to the resource is denied"
    assert trailer("new", "tool", "--base", "ubuntu:24.04", "--push").code == 0
    _until(lambda: trailer("show", "tool", "--json").json["status"] == "error")
    again = trailer("push", "tool", "--follow")
    assert again.code == 1
    assert "tool: push 2 is queued" in again.err
    assert "tool: push 2 failed: denied" in again.err
    server.engine.push_error = ""
    pushed = trailer("push", "tool", "--follow")
    assert pushed.code == 0
    assert "tool: push 3 finished" in pushed.err
    assert "sha256:" in pushed.err
    shown = trailer("show", "tool").out
    assert "Last push" in shown
    assert "Digest" in shown
    assert len(server.engine.requests) == 1


def test_what_was_never_built_cannot_be_pushed(trailer: Trailer) -> None:
    trailer("new", "tool", "--base", "ubuntu:24.04", "--no-build")
    refused = trailer("push", "tool")
    assert refused.code == 1
    assert "left no image" in refused.err
