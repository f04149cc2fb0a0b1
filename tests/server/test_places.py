"""Whose the socket and the data are, and that one server has them."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.live_server import LiveServer, live_server, own_options
from trailer_tui.model.errors import NotAllowed, ServerUnavailable, TrailerError, UnsafeLocation
from trailer_tui.server.claim import Claim
from trailer_tui.server.folders import prepare_folder
from trailer_tui.server.listener import answers, check_length, listen
from trailer_tui.server.lock import LockFile
from trailer_tui.server.peer import Doorkeeper, Peer, read_peer


@contextlib.contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond `size` bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def test_everything_is_for_the_owner_alone(server: LiveServer) -> None:
    options = server.options
    assert mode(options.socket) == 0o600
    assert mode(options.socket.parent) == 0o700
    assert mode(options.data_folder) == 0o700
    assert mode(options.data_folder / "trailer.db") == 0o600


def test_a_folder_open_to_others_is_refused_with_the_remedy(tmp_path: Path) -> None:
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(0o750)
    with pytest.raises(UnsafeLocation, match="open to others") as refused:
        prepare_folder(folder)
    assert f"chmod 700 {folder}" in refused.value.hint


def test_a_link_is_no_folder_for_a_socket(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(UnsafeLocation):
        prepare_folder(tmp_path / "link")
    prepare_folder(tmp_path / "link", may_be_link=True)


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UnsafeLocation, match="cannot be used"):
        prepare_folder(tmp_path / "file" / "below")


def test_a_socket_path_that_is_too_long_is_refused() -> None:
    with pytest.raises(UnsafeLocation, match="at most 107"):
        check_length(Path("/tmp") / ("x" * 120) / "trailer.sock")


def test_a_stale_socket_is_replaced_and_a_file_is_not(tmp_path: Path) -> None:
    path = tmp_path / "trailer.sock"
    stale = socket.socket(socket.AF_UNIX)
    stale.bind(str(path))
    stale.close()
    assert not answers(path)
    with listen(path, mode=0o600):
        assert answers(path)
    other = tmp_path / "other.sock"
    other.write_text("precious")
    with pytest.raises(UnsafeLocation, match="not a socket"):
        listen(other, mode=0o600)
    assert other.read_text() == "precious"


def test_a_second_claim_finds_the_server_that_answers(tmp_path: Path) -> None:
    options = own_options()
    for folder in (options.data_folder, options.socket.parent):
        prepare_folder(folder)
    first = Claim(options)
    assert first.wait() is None
    with listen(options.socket, mode=0o600):
        assert Claim(options).wait(seconds=5) == options.socket
    first.release()
    assert Claim(options).wait(seconds=5) is None


def test_a_claim_from_another_socket_is_led_to_the_server_of_the_data(monkeypatch: pytest.MonkeyPatch) -> None:
    first = own_options()
    prepare_folder(first.data_folder)
    prepare_folder(first.socket.parent)
    claim = Claim(first)
    assert claim.wait() is None
    monkeypatch.setenv("TRAILER_SOCKET", str(first.socket.parent / "cron.sock"))
    with listen(first.socket, mode=0o600):
        assert Claim(own_options()).wait(seconds=5) == first.socket


def test_a_holder_that_does_not_answer_is_named(tmp_path: Path) -> None:
    options = own_options()
    prepare_folder(options.data_folder)
    prepare_folder(options.socket.parent)
    holder = Claim(options)
    assert holder.wait() is None
    with pytest.raises(ServerUnavailable, match=str(os.getpid())):
        Claim(options).wait(seconds=0.2)


def test_a_lock_file_that_was_cleaned_away_is_no_lock(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    first, second = LockFile(path), LockFile(path)
    assert first.acquire(tmp_path / "a.sock")
    assert not second.acquire(tmp_path / "b.sock")
    path.unlink()
    assert second.acquire(tmp_path / "b.sock")
    holder = second.holder()
    assert holder is not None
    assert holder.socket == str(tmp_path / "b.sock")


def test_start_up_errors_reach_the_starter(tmp_path: Path) -> None:
    options = own_options()
    options.data_folder.mkdir(mode=0o700)
    database = options.data_folder / "trailer.db"
    database.write_bytes(bytes(8192))
    database.chmod(0o600)
    with pytest.raises(TrailerError), live_server(options):
        pass
    assert not answers(options.socket)
    assert database.read_bytes() == bytes(8192)


def test_a_data_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    options = own_options()
    options.data_folder.mkdir(mode=0o700)
    (options.data_folder / "server.log").mkdir()
    told, tell = os.pipe()
    command = [sys.executable, "-m", "trailer_tui.server", "--ready-fd", str(tell)]
    subprocess.run(command, pass_fds=[tell], check=True, stderr=subprocess.DEVNULL)
    os.close(tell)
    with os.fdopen(told) as answer:
        error = TrailerError.from_problem(json.load(answer))
    assert isinstance(error, UnsafeLocation)
    assert f"{options.data_folder / 'server.log'} cannot be used: Is a directory" in error.cause
    assert "TRAILER_DATA" in error.hint


def test_a_lock_is_taken_on_a_full_disk(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    first = LockFile(path)
    assert first.acquire(tmp_path / "a-long-name.sock")
    first.release()
    with files_of_at_most(path.stat().st_size):
        second = LockFile(path)
        assert second.acquire(tmp_path / "b.sock")
        holder = second.holder()
    second.release()
    assert holder is not None
    assert holder.socket == str(tmp_path / "b.sock")


def test_a_lock_that_finds_no_space_names_its_file(tmp_path: Path) -> None:
    with files_of_at_most(0), pytest.raises(OSError, match="lock"):
        LockFile(tmp_path / "lock").acquire(tmp_path / "a.sock")


async def test_only_owner_and_root_are_let_in_standalone() -> None:
    doorkeeper = Doorkeeper(own_options(owner=4711))
    with pytest.raises(NotAllowed, match="4712"):
        await doorkeeper.admit(Peer(1, 4712, 4712))
    root = await doorkeeper.admit(Peer(1, 0, 0))
    owner = await doorkeeper.admit(Peer(1, 4711, 4711))
    assert (root.name, root.is_administrator) == ("root", True)
    assert (owner.name, owner.is_administrator) == ("uid-4711", True)


async def test_shared_lets_everybody_in_and_few_administer() -> None:
    doorkeeper = Doorkeeper(own_options(mode="shared", owner=4711))
    actor = await doorkeeper.admit(Peer(1, 4712, 4712))
    assert (actor.name, actor.is_administrator) == ("uid-4712", False)


def test_the_kernel_names_the_peer() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert read_peer(ours) == Peer(os.getpid(), os.getuid(), os.getgid())


def test_two_servers_in_a_row_serve_the_same_places() -> None:
    for _ in range(2):
        with live_server() as server:
            assert answers(server.options.socket)
        assert not server.options.socket.exists()
    assert threading.active_count() < 20
