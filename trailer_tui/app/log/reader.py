"""Reads one build's log for a view: fetches it, indexes it, filters and searches it, and tells of changes."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from trailer_tui.app.log.block_index import BlockIndex
from trailer_tui.app.log.contents import LogContents
from trailer_tui.app.log.matching import Query
from trailer_tui.app.log.search import LineSearch
from trailer_tui.app.log.spool import LogSource, LogSpool, SpoolState

TAIL_BYTES = 1 << 18
"""Of a long log that has ended, this much is fetched at first."""
WHOLE_BYTES = 4 << 20
"""A log up to this size is always fetched whole."""
_PAUSE_SECONDS = 0.001
"""Between two slices of indexing, for the keys."""


@dataclass(frozen=True, slots=True)
class LogExtent:
    """What the server says of a log."""

    build_id: int
    ended: bool
    size: int
    """Bytes, final when the build has ended."""
    lines: int


class LogReader:
    """The log of one build. `on_change` is called on the loop, at most once per `refresh_seconds`."""

    def __init__(
        self,
        source: LogSource,
        folder: Path,
        extent: LogExtent,
        *,
        refresh_seconds: float,
        on_change: Callable[[], None],
    ) -> None:
        self.extent = extent
        self._source = source
        self._folder = folder
        self._refresh_seconds = refresh_seconds
        self._on_change = on_change
        self._news = asyncio.Event()
        self._whole: LogSpool | None = None
        self._whole_index: BlockIndex | None = None
        self._tail: LogSpool | None = None
        self._filter_query: Query | None = None
        self._search_query: Query | None = None
        self._closing: set[asyncio.Task[None]] = set()
        self._over = asyncio.Event()
        self.search: LineSearch | None = None
        """Lines that match the search, among those shown."""
        if extent.ended and extent.size > WHOLE_BYTES and extent.lines:
            self._tail = self._spool(start=extent.size - TAIL_BYTES, follow=False)
            self.contents = LogContents(BlockIndex(self._tail.file, first_line=extent.lines))
        else:
            self._whole = self._spool(start=0, follow=True)
            self._whole_index = BlockIndex(self._whole.file)
            self.contents = LogContents(self._whole_index)
        self._task = asyncio.get_running_loop().create_task(self._run())

    @property
    def whole(self) -> bool:
        """Whether the contents are the log from its first line on, not only its end."""
        return self._whole_index is not None and self.contents.index is self._whole_index

    @property
    def complete(self) -> bool:
        """Whether the log has ended and every line of it is here."""
        return self.whole and self._whole is not None and self._whole.complete and self._indexed

    @property
    def spool(self) -> LogSpool:
        """The copy that is being made or was made last."""
        spool = self._whole or self._tail
        assert spool is not None
        return spool

    @property
    def fetched_share(self) -> float | None:
        """How much of a log that has ended is here, from 0 to 1; None when that cannot be said."""
        if self._whole is None or not self.extent.ended or not self.extent.size:
            return None
        return min(1.0, self._whole.size / self.extent.size)

    @property
    def searching(self) -> bool:
        """Whether the search or the filter has not looked at every line yet."""
        wanted = (self._search_query, self.search), (self._filter_query, self.contents.filter)
        return any(query is not None and (found is None or found.searching) for query, found in wanted)

    def fetch_whole(self) -> None:
        """Fetch the log from its first line on, unless that is done or under way."""
        if self._whole is None:
            self._whole = self._spool(start=0, follow=True)
            self._whole_index = BlockIndex(self._whole.file)

    def show_step(self, step: int | None) -> None:
        """Show one step's lines, or all."""
        if step != self.contents.step:
            self.contents.step = step
            if step is not None:
                self.fetch_whole()
            self._start_searches()

    def show_matching(self, query: Query | None) -> None:
        """Show only lines that match, or all."""
        self._filter_query = query
        self._start_searches()

    def find(self, query: Query | None) -> None:
        """Search among the lines that are shown."""
        self._search_query = query
        self._start_searches(only_search=True)

    @property
    def queries(self) -> tuple[Query | None, Query | None]:
        """The filter and the search."""
        return self._filter_query, self._search_query

    async def whole_log(self) -> LogSpool:
        """The copy of the log from its first line on; waits until it is complete if the build has ended."""
        self.fetch_whole()
        assert self._whole is not None
        if self.extent.ended:
            await self._over.wait()
        return self._whole

    async def close(self) -> None:
        """Stop everything and give the files back."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        for search in (self.search, self.contents.filter):
            if search is not None:
                await search.close()
        await asyncio.gather(*self._closing, return_exceptions=True)
        for spool in (self._whole, self._tail):
            if spool is not None:
                await spool.close()

    def _spool(self, *, start: int, follow: bool) -> LogSpool:
        spool = LogSpool(self._source, self.extent.build_id, self._folder, self._news.set, start=start, follow=follow)
        spool.begin()
        return spool

    @property
    def _indexed(self) -> bool:
        return self._whole is not None and self._whole_index is not None and self._whole_index.size >= self._whole.size

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        told = 0.0
        while True:
            await self._news.wait()
            self._news.clear()
            if self._tail is not None and self._tail.complete and self.contents.index.first_line == self.extent.lines:
                self._show_tail(self._tail)
            while (
                self._whole is not None and self._whole_index is not None and self._whole_index.grow(self._whole.size)
            ):
                if self.whole and loop.time() - told >= self._refresh_seconds:
                    self._tell()
                    told = loop.time()
                await asyncio.sleep(_PAUSE_SECONDS)
            self._after_growth()
            self._tell()
            told = loop.time()
            await asyncio.sleep(self._refresh_seconds)

    def _show_tail(self, spool: LogSpool) -> None:
        """The end of the log is here: cut it to whole lines and number them from behind."""
        data = os.pread(spool.file, TAIL_BYTES, 0)
        data = data[data.find(b"\n") + 1 :]
        lines = data.count(b"\n") + (not data.endswith(b"\n"))
        os.pwrite(spool.file, data, 0)
        os.ftruncate(spool.file, len(data))
        index = BlockIndex(spool.file, first_line=max(0, self.extent.lines - lines))
        while index.grow(len(data)):
            pass
        index.close_end()
        if not self.whole:
            self.contents.index = index

    def _after_growth(self) -> None:
        spool, index = self._whole, self._whole_index
        if spool is None or index is None:
            return
        if is_over(spool.state):
            self._over.set()
        if spool.complete and self._indexed:
            index.close_end()
        if not self.whole and spool.complete and self._indexed:
            self.contents.index = index
            self._start_searches()
        if self.whole:
            for search in (self.search, self.contents.filter):
                if search is not None:
                    search.extend(index.whole_lines_size)

    def _start_searches(self, *, only_search: bool = False) -> None:
        self._drop(self.search)
        self.search = None
        if not only_search:
            self._drop(self.contents.filter)
            self.contents.filter = None
        if self._filter_query is None and self._search_query is None:
            return self._news.set()
        self.fetch_whole()
        if not self.whole:
            return self._news.set()
        if self._filter_query is not None and not only_search:
            self.contents.filter = self._line_search([self._filter_query])
        if self._search_query is not None:
            queries = [query for query in (self._filter_query, self._search_query) if query is not None]
            self.search = self._line_search(queries)
        return self._news.set()

    def _line_search(self, queries: list[Query]) -> LineSearch:
        assert self._whole is not None
        search = LineSearch(self._whole.file, queries, self.contents.step, self._news.set)
        search.extend(self.contents.index.whole_lines_size)
        return search

    def _drop(self, search: LineSearch | None) -> None:
        if search is not None:
            task = asyncio.get_running_loop().create_task(search.close())
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    def _tell(self) -> None:
        self._on_change()


def is_over(state: SpoolState) -> bool:
    """Whether nothing more will come from the server."""
    return state in (SpoolState.COMPLETE, SpoolState.REMOVED, SpoolState.FAILED)
