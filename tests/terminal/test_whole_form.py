"""An image that uses every section of the form, entered by keys alone at 80x24, built, and looked into."""

from __future__ import annotations

import json
import os
import re
import signal
import tarfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

import pytest

from tests.support.base_image import REFERENCE as BASE
from tests.support.base_image import import_base_image
from tests.support.child import DidNotStart
from tests.support.conda_channel import CondaChannel
from tests.support.containers import Container, running
from tests.support.dockerd import NoEngine
from tests.support.engine import unavailable
from tests.support.engines import CLONING, Engines
from tests.support.environments import MadePackages, serving_channel
from tests.support.git_server import GitServer, Repository
from tests.support.installer_image import REFERENCE as INSTALLER
from tests.support.installer_image import build_installer_image
from tests.support.terminal import Terminal
from tests.terminal.conftest import Command, commands, opening

pytestmark = [pytest.mark.engine, pytest.mark.terminal]

BUILD_SECONDS = 400
IMAGE = "whole-form:latest"
TICK = "sh -c 'while :; do echo tick; sleep 1; done'"
SERVES = ("python", "-m", "http.server", "8001")
WAITS = ("python", "-c", "import time; time.sleep(4711)")


@dataclass(frozen=True)
class World:
    """What the image is made of."""

    address: str
    """Of an engine whose builder clones git addresses."""
    channel: CondaChannel
    git: str
    note: str
    """URL of a tar, which stays one."""
    upload: Path
    """A tar, which is unpacked."""


@pytest.fixture
def world(engines: Engines, made_packages: MadePackages, tmp_path: Path) -> Iterator[World]:
    reason = GitServer.why_not()
    if reason:
        unavailable(reason)
    try:
        dockerd = engines.dockerd(CLONING)
        import_base_image(dockerd.address)
        way_out = dockerd.bridge.way_out()
        way_out.__enter__()
    except (NoEngine, DidNotStart) as error:
        unavailable(str(error))
    build_installer_image(dockerd.address, made_packages.python[1])
    (tmp_path / "git").mkdir()
    git = GitServer(Repository.make(tmp_path / "git"))
    upload = tmp_path / "tool.tar.gz"
    upload.write_bytes(_tar("tool/readme", b"unpacked\n"))
    served = tmp_path / "served"
    served.mkdir()
    (served / "note.tar.gz").write_bytes(upload.read_bytes())
    web = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(served)))
    threading.Thread(target=web.serve_forever, daemon=True).start()
    with serving_channel(tmp_path / "channel", dockerd.bridge.address, made_packages) as channel:
        note = f"http://127.0.0.1:{web.server_port}/note.tar.gz"
        yield World(dockerd.address, channel, git.address, note, upload)
    web.shutdown()
    git.close()
    way_out.__exit__(None, None, None)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
        """Nobody looks at it."""


def _tar(name: str, content: bytes) -> bytes:
    packed = BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        archive.addfile(member, BytesIO(content))
    return packed.getvalue()


def enter_everything(app: Terminal, world: World) -> None:
    """Press the keys, section after section."""
    app.press("n")
    app.wait_for("Description")
    app.press("whole form", "ctrl+n", "ctrl+n")
    app.wait_for("Base image")
    app.press("tab", *["backspace"] * len("ubuntu:24.04"), BASE, "ctrl+n")
    app.wait_for("No environment yet")
    add_environment(app, world, "ml", ["python", "hello-env"], ["six"])
    add_environment(app, world, "web", ["python", "activation-test"], [])
    app.press("ctrl+n")
    app.wait_for("Virtual Desktop")
    app.press("tab", "enter")
    for name in ("nginx", "ffmpeg"):
        app.press(name)
        app.wait_for(lambda screen: re.search(r"1 of \d+", screen) is not None)
        app.press("enter", *["backspace"] * len(name))
        app.wait_for(lambda screen: re.search(r"(\d+) of \1", screen) is not None)
    app.press("ctrl+o")
    app.wait_for(lambda screen: "nginx" in screen and "ticked" not in screen)
    app.press("ctrl+n")
    app.wait_for("User name")
    app.press("2001", "tab", "ada", "ctrl+n")
    app.wait_for("Without a command")
    for command, environment in ((TICK, 0), (" ".join(SERVES), 1), (f"{WAITS[0]} {WAITS[1]} '{WAITS[2]}'", 2)):
        app.press("a")
        app.wait_for("New startup command")
        app.press(command, "tab", *["right"] * environment)
        accept(app)
    app.press("ctrl+n")
    app.wait_for("No file yet")
    add_file(app, 1, str(world.upload), "tab", "tab", "/opt/tool")
    add_file(app, 2, world.note, "tab", "/opt/note.tar.gz")
    add_file(app, 3, f"{world.git}#main", "tab", "/opt/source")
    app.press("ctrl+n")
    app.wait_for("FROM ")


def add_environment(app: Terminal, world: World, name: str, conda: list[str], pypi: list[str]) -> None:
    app.press("a")
    app.wait_for("New environment")
    app.press(name, "tab", *["backspace"] * len("conda-forge"), world.channel.address, "tab")
    for package in conda:
        app.press(package, "enter")
    app.press("tab")
    for package in pypi:
        app.press(package, "enter")
    accept(app)


def add_file(app: Terminal, source: int, *keys: str) -> None:
    app.press("a")
    app.wait_for("New file")
    app.press(*["left"] * 3, *["right"] * source, "tab", *keys)
    accept(app)


def accept(app: Terminal) -> None:
    """Take the entry into the form, and wait until its dialog is closed and its list has the keys again."""
    app.press("ctrl+o")
    for _ in range(2):  # a dialog that changes its height is not on the screen for a moment, either
        app.wait_for(lambda screen: "d Remove" in screen and "tab move" not in screen)
        app.press(pause=0.2)


def test_everything_that_the_form_takes_is_in_the_image(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with commands(world.address, monkeypatch) as trailer, opening() as open_app:
        assert trailer("hosts", "edit", "local", "--installer-image", INSTALLER).returncode == 0
        app = open_app(80, 24)
        enter_everything(app, world)
        app.press("ctrl+o")
        app.wait_for(lambda screen: "whole form" in screen and "Build" in screen)
        app.wait_for(lambda _: status(trailer) in ("build_finished", "error"), BUILD_SECONDS)
        assert status(trailer) == "build_finished", trailer("logs", "whole form").stdout[-3000:]
        record = json.loads(trailer("show", "whole form", "--json").stdout)
    assert record["configuration"]["user"] == {"uid": 2001, "name": "ada", "gid": None, "group": ""}
    assert [command["environment"] for command in record["configuration"]["startup"]] == [None, "ml", "web"]
    looked = inside(
        world,
        "id; cat /opt/tool/tool/readme; tar tzf /opt/note.tar.gz; ls /opt/source; command -v nginx; command -v ffmpeg;"
        " ws-run ml hello-env; ws-run ml python -c 'import six; print(six.__name__)';"
        " ws-run web python -c 'import os; print(os.environ[\"FROM_SCRIPT\"])'; ws-run web python -c 'import six'",
    )
    assert "uid=2001(ada)" in looked
    assert "unpacked" in looked
    assert "tool/readme" in looked
    assert "folder" in looked
    assert "/usr/sbin/nginx" in looked
    assert "/usr/bin/ffmpeg" in looked
    assert "hello 1.0 from /opt/conda/envs/ml" in looked
    assert "six" in looked.splitlines()
    assert "a  b c'd" in looked
    assert "No module named 'six'" in looked
    check_that_it_runs(world)


def status(trailer: Command) -> str:
    answer = trailer("show", "whole form", "--json").stdout
    return str(json.loads(answer)["status"]) if answer else ""


def inside(world: World, script: str) -> str:
    """What a script says in a container of the image."""
    with running(world.address, IMAGE, command=("sh", "-c", f"exec 2>&1; {script}")) as container:
        container.ended()
        return container.log()


def check_that_it_runs(world: World) -> None:
    """Three processes of the right user, a killed one comes back, one log, and an end in time."""
    with running(world.address, IMAGE) as container:
        first = process(SERVES)
        assert process(WAITS)
        wait_for_log(container, r"^\[sh\] tick$")
        assert owner(first) == 2001
        os.kill(first, signal.SIGKILL)
        wait_for_log(container, r"^\[http\.server\] .*9")
        assert process(SERVES, other_than=first)
        code = container.stop()
        assert code in (0, 143), "docker stop had to kill it"
        lines = container.log().splitlines()
    assert lines
    assert all(re.match(r"\[(sh|http\.server|python)\] ", line) for line in lines)


def process(command: tuple[str, ...], *, other_than: int = 0) -> int:
    """The process with exactly this command line, waited for."""
    wanted = b"\0".join(word.encode() for word in command)
    for _ in range(400):
        for entry in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                found = entry.read_bytes().rstrip(b"\0")
            except OSError:
                continue
            if found == wanted and int(entry.parent.name) != other_than:
                return int(entry.parent.name)
        threading.Event().wait(0.05)
    raise AssertionError(f"{command} does not run")


def owner(pid: int) -> int:
    return Path(f"/proc/{pid}").stat().st_uid


def wait_for_log(container: Container, pattern: str) -> None:
    """Wait until a line of the log matches."""
    for _ in range(400):
        if re.search(pattern, container.log(), re.MULTILINE):
            return
        threading.Event().wait(0.05)
    raise AssertionError(f"no line like {pattern}:\n{container.log()}")
