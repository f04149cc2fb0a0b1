"""Finding the lines of a log that match, while the log grows and without holding up the app."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable

from trailer_tui.app.log.line_runs import LineRuns
from trailer_tui.app.log.matching import Query
from trailer_tui.app.log.matching_process import DONE, RECORD

_READ_BYTES = 1 << 15


class LineSearch:
    """The growing set of lines of a log file that match every query (and belong to a step, if given).

    Args:
        file: descriptor of the log file.
        queries: what a line must match.
        step: the step that a line must belong to.
        on_change: called on the loop when more was found or the search caught up; must be quick.
    """

    def __init__(self, file: int, queries: list[Query], step: int | None, on_change: Callable[[], None]) -> None:
        self.queries = queries
        self.step = step
        self.found = LineRuns()
        self.scanned = 0
        """Lines that were tested, from the first on."""
        self.failed = ""
        """Why the search stopped, if it did."""
        self._file = file
        self._on_change = on_change
        self._wanted = 0
        self._asked = 0
        self._done = 0
        self._news = asyncio.Event()
        self._task = asyncio.get_running_loop().create_task(self._run())

    @property
    def searching(self) -> bool:
        """Whether lines that are known are still to be tested."""
        return self._done < self._wanted and not self.failed

    def extend(self, end: int) -> None:
        """There is more to search: the log is complete up to byte `end`, where a line ends."""
        if end > self._wanted:
            self._wanted = end
            self._news.set()

    async def close(self) -> None:
        """End the search and its process."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        order = {
            "file": self._file,
            "step": self.step,
            "queries": [(query.text, query.regex) for query in self.queries],
        }
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", "trailer_tui.app.log.matching_process", json.dumps(order)),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                pass_fds=(self._file,),
            )
        except OSError as error:
            return self._fail(str(error))
        try:
            await self._serve(process)
        except (OSError, asyncio.IncompleteReadError) as error:
            self._fail(str(error) or "the search process ended")
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()

    async def _serve(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        rest = b""
        while True:
            if self._done == self._wanted:
                self._news.clear()
                await self._news.wait()
            if self._asked == self._done:
                self._asked = self._wanted
                process.stdin.write(b"%d\n" % self._asked)
                await process.stdin.drain()
            data = await process.stdout.read(_READ_BYTES)
            if not data:
                return self._fail("the search process ended")
            rest = self._take(rest + data)
            self._on_change()

    def _take(self, data: bytes) -> bytes:
        whole = len(data) - len(data) % RECORD.size
        for first, second in RECORD.iter_unpack(data[:whole]):
            if second == DONE:
                self._done = self._asked
            elif second:
                self.found.append(first, second)
            else:
                self.scanned = first
        return data[whole:]

    def _fail(self, reason: str) -> None:
        self.failed = reason
        self._on_change()
