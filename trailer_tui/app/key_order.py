"""One key at a time: a key is handed on when everything that the one before it caused has happened.

Textual hands every key to whatever has the focus when it is read, and runs bindings later, when the key has bubbled up
to the app. Keys that arrive together, as they do over a slow link, would overtake each other: text typed after the key
that opens a form would act on the list below it. Only text that the focused widget takes needs no such wait: it goes
through that widget's own queue, in order, and so a burst of it costs one repaint instead of one for each letter.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

from textual.events import Key

if TYPE_CHECKING:
    from textual.app import App
    from textual.message_pump import MessagePump

PATIENCE_SECONDS = 1.0
"""After this long the next key goes on whatever became of the one before: nothing may block the keyboard."""


class KeyOrder:
    """The keys of one app that wait for their turn."""

    def __init__(self, app: App[None]) -> None:
        self._app = app
        self._waiting: deque[Key] = deque()
        self._turn = 0
        """Keys that are being handled; more than one only when all of them are text for one widget."""
        self._turn_is_text = False
        self._returning: deque[Key] = deque()
        """Keys that waited, whose turn it is, and that are on their way back to `takes`."""
        self._task: asyncio.Task[None] | None = None

    def takes(self, key: Key) -> bool:
        """Whether `key`, just read from the terminal, may go on now; otherwise it is kept and comes again later."""
        if self._returning and key is self._returning[0]:
            self._returning.popleft()
            return True
        if self._returning or self._waiting or not self._joins(key):
            self._waiting.append(key)
            return False
        self._turn += 1
        return True

    def handed_on(self) -> None:
        """A key whose turn it is was handed to the focused widget: the next ones follow when all have settled."""
        if self._task is not None:
            self._task.cancel()
        self._task = asyncio.create_task(self._next_when_settled())

    def _joins(self, key: Key) -> bool:
        """Whether `key` can be handled together with those whose turn it is."""
        is_text = self._is_text(key)
        if not self._turn:
            self._turn_is_text = is_text
            return True
        return self._turn_is_text and is_text

    def _is_text(self, key: Key) -> bool:
        focused = self._app.focused
        return key.is_printable and focused is not None and focused.check_consume_key(key.key, key.character)

    async def _next_when_settled(self) -> None:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._settled()
        except TimeoutError:
            pass
        self._turn = 0
        while self._waiting and self._joins(self._waiting[0]):
            self._returning.append(self._waiting.popleft())
            self._turn += 1
        for key in self._returning:
            self._app.post_message(key)

    async def _settled(self) -> None:
        before = self._app.screen
        node: MessagePump | None = self._app.focused or before
        # The key bubbles up through the queues of these; whatever is last in a queue runs after it.
        while node is not None:
            await _reached(node)
            node = node._parent
        after = self._app.screen
        if after is not before:
            shown = asyncio.Event()
            after.call_after_refresh(shown.set)
            await shown.wait()


async def _reached(node: MessagePump) -> None:
    """Wait until `node` has handled what is in its queue now."""
    reached = asyncio.Event()
    if node.call_later(reached.set):
        await reached.wait()
