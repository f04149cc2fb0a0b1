"""Getting a connection, whatever state the server is in."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.client.conftest import until_gone
from tests.server.test_interface import draft
from tests.support.fake_engine import FakeEngine, FakeStep
from tests.support.live_server import live_server
from trailer_tui import __version__, locations
from trailer_tui.client import start as start_module
from trailer_tui.client.client import TrailerClient
from trailer_tui.client.start import connect
from trailer_tui.model.errors import (
    BadConfiguration,
    ServerIncompatible,
    ServerUnavailable,
    StoreUnreadable,
    UnsafeLocation,
)
from trailer_tui.server.routes import server as server_route


def controlling_terminal(pid: int) -> int:
    """The terminal's device number, 0 for none (proc(5), field `tty_nr` of `stat`)."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[4])


async def test_one_server_is_started_for_many_and_outlives_them(capfd: pytest.CaptureFixture[str]) -> None:
    words: list[str] = []
    clients = await asyncio.gather(*(connect(on_wait=words.append) for _ in range(3)))
    infos = [await client.info() for client in clients]
    assert len({info.pid for info in infos}) == 1
    pid = infos[0].pid
    assert os.getsid(pid) != os.getsid(0)
    assert controlling_terminal(pid) == 0
    os.kill(pid, signal.SIGHUP)
    for client in clients:
        await client.close()
    again = await connect()
    async with again:
        assert (await again.info()).pid == pid
    os.kill(pid, signal.SIGTERM)
    await until_gone(locations.socket_path())
    assert capfd.readouterr().out == ""
    assert all(word == "Starting the Trailer server…" for word in words)


async def test_a_killed_server_is_replaced() -> None:
    client = await connect()
    async with client:
        pid = (await client.info()).pid
    os.kill(pid, signal.SIGKILL)
    replacement = await connect()
    async with replacement:
        assert (await replacement.info()).pid != pid


async def test_a_stale_socket_is_no_obstacle() -> None:
    path = locations.socket_path()
    path.parent.mkdir(mode=0o700)
    stale = socket.socket(socket.AF_UNIX)
    stale.bind(str(path))
    stale.close()
    client = await connect()
    async with client:
        assert (await client.info()).version == __version__


async def test_the_servers_own_reason_is_raised() -> None:
    folder = locations.data_folder()
    folder.mkdir(mode=0o700)
    (folder / "trailer.db").write_bytes(bytes(4096))
    (folder / "trailer.db").chmod(0o600)
    with pytest.raises(StoreUnreadable, match=r"trailer\.db"):
        await connect()
    assert (folder / "trailer.db").read_bytes() == bytes(4096)


async def test_a_bad_configuration_is_told() -> None:
    locations.config_file().write_text("server:\n  idle_stop_minuts: 3\n")
    with pytest.raises(BadConfiguration, match="did you mean idle_stop_minutes"):
        await connect()


async def test_an_open_socket_folder_is_refused() -> None:
    folder = locations.socket_path().parent
    folder.mkdir()
    folder.chmod(0o777)
    with pytest.raises(UnsafeLocation, match="others can write"):
        await connect()


async def test_without_start_nothing_is_started() -> None:
    with pytest.raises(ServerUnavailable, match="no server listens"):
        await connect(start=False)
    assert not locations.data_folder().exists()


async def test_another_socket_leads_to_the_server_of_the_data(monkeypatch: pytest.MonkeyPatch) -> None:
    with live_server() as server:
        monkeypatch.setenv("TRAILER_SOCKET", str(locations.socket_path().with_name("cron.sock")))
        client = await connect()
        async with client:
            assert client.socket == server.options.socket


async def test_an_idle_older_server_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_route, "__version__", "0.0.9")
    with live_server() as old:
        client = await connect()
        async with client:
            info = await client.info()
        assert old.ended.wait(20)
    assert (info.version, info.pid != os.getpid()) == (__version__, True)


async def test_an_older_server_that_does_not_end_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    async def ignored(client: TrailerClient) -> None:
        """What a server that hangs does with the request."""

    monkeypatch.setattr(server_route, "__version__", "0.0.9")
    monkeypatch.setattr(start_module, "_STOP_SECONDS", 0.1)
    monkeypatch.setattr(TrailerClient, "stop_server", ignored)
    with live_server() as old, pytest.raises(ServerIncompatible, match="does not") as refused:
        await connect()
    assert str(old.options.socket) in refused.value.cause


async def test_an_older_server_at_work_is_used_when_it_understands(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = threading.Event()
    engine = FakeEngine(script=[FakeStep("RUN wait", gate=gate)])
    monkeypatch.setattr(server_route, "__version__", "0.0.9")
    with live_server(engine=engine) as old:
        async with old.client() as first:
            await first.create_image(draft())
        client = await connect()
        async with client:
            assert (await client.info()).version == "0.0.9"
        monkeypatch.setattr(server_route, "API_VERSION", 0)
        with pytest.raises(ServerIncompatible) as refused:
            await connect()
        assert "0.0.9" in refused.value.cause
        assert "trailer stop" in refused.value.hint
        gate.set()


async def test_a_newer_server_is_never_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_route, "__version__", "99.0")
    with live_server() as newer:
        client = await connect()
        async with client:
            assert (await client.info()).version == "99.0"
        assert not newer.ended.is_set()


async def test_a_program_that_ends_at_once_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho 'cannot find libpython' >&2\nexit 1\n")
    broken.chmod(0o700)
    monkeypatch.setattr("sys.executable", str(broken))
    with pytest.raises(ServerUnavailable, match="cannot find libpython"):
        await connect()


async def test_the_shared_server_is_never_started_by_a_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(locations, "SHARED_SOCKET", locations.socket_path())
    with pytest.raises(ServerUnavailable, match="shared server") as refused:
        await connect()
    assert "systemctl" in refused.value.hint


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_server_in_view_stops_in_good_order(number: signal.Signals) -> None:
    command = [sys.executable, "-m", "trailer_tui", "serve"]
    # Whoever runs the tests may ignore SIGHUP (nohup does), and the server would then too.
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, preexec_fn=lambda: signal.signal(number, signal.SIG_DFL)
    ) as process:
        assert process.stderr is not None
        assert "listens on" in process.stderr.readline()
        second = subprocess.run(command, capture_output=True, check=False, text=True)
        assert (second.returncode, "answers on" in second.stderr) == (1, True)
        process.send_signal(number)
        try:
            _, said = process.communicate(timeout=30)
        finally:
            process.kill()
        assert f"stopped: signal {number.name}" in said
        assert process.returncode == 0
    assert not locations.socket_path().exists()
