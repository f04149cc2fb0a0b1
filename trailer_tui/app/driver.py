"""The terminal's input: woken by a pipe instead of polling, and gone when the terminal is gone.

Textual's own thread sleeps in `select(0.1)`: quitting and suspending wait for it, an idle app wakes ten times a second,
and a terminal that hung up makes it spin.
"""

from __future__ import annotations

import asyncio
import os
import select
import signal
import sys
import time
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from string import digits
from threading import Timer

from textual._parser import ParseError
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Key

ESCAPE_SECONDS = 0.025
"""After this long an escape character alone is the Esc key; `ESCDELAY` (milliseconds) overrides."""

HANGUP_SECONDS = 1.5
"""What an app whose terminal is gone gets to leave in good order."""

EXIT_HANGUP = 129
EXIT_TERMINATED = 143


class KeyParser(XTermParser):
    """`XTermParser` for which Esc and a digit stay two keys when one read brings both.

    Textual takes them for what some terminals send for a digit with Alt, and makes a sign of it: Esc, 4 would write ¢.
    """

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[Key]:
        if len(sequence) == 2 and sequence[0] == "\x1b" and sequence[1] in digits:
            yield Key("escape", "\x1b")
            sequence = sequence[1]
        yield from super()._sequence_to_key_events(sequence, alt)


class TerminalDriver(LinuxDriver):
    """`LinuxDriver` with another input thread, drawing on standard output."""

    _wake_read = -1
    _wake_write = -1
    _outputs: Sequence[int] = ()
    """Standard output and error, as far as they are the terminal."""

    def start_application_mode(self) -> None:
        """Open the pipe that ends the input thread's sleep; leave in good order when told to end."""
        self._loop.add_signal_handler(signal.SIGTERM, partial(self._app.exit, return_code=EXIT_TERMINATED))
        if self._wake_read < 0:
            self._wake_read, self._wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._outputs = [descriptor for descriptor in (1, 2) if os.isatty(descriptor)]
        if sys.__stdout__ is not None:
            # Textual draws on standard error, which people send to a file; standard output is known to be a terminal.
            self._file = sys.__stdout__
        super().start_application_mode()  # type: ignore[no-untyped-call]

    def disable_input(self) -> None:
        """End the input thread at once."""
        if self._wake_write >= 0:
            # The thread looks at this event when the pipe wakes it; the base class sets it only after its checks.
            self._ending = True
            os.write(self._wake_write, b"x")
        super().disable_input()
        self._ending = False

    def close(self) -> None:
        """Close the pipe."""
        super().close()
        for descriptor in (self._wake_read, self._wake_write):
            if descriptor >= 0:
                os.close(descriptor)
        self._wake_read = self._wake_write = -1

    _ending = False

    def run_input_thread(self) -> None:
        """Turn bytes into events until `disable_input`, or until the terminal hangs up."""
        parser = KeyParser(self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        poll = select.poll()
        poll.register(self.fileno, select.POLLIN)
        poll.register(self._wake_read, select.POLLIN)
        try:
            while not (self._ending or self.exit_event.is_set()):
                ready = dict(poll.poll(self._milliseconds_to_escape(parser)))
                if self._wake_read in ready:
                    os.read(self._wake_read, 64)
                    continue
                if self.fileno in ready and not self._feed(parser, decode):
                    self._hang_up()
                    return
                for event in parser.tick():
                    self.process_message(event)
        finally:
            try:
                for _ in parser.feed(""):
                    pass
            except (EOFError, ParseError):
                pass

    def _feed(self, parser: XTermParser, decode: Callable[[bytes], str]) -> bool:
        """Read once; False when there is nothing to read any more."""
        try:
            data = os.read(self.fileno, 1 << 14)
        except OSError:
            return False
        if not data:
            return False
        text = decode(data)
        if text:
            for event in parser.feed(text):
                self.process_message(event)
        if parser._timeout_time is not None and "ESCDELAY" not in os.environ:
            parser._timeout_time = min(parser._timeout_time, time.monotonic() + ESCAPE_SECONDS)
        return True

    def _milliseconds_to_escape(self, parser: XTermParser) -> int | None:
        if parser._timeout_time is None:
            return None
        return max(0, int((parser._timeout_time - time.monotonic()) * 1000) + 1)

    def _hang_up(self) -> None:
        # Writing to a dead terminal may block or fail anywhere on the way out, so the way out is bounded.
        watchdog = Timer(HANGUP_SECONDS, os._exit, (EXIT_HANGUP,))
        watchdog.daemon = True
        watchdog.start()
        # What is still in a buffer at the very end would make Python's exit code 120.
        with Path(os.devnull).open("wb") as nowhere:
            for descriptor in self._outputs:
                os.dup2(nowhere.fileno(), descriptor)
        asyncio.run_coroutine_threadsafe(self._leave(), loop=self._loop)

    async def _leave(self) -> None:
        self._app.exit(return_code=EXIT_HANGUP)
