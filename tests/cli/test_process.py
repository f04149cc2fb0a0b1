"""`trailer` as a process: pipes that close, ctrl-C, what it imports."""

from __future__ import annotations

import os
import pty
import shlex
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from tests.cli.conftest import Trailer
from tests.support.fake_engine import FakeStep
from tests.support.live_server import LiveServer
from trailer_tui import locations

COMMAND = [sys.executable, "-m", "trailer_tui"]


def start(words: Sequence[str], **options: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # type: ignore[call-overload, no-any-return]
        [*COMMAND, *words],
        stdin=subprocess.DEVNULL,
        # Whoever runs the tests in the background may ignore SIGINT, and the command would then too.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        **options,
    )


def test_a_reader_that_leaves_early_is_no_error(server: LiveServer, trailer: Trailer) -> None:
    server.engine.script = [FakeStep("RUN seq", output=[f"line {number}\n" for number in range(200_000)])]
    trailer("new", "long", "--base", "ubuntu:24.04", "--follow")
    with start(["logs", "long"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert b"\n" in process.stdout.read(1000)
        process.stdout.close()
        complaint = process.stderr.read()
        assert process.wait(30) == 0
    assert complaint == b""


def test_output_to_a_full_disk_is_said_in_one_line(server: LiveServer, trailer: Trailer) -> None:
    trailer("new", "tools", "--base", "ubuntu:24.04", "--follow")
    for words in (["ls"], ["ls", "--json"], ["logs", "tools"], ["completion", "bash"]):
        with Path("/dev/full").open("wb") as full:
            done = subprocess.run([*COMMAND, *words], stdout=full, stderr=subprocess.PIPE, check=False)
        assert done.returncode == 1
        assert done.stderr == b"trailer: standard output cannot be written: No space left on device\n"


def test_closed_standard_streams_are_no_error(server: LiveServer, trailer: Trailer) -> None:
    trailer("new", "tools", "--base", "ubuntu:24.04", "--follow")
    for words in ("ls", "ls --json", "logs tools"):
        line = f"exec {shlex.quote(sys.executable)} -m trailer_tui {words} <&- >&-"
        done = subprocess.run(["sh", "-c", line], stderr=subprocess.PIPE, check=False)
        assert (done.returncode, done.stderr) == (0, b"")


def test_ctrl_c_leaves_the_build_alone(server: LiveServer, trailer: Trailer) -> None:
    gate = threading.Event()
    server.engine.script = [FakeStep("RUN wait", output=["begun\n"], gate=gate)]
    trailer("new", "slow", "--base", "ubuntu:24.04", "--no-build")
    with start(["build", "slow", "--follow"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        for line in process.stdout:
            if b"begun" in line:
                break
        process.send_signal(signal.SIGINT)
        complaint = process.stderr.read().decode()
        assert process.wait(30) == 130
    assert "goes on in the background" in complaint
    assert "Traceback" not in complaint
    assert trailer("show", "slow", "--json").json["status"] == "building"
    gate.set()


def test_a_terminal_gets_no_foreign_control_sequence(server: LiveServer, trailer: Trailer) -> None:
    server.engine.script = [FakeStep("RUN evil", output=["\x1b]0;title\x07\x1b[2Jcleared \x1b[32mgreen\x1b[0m\n"])]
    trailer("new", "evil", "--base", "ubuntu:24.04", "--follow")
    ours, theirs = pty.openpty()
    with start(["logs", "evil"], stdout=theirs) as process:
        os.close(theirs)
        shown = b""
        try:
            while piece := os.read(ours, 4096):
                shown += piece
        except OSError:  # the terminal's other end has closed
            pass
        assert process.wait(30) == 0
    os.close(ours)
    assert b"\x1b[32mgreen" in shown
    assert b"\x1b[2J" not in shown
    assert b"\x1b]0" not in shown


def test_help_needs_neither_client_nor_app() -> None:
    program = (
        "import sys; from trailer_tui.cli.parser import build_parser; build_parser().format_help();"
        "print([name for name in ('httpx', 'pydantic', 'textual', 'asyncio', 'docker') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    assert "httpx" not in done.stdout
    assert "pydantic" not in done.stdout
    assert "textual" not in done.stdout


def test_a_command_imports_no_library_that_it_does_not_use() -> None:
    program = (
        "import sys, pathlib, trailer_tui.cli.follow; from trailer_tui.client.client import TrailerClient;"
        "TrailerClient(pathlib.Path('/nowhere'));"
        "print([name for name in ('rich', 'click', 'pygments', 'h2', 'textual', 'yaml') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    assert done.stdout == "[]\n"


def test_an_unreachable_server_ends_with_3_and_its_reason() -> None:
    folder = locations.data_folder()
    folder.mkdir(mode=0o700)
    (folder / "trailer.db").write_bytes(bytes(4096))
    (folder / "trailer.db").chmod(0o600)
    done = subprocess.run([*COMMAND, "ls"], capture_output=True, check=False, text=True)
    assert done.returncode == 3
    assert "trailer.db" in done.stderr
    doctor = subprocess.run([*COMMAND, "doctor"], capture_output=True, check=False, text=True)
    assert doctor.returncode == 3
    assert "✖ server: The database cannot be read" in doctor.stdout
