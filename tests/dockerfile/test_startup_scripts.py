"""The scripts that startup commands run under, each with the shell of Debian and that of busybox."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.support.engine import unavailable

SCRIPTS = Path(__file__).parents[2] / "trailer_tui/dockerfile/scripts/startup"


@pytest.fixture(params=["dash", "busybox"])
def shell(request: pytest.FixtureRequest) -> list[str]:
    """What runs a script: Debian's shell, or busybox's."""
    found = shutil.which(request.param)
    if found is None:
        unavailable(f"{request.param} is not installed")
    return [found, "sh"] if request.param == "busybox" else [found]


def finished(shell: list[str], folder: Path, code: str, number: str = "0") -> str:
    """What is said after a command ended."""
    ended = subprocess.run(
        [*shell, str(SCRIPTS / "finish"), code, number, "name"], cwd=folder, capture_output=True, text=True, check=True
    )
    return ended.stdout


def left_running(folder: Path) -> subprocess.Popen[bytes]:
    """A program in a session of its own, as a command has one; its group is written down."""
    program = subprocess.Popen(["sleep", "1000"], start_new_session=True)
    (folder / "group").write_text(f"{program.pid}\n")
    return program


def test_a_command_that_ends_soon_waits_longer_each_time_until_it_has_run_for_a_while(
    shell: list[str], tmp_path: Path
) -> None:
    delays = []
    for _ in range(7):
        left_running(tmp_path).poll()
        (tmp_path / "started").write_text(f"{int(time.time())}\n")
        assert finished(shell, tmp_path, "3") == "ended with exit code 3\n"
        delays.append((tmp_path / "delay").read_text())
    assert delays == ["1\n", "2\n", "4\n", "8\n", "16\n", "30\n", "30\n"]
    (tmp_path / "started").write_text(f"{int(time.time()) - 60}\n")
    left_running(tmp_path)
    finished(shell, tmp_path, "0")
    assert (tmp_path / "delay").read_text() == "0\n"


def test_what_a_command_left_running_ends_with_it(shell: list[str], tmp_path: Path) -> None:
    program = left_running(tmp_path)
    assert finished(shell, tmp_path, "256", "15") == "ended by signal 15\n"
    assert program.wait(10) == -signal.SIGKILL


@pytest.mark.parametrize(
    ("line", "code"), [("exit 7", 7), ("true; false", 1), ("sh -c 'exit 3' || exit 4", 4), ("", 0)]
)
def test_a_line_ends_with_its_own_code(shell: list[str], line: str, code: int) -> None:
    assert subprocess.run([*shell, str(SCRIPTS / "shell"), line], check=False, timeout=30).returncode == code


def test_a_line_reads_what_its_container_is_given(shell: list[str]) -> None:
    ended = subprocess.run(
        [*shell, str(SCRIPTS / "shell"), "read -r word && echo got $word"],
        input="it\n",
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    assert ended.stdout == "got it\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_all_of_a_line_after_it_cleaned_up(shell: list[str], number: signal.Signals) -> None:
    inner = "trap 'echo cleaned; exit' TERM; echo ready; while :; do sleep 0.05; done"
    line = f'cd / && sh -c "{inner}" && echo never; sleep 1000'
    # A shell cannot trap what is ignored when it starts, as SIGINT is for whatever runs in the background of another.
    command = ["env", "--default-signal=INT", *shell, str(SCRIPTS / "shell"), line]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert running.stdout is not None
    assert running.stdout.readline() == "ready\n"
    os.kill(running.pid, number)
    assert running.communicate(timeout=30)[0] == "cleaned\n"
    assert running.returncode == 143
