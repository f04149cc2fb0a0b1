"""Fills a table of images or templates from the server: the order of a query, rows on the screen, live changes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Protocol

from trailer_tui.app.session import Session
from trailer_tui.app.widgets.image_table import ImageTable
from trailer_tui.model.rows import ImageQuery, ImageRow

if TYPE_CHECKING:
    from trailer_tui.model.events import Event


class Owner(Protocol):
    """The screen whose table is filled."""

    def order_shown(self, query: ImageQuery) -> None:
        """The table shows the answer to `query`."""

    def call_server(self, call: Callable[[], Awaitable[None]], *, group: str, exclusive: bool = False) -> None:
        """Run a call in the background and show its errors."""


class ImageFeed:
    """One query at a time, the latest wins; live changes that may move rows ask again, but not too often."""

    def __init__(self, session: Session, table: ImageTable, owner: Owner, *, templates: bool = False) -> None:
        self._templates = templates
        self._session = session
        self._table = table
        self._owner = owner
        self._query: ImageQuery | None = None
        self._is_loading = False
        self._is_outdated = False
        self._is_waiting = False
        self._fetching: set[int] = set()

    def ask(self, query: ImageQuery) -> None:
        """Show the answer to `query`; an older question is dropped."""
        self._query = query
        self._load()

    def restart(self, query: ImageQuery) -> None:
        """Ask again and trust no row that is here: events may have been missed."""
        self._table.list.rows.mark_all_stale()
        self._fetching.clear()
        self.ask(query)

    def reload(self) -> None:
        """Ask the present question again."""
        if self._query is None:
            return
        if self._is_loading:
            self._is_outdated = True
        else:
            self._load()

    def fetch(self, ids: Sequence[int]) -> None:
        """Get rows that came into view."""
        wanted = [image_id for image_id in ids if image_id not in self._fetching]
        if wanted:
            self._fetching.update(wanted)
            self._owner.call_server(partial(self._fetch, wanted), group="rows")

    def apply(self, event: Event) -> None:
        """Follow one event of the server; those about templates concern the list of templates alone."""
        if event.event == "image":
            self._take(ImageRow.from_json(event.row), moved=event.created or event.reordered)
        elif event.event == "image_deleted" and event.is_template is self._templates:
            self._remove(event.id)
        elif event.event == "build" and not self._templates:
            self._table.places_changed(self._table.places.take(event.build))
        elif event.event in ("resync", "hello") and self._query is not None:
            self._table.list.rows.mark_all_stale()
            self.reload()
            if not self._templates:
                self._owner.call_server(self._read_places, group="places", exclusive=True)

    def _take(self, row: ImageRow, *, moved: bool) -> None:
        if row.is_template is not self._templates:
            if self._table.list.rows.get(row.id) is not None:  # it was one of these until now
                self._remove(row.id)
            return
        self._table.take_rows([row])
        if moved:
            self._reload_soon()

    def _remove(self, image_id: int) -> None:
        self._table.remove_row(image_id)
        self._reload_soon()

    async def _read_places(self) -> None:
        builds = await self._session.client.active_builds()
        self._table.places_changed(self._table.places.read(builds))

    def _load(self) -> None:
        self._is_loading, self._is_outdated = True, False
        assert self._query is not None
        self._owner.call_server(partial(self._load_order, self._query), group="order", exclusive=True)

    async def _load_order(self, query: ImageQuery) -> None:
        try:
            order = await self._session.client.image_order(query)
            near = self._table.rows_near(order)
            if near:
                self._table.take_rows(await self._session.client.image_rows(near))
            self._table.show_order(order)
            self._owner.order_shown(query)
        finally:
            # A newer question cancels this one and has set these for itself.
            if query is self._query:
                self._is_loading = False
        if self._is_outdated:
            self._reload_soon()

    async def _fetch(self, ids: Sequence[int]) -> None:
        try:
            self._table.take_rows(await self._session.client.image_rows(ids))
        finally:
            self._fetching.difference_update(ids)
        self._table.fetch_missing()

    def _reload_soon(self) -> None:
        if not self._is_waiting:
            self._is_waiting = True
            self._table.set_timer(self._session.refresh_seconds, self._reload_now)

    def _reload_now(self) -> None:
        self._is_waiting = False
        self.reload()
