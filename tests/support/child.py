"""A program that the tests start and that ends with them, also when they are killed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_LAST_WORDS = 2000


class DidNotStart(Exception):
    """A program ended or did not come up in time; the message has its last words."""


class Child:
    """One running program, whose output goes to the file `log`.

    The kernel ends it when the thread that starts it ends, so start it in the main thread.
    """

    def __init__(self, command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None) -> None:
        self._name = command[0]
        self._log = log
        tied = [*("setpriv", "--pdeathsig", "TERM") * bool(shutil.which("setpriv")), *command]
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                tied,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=None if environment is None else dict(environment),
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """Its process, and its process group."""
        return self._process.pid

    @property
    def words(self) -> str:
        """What it printed so far."""
        return self._log.read_text(errors="replace")

    def wait_until(self, ready: Callable[[], bool], seconds: float = 30.0) -> None:
        """Wait until `ready` says so; the program is stopped when it does not come to that.

        Raises:
            DidNotStart: it ended before, or took longer than `seconds`.
        """
        deadline = time.monotonic() + seconds
        while not ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop(1)
                raise DidNotStart(f"{self._name} did not start:\n{self.words[-_LAST_WORDS:]}")
            time.sleep(0.05)

    def finish(self, seconds: float) -> int:
        """Wait for its end and return its exit code; it is stopped when it takes longer than `seconds`."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.stop(1)
            return -1

    def stop(self, seconds: float = 20.0) -> None:
        """End it; by force when it takes longer than that."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()
