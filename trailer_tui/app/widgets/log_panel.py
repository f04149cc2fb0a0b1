"""The log of one build with what belongs to it: the line to type a search in, and the line that tells the position."""

from __future__ import annotations

from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from trailer_tui.app.actions import bindings
from trailer_tui.app.log.block_index import BlockIndex
from trailer_tui.app.log.matching import Query
from trailer_tui.app.log.reader import LogExtent, LogReader
from trailer_tui.app.log.spool import LogSource, SpoolState
from trailer_tui.app.widgets.log_strips import Gutter
from trailer_tui.app.widgets.log_view import LogView
from trailer_tui.printable import printable


class LogPrompt(Input):
    """The line in which a search (`/`) or a filter (`&`) is typed."""

    BINDINGS = bindings("prompt")

    class Cancelled(Message):
        """The user went back without searching."""

    def __init__(self) -> None:
        super().__init__(placeholder="text · small letters match any case", compact=True, select_on_focus=True)
        self.kind = "/"
        self.regex = False

    def action_cancel(self) -> None:
        """Back without searching."""
        self.post_message(self.Cancelled())

    def action_regex(self) -> None:
        """Switch between plain text and a regular expression."""
        self.regex = not self.regex
        self.placeholder = "regular expression" if self.regex else "text · small letters match any case"
        self.post_message(self.Changed(self, self.value))


class LogPanel(Vertical):
    """Shows one build's log. The owner calls `open`, `close` and the verbs; the panel keeps the status line true."""

    class StateChanged(Message):
        """The copy of the log reached another state: complete, server away, removed, failed."""

    def __init__(self, source: LogSource, folder: Path, refresh_seconds: float) -> None:
        super().__init__()
        self._source = source
        self._folder = folder
        self._refresh_seconds = refresh_seconds
        self._jump = 0
        self._spool_state: SpoolState | None = None
        self._index_shown: BlockIndex | None = None
        self._note = ""
        self._told = ""
        self._step_label = ""
        self.reader: LogReader | None = None
        self.view = LogView()

    def compose(self) -> ComposeResult:
        yield self.view
        with Horizontal(id="log-prompt-row"):
            yield Static("/", id="log-prompt-kind", markup=False)
            yield LogPrompt()
            yield Static("", id="log-prompt-note", markup=False)
        yield Static("", id="log-position", markup=False)

    # The log

    async def open(self, extent: LogExtent, *, step: int | None = None) -> None:
        """Show the log of a build, from its end."""
        await self.close()
        self.reader = LogReader(
            self._source, self._folder, extent, refresh_seconds=self._refresh_seconds, on_change=self._on_news
        )
        self.reader.contents.step = step
        self._index_shown, self._spool_state = self.reader.contents.index, None
        self.view.show(self.reader.contents)

    async def close(self) -> None:
        """Show nothing, and stop fetching."""
        reader, self.reader = self.reader, None
        self._jump, self._note = 0, ""
        if reader is not None:
            self.view.show(None)
            await reader.close()

    def show_step(self, step: int | None, label: str = "") -> None:
        """Show the lines of one step, or of all."""
        self._step_label = label
        if self.reader is None or self.reader.contents.step == step:
            return
        top = self.view.top_number
        self.reader.show_step(step)
        self._rearranged(top)

    def label_steps(self, labels: tuple[tuple[int, str], ...]) -> None:
        """Show before each line what stands for its step, or nothing when empty."""
        self.view.set_gutter(Gutter(self.view.margin_shown.times, labels))

    def _on_news(self) -> None:
        self.call_later(self._take_news)

    def _take_news(self) -> None:
        reader = self.reader
        if reader is None or not self.is_attached:
            return
        if reader.contents.index is not self._index_shown:
            self._index_shown = reader.contents.index
            self.view.replaced()
        self._mark()
        self._explain_empty(reader)
        self.view.grown()
        if self._jump:
            self._jump_on()
        if reader.spool.state is not self._spool_state:
            self._spool_state = reader.spool.state
            self.post_message(self.StateChanged())
        self._tell()

    def _explain_empty(self, reader: LogReader) -> None:
        note = "Nothing was printed." if reader.complete or not reader.whole else "No output yet."
        if reader.contents.filter is not None:
            note = "Searching …" if reader.searching else "No line matches."
        if note != self.view.empty_note:
            self.view.empty_note = note
            if not self.view.rows:
                self.view.refresh()

    # Search and filter

    def ask(self, kind: str) -> None:
        """Open the line for a search (`/`) or a filter (`&`)."""
        prompt = self.query_one(LogPrompt)
        prompt.kind = kind
        query = self._query(kind)
        prompt.value = query.text if query else ""
        prompt.regex = query.regex if query else prompt.regex
        self.query_one("#log-prompt-kind", Static).update(kind)
        self.query_one("#log-prompt-row").display = True
        self._note_prompt()
        prompt.focus()

    def _query(self, kind: str) -> Query | None:
        if self.reader is None:
            return None
        filter_query, search_query = self.reader.queries
        return search_query if kind == "/" else filter_query

    @on(LogPrompt.Changed)
    def _note_prompt(self) -> None:
        prompt = self.query_one(LogPrompt)
        problem, kind = "", "regex" if prompt.regex else "plain"
        if prompt.value:
            try:
                kind = "regex" if Query.parse(prompt.value, regex=prompt.regex).regex else "plain"
            except ValueError as error:
                problem = str(error)
        note = self.query_one("#log-prompt-note", Static)
        note.set_class(bool(problem), "-problem")
        note.update(problem or kind)

    @on(LogPrompt.Submitted)
    def _run_query(self) -> None:
        prompt = self.query_one(LogPrompt)
        try:
            query = Query.parse(prompt.value, regex=prompt.regex) if prompt.value else None
        except ValueError:
            self._note_prompt()
            return
        self._close_prompt()
        if prompt.kind == "/":
            self.find(query)
        else:
            self.show_matching(query)

    @on(LogPrompt.Cancelled)
    def _close_prompt(self) -> None:
        self.query_one("#log-prompt-row").display = False
        self.view.focus()

    def find(self, query: Query | None) -> None:
        """Search, and go to the first match from here on."""
        if self.reader is None:
            return
        self.view.current = None
        self.reader.find(query)
        self._jump = 1 if query else 0
        self._mark()
        self._tell()

    def show_matching(self, query: Query | None) -> None:
        """Show only matching lines, or all."""
        if self.reader is None:
            return
        top = self.view.top_number
        self.reader.show_matching(query)
        self._rearranged(top)

    def next_match(self, direction: int) -> None:
        """To the next match down (1) or up (-1), around the ends."""
        if self.reader is not None and self._query("/") is not None:
            self._jump = direction
            self._jump_on()
            self._tell()

    def clear(self) -> bool:
        """Drop the search, else the filter; returns whether there was one."""
        if self._query("/") is not None:
            self.find(None)
            return True
        if self._query("&") is not None:
            self.show_matching(None)
            return True
        return False

    @property
    def has_query(self) -> bool:
        """Whether something is searched or filtered."""
        return self._query("/") is not None or self._query("&") is not None

    @property
    def has_search(self) -> bool:
        """Whether something is searched."""
        return self._query("/") is not None

    def _rearranged(self, top: int | None) -> None:
        self._mark()
        self.view.rearranged(top)
        self._tell()

    def _mark(self) -> None:
        reader = self.reader
        if reader is None:
            return
        found = [
            (query, search)
            for query, search in zip(reader.queries, (reader.contents.filter, reader.search), strict=True)
        ]
        self.view.highlight([(query.pattern(), search.found) for query, search in found if query and search])

    def _jump_on(self) -> None:
        """Carry out a jump that was asked for, as soon as enough is known."""
        reader = self.reader
        search = reader.search if reader is not None else None
        if reader is None or search is None:
            return
        found, current = search.found, self.view.current
        top = self.view.top_number or 0
        if self._jump > 0:
            position = found.rank(current + 1 if current is not None else top)
        else:
            position = found.rank(current if current is not None else top) - 1
        if not 0 <= position < len(found):
            if reader.searching:
                return
            if not len(found):
                self._jump, self._note = 0, "no match"
                return
            self._note = "from the top" if self._jump > 0 else "from the end"
            position = 0 if self._jump > 0 else len(found) - 1
        else:
            self._note = ""
        self._jump = 0
        self.view.go_to(found.number(position))

    # The status line

    @on(LogView.Moved)
    def _on_moved(self, event: LogView.Moved) -> None:
        event.stop()
        self._tell()

    @on(LogView.BeforeStart)
    def _fetch_whole(self) -> None:
        if self.reader is not None:
            self.reader.fetch_whole()

    def _tell(self) -> None:
        if not self.is_attached:
            return
        right = " · ".join(part for part in (*self._search_state(), self._fetch_state(), self._follow_state()) if part)
        room = self.size.width - len(right) - 1
        position = self._position()
        while len(position) > 1 and len(" · ".join(position)) > room:
            position.pop()
        left = " · ".join(position)
        room = max(1, self.size.width - len(left) - len(right))
        line = Content.assemble(left, " " * room, (right, "$text-accent" if self.view.new_rows else ""))
        status = self.query_one("#log-position", Static)
        if self._told != line.plain:
            self._told = line.plain
            status.update(line, layout=False)

    def _position(self) -> list[str]:
        """Where the view stands, the most important part first."""
        reader = self.reader
        if reader is None:
            return [""]
        rows, total = self.view.rows, reader.contents.index.end
        first, last = self.view.shown_rows
        parts = [f"lines {first:,}-{last:,} of {rows:,}" if rows else "no lines"]
        if self._step_label:
            parts.append(self._step_label)
        if reader.contents.filtered:
            parts.append(f"{total:,} in all")
        if reader.contents.filter is not None and (query := self._query("&")):
            parts.append(f"only {query.text}")
        return [printable(part) for part in parts]

    def _search_state(self) -> list[str]:
        reader = self.reader
        if reader is None:
            return []
        parts = []
        if self._query("/") is not None:
            search = reader.search
            if search is not None and search.failed:
                parts.append(f"search failed: {search.failed}")
            elif search is not None:
                count, current = f"{len(search.found):,}", self.view.current
                known = current is not None and current in search.found
                parts.append(
                    f"match {search.found.rank(current or 0) + 1:,} of {count}" if known else f"{count} matches"
                )
            if self._note:
                parts.append(self._note)
        if reader.searching:
            parts.append("searching…")
        return parts

    def _fetch_state(self) -> str:
        reader = self.reader
        if reader is None:
            return ""
        state = reader.spool.state
        if state is SpoolState.AWAY:
            return "server away, trying again"
        if state is SpoolState.FAILED and reader.spool.error is not None:
            return printable(reader.spool.error.cause)
        share = reader.fetched_share
        if share is not None and not reader.complete and state is SpoolState.READING:
            return f"reading {share:.0%}"
        return ""

    def _follow_state(self) -> str:
        if self.reader is None:
            return ""
        if self.view.follow:
            return "" if self.reader.complete or not self.reader.whole else "follow"
        return f"+{self.view.new_rows:,} lines" if self.view.new_rows else "paused" if not self.reader.complete else ""
