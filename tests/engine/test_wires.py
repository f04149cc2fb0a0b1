"""The same engine, reached in other ways than a unix socket."""

from __future__ import annotations

import socket
import sys
import threading
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.engine.processes import appears, gone
from tests.engine.recorded import Recorded
from trailer_tui.dockerfile.context import BuildContext
from trailer_tui.engine.cancel import Cancelled, CancelToken
from trailer_tui.engine.docker_engine import DockerEngine
from trailer_tui.engine.interface import BuildRequest

pytestmark = pytest.mark.engine

SSH = """\
#!{python}
# Stands for `ssh HOST docker system dial-stdio`: passes bytes between its own stream and the engine's socket.
import os, socket, sys, threading
assert sys.argv[-4:] == ["ada@build-01", "docker", "system", "dial-stdio"], sys.argv
engine = socket.socket(socket.AF_UNIX)
engine.connect("{path}")
def out():
    while data := engine.recv(65536):
        while data:
            data = data[os.write(1, data):]
    os._exit(0)
threading.Thread(target=out).start()
while data := os.read(0, 65536):
    engine.sendall(data)
engine.shutdown(socket.SHUT_WR)
"""


class Forwarder:
    """A TCP port that leads to the engine's unix socket."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._server = socket.create_server(("127.0.0.1", 0))
        self.address = f"tcp://127.0.0.1:{self._server.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        self._server.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            engine = socket.socket(socket.AF_UNIX)
            engine.connect(self._path)
            for source, sink in ((client, engine), (engine, client)):
                threading.Thread(target=self._pass, args=(source, sink), daemon=True).start()

    @staticmethod
    def _pass(source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)


@pytest.fixture(params=["tcp", "ssh"])
def remote(
    request: pytest.FixtureRequest, docker_host: str, base_image: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[DockerEngine]:
    """The engine of the tests over another transport."""
    if not docker_host.startswith("unix://"):
        pytest.skip("the engine of the tests is no local one")
    path = docker_host.removeprefix("unix://")
    if request.param == "ssh":
        program = tmp_path / "ssh"
        program.write_text(SSH.format(python=sys.executable, path=path))
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
        engine = DockerEngine("ssh://ada@build-01")
        yield engine
        engine.close()
        return
    forwarder = Forwarder(path)
    engine = DockerEngine(forwarder.address)
    yield engine
    engine.close()
    forwarder.close()


def test_a_build_over_it(remote: DockerEngine, base_image: str, recorded: Recorded) -> None:
    assert remote.probe().operating_system == "linux"
    word = uuid.uuid4().hex
    request = BuildRequest(BuildContext(f"FROM {base_image}\nRUN echo {word}\n"), "test:1")
    image = remote.build(request, recorded, CancelToken())
    assert recorded.output("RUN") == f"{word}\n"
    remote.remove_image(image)


def test_cancel_over_it_ends_the_process(remote: DockerEngine, base_image: str, recorded: Recorded) -> None:
    seconds = f"300.{uuid.uuid4().int % 10**9}"
    request = BuildRequest(BuildContext(f"FROM {base_image}\nRUN echo started; sleep {seconds}\n"), "test:1")
    cancel = CancelToken()
    outcome: list[BaseException] = []

    def work() -> None:
        try:
            remote.build(request, recorded, cancel)
        except BaseException as error:
            outcome.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    assert recorded.output_seen.wait(30)
    assert appears("sleep", seconds)
    cancel.cancel()
    thread.join(10)
    assert [type(error) for error in outcome] == [Cancelled]
    assert gone("sleep", seconds)
