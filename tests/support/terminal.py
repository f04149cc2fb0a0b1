"""A program in a pseudo-terminal: press keys, read the screen, measure what a key costs.

One thread reads and stamps what the program writes; the emulator (pyte) is fed later by the caller, so that its cost is
in no figure. Answers the queries that a program sends at start, as a plain xterm would.
"""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import re
import signal
import struct
import termios
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import pyte

KEYS = {
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "enter": "\r",
    "tab": "\t",
    "escape": "\x1b",
    "backspace": "\x7f",
    "space": " ",
    "f1": "\x1bOP",
} | {f"ctrl+{letter}": chr(ord(letter) - 96) for letter in "abcdefghijklmnopqrstuvwxyz"}
"""Names of keys that are no single character."""

# Device attributes, cursor position, private mode 2026 (synchronised output): query and a terminal's answer.
_ANSWERS = (
    (re.compile(rb"\x1b\[0?c"), b"\x1b[?62;22c"),
    (re.compile(rb"\x1b\[6n"), b"\x1b[1;1R"),
    (re.compile(rb"\x1b\[\?2026\$p"), b"\x1b[?2026;2$y"),
    (re.compile(rb"\x1b\[\?u"), b"\x1b[?0u"),
)


class _Screen(pyte.Screen):
    """An emulated screen that ignores requests for reports; the reader answers those."""

    def report_device_status(self, *_: object, **__: object) -> None: ...

    def report_device_attributes(self, *_: object, **__: object) -> None: ...


@dataclass(frozen=True, slots=True)
class Reaction:
    """What followed a key."""

    first_ms: float
    """Until the first byte."""
    last_ms: float
    """Until the last byte of the burst."""
    expected_ms: float | None
    """Until the expected text was on the screen."""
    written: int
    """Bytes."""


class Terminal:
    """A program in a pseudo-terminal of a given size. Use as a context manager."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        columns: int = 120,
        rows: int = 40,
        environment: dict[str, str] | None = None,
        folder: Path | None = None,
    ) -> None:
        self._screen = _Screen(columns, rows)
        self._stream = pyte.Stream(self._screen)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._chunks: list[tuple[float, bytes]] = []
        self._fed = 0
        self.started = time.perf_counter()
        self.exit_status: int | None = None
        self.pid, self._fd = pty.fork()
        if self.pid == 0:  # the child
            try:
                if folder:
                    os.chdir(folder)
                variables = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **(environment or {})}
                os.execvpe(command[0], list(command), variables)
            finally:
                os._exit(127)
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self._fd, 1 << 16)
            except OSError:
                return
            if not data:
                return
            self._chunks.append((time.perf_counter(), data))
            for query, answer in _ANSWERS:
                if query.search(data):
                    os.write(self._fd, answer)

    def send(self, *keys: str) -> None:
        """Press keys one after another: names of `KEYS`, or text that is typed as it is."""
        for key in keys:
            os.write(self._fd, KEYS.get(key, key).encode())

    def press(self, *keys: str, pause: float = 0.08) -> None:
        """Press keys as a person does, with a pause after each, in seconds."""
        for key in keys:
            self.send(key)
            time.sleep(pause)

    def text(self) -> str:
        """The screen now, lines without trailing spaces."""
        self._feed(len(self._chunks))
        return "\n".join(line.rstrip() for line in self._screen.display)

    def wait_for(self, expected: str | Callable[[str], bool], timeout: float = 20.0) -> float:
        """Wait until the screen holds a text or satisfies a function; returns seconds since the program's start.

        Raises:
            AssertionError: it did not within `timeout` seconds; shows the screen.
        """
        holds = expected if callable(expected) else lambda screen: expected in screen
        deadline = time.perf_counter() + timeout
        while True:
            while self._fed < len(self._chunks):
                stamp = self._chunks[self._fed][0]
                self._feed(self._fed + 1)
                if holds("\n".join(self._screen.display)):
                    return stamp - self.started
            if holds("\n".join(self._screen.display)):
                return time.perf_counter() - self.started
            if time.perf_counter() > deadline:
                raise AssertionError(f"not on the screen after {timeout} s: {expected!r}\n{self.text()}")
            time.sleep(0.002)

    def key(self, key: str, expected: str | None = None, *, quiet: float = 0.12, timeout: float = 10.0) -> Reaction:
        """Press a key and measure what follows until nothing was written for `quiet` seconds."""
        self._feed(len(self._chunks))
        before = len(self._chunks)
        pressed = time.perf_counter()
        self.send(key)
        expected_at = self.wait_for(expected, timeout) + self.started if expected else None
        while time.perf_counter() - max(pressed, self._chunks[-1][0]) < quiet:
            time.sleep(0.005)
        burst = self._chunks[before:]
        first, last = (burst[0][0], burst[-1][0]) if burst else (pressed, pressed)
        return Reaction(
            (first - pressed) * 1000,
            (last - pressed) * 1000,
            (expected_at - pressed) * 1000 if expected_at is not None else None,
            sum(len(data) for _, data in burst),
        )

    def written(self) -> int:
        """Bytes written since the start."""
        return sum(len(data) for _, data in self._chunks)

    def cpu_seconds(self) -> float:
        """Processor time of the program itself, in seconds."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> int:
        """Proportional resident memory of the program, in bytes."""
        rollup = Path(f"/proc/{self.pid}/smaps_rollup").read_text()
        found = re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)
        return int(found.group(1)) * 1024 if found else 0

    def wait_exit(self, timeout: float = 5.0) -> int:
        """The exit code, waited for; minus the signal's number when one ended it."""
        deadline = time.monotonic() + timeout
        while self.exit_status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.exit_status = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > deadline:
                raise AssertionError(f"still running after {timeout} s\n{self.text()}")
            else:
                time.sleep(0.005)
        return self.exit_status

    def hang_up(self) -> None:
        """Close the terminal under the program, as a dropped connection does."""
        os.close(self._fd)
        self._fd = -1

    def close(self) -> None:
        """End the program, if it still runs, and forget it."""
        if self.exit_status is None:
            try:
                os.kill(self.pid, signal.SIGKILL)
                self.wait_exit()
            except (ProcessLookupError, ChildProcessError):
                pass
        if self._fd >= 0:
            self.hang_up()

    def _feed(self, until: int) -> None:
        while self._fed < until:
            data = self._chunks[self._fed][1]
            self._fed += 1
            # pyte knows neither private parameters of "m" nor of "u"; both would print rubbish.
            text = re.sub(r"\x1b\[[<>=?][\d;]*[mu]|\x1bP.*?\x1b\\", "", self._decoder.decode(data))
            self._stream.feed(text)
