"""The line that appears when somebody else saves or deletes the image that is being edited."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Static

from trailer_tui.model.errors import NotFound, TrailerError

if TYPE_CHECKING:
    from textual.timer import Timer

    from trailer_tui.app.form.draft_state import DraftState
    from trailer_tui.app.session import Session
    from trailer_tui.model.events import Event
    from trailer_tui.model.image import ImageRecord

_SHORTEST_WAIT = 1.0
"""Seconds between two looks at the record: a running build sends many events."""

_DRAFT_KEYS = ("name", "image_name", "host_id", "enabled", "changed_since_build", "updated_at")
"""Members of a row that a save may change."""


class RecordWatch(Horizontal):
    """Hidden until there is something to say."""

    @dataclass
    class CompareWanted(Message):
        """The user wants to see what is stored now."""

        stored: ImageRecord

    @dataclass
    class Deleted(Message):
        """The record is gone."""

    def __init__(self, session: Session, state: DraftState, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._session = session
        self._state = state
        self._stored: ImageRecord | None = None
        self._wait: Timer | None = None
        self._look_again = False
        self._seen: tuple[Any, ...] | None = None

    def compose(self) -> ComposeResult:
        yield Static("", markup=False)
        yield Button("Compare", compact=True)

    def apply_event(self, event: Event) -> None:
        """Look at the record when an event may mean that it was saved; tell when it is gone."""
        record = self._state.record
        if record is None:
            return
        if event.event == "image_deleted" and event.id == record.id:
            self.show_deleted()
            self.post_message(self.Deleted())
        elif event.event == "resync" or self._may_be_save(event, record.id):
            self._look_soon()

    def _may_be_save(self, event: Event, image_id: int) -> bool:
        """Whether the event's row differs from the last one in more than the course of a build."""
        if event.event != "image" or event.row.get("id") != image_id:
            return False
        seen = tuple(event.row.get(key) for key in _DRAFT_KEYS)
        news, self._seen = seen != self._seen, seen
        return news

    def _look_soon(self) -> None:
        if self._wait is None:
            self.run_worker(self._look(), group="record-watch", exit_on_error=False)
            self._wait = self.set_timer(_SHORTEST_WAIT, self._waited)
            self._look_again = False
        else:
            self._look_again = True

    def _waited(self) -> None:
        self._wait = None
        if self._look_again:
            self._look_soon()

    async def _look(self) -> None:
        record = self._state.record
        if record is None:
            return
        try:
            stored = await self._session.client.image(record.id)
        except NotFound:
            self.show_deleted()
            self.post_message(self.Deleted())
            return
        except TrailerError:
            return
        current = self._state.record
        if current is not None and stored.revision != current.revision:
            self._stored = stored
            self._show("⚠ Somebody else saved this image while you edit it.", can_compare=True)

    def show_deleted(self) -> None:
        """Say that the record is gone and what Save does now."""
        self._show("⚠ This image was deleted. Nothing you typed is lost: Save makes it anew.", can_compare=False)

    def hide(self) -> None:
        """Nothing to say any more."""
        self._stored = None
        self.remove_class("-shown")

    def _show(self, text: str, *, can_compare: bool) -> None:
        self.query_one(Static).update(Content(text))
        self.query_one(Button).display = can_compare
        self.add_class("-shown")

    @on(Button.Pressed)
    def compare(self, event: Button.Pressed) -> None:
        """Ask for the comparison."""
        event.stop()
        if self._stored is not None:
            self.post_message(self.CompareWanted(self._stored))
