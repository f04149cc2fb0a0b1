"""One key at a time: a key is handed on when everything that the one before it caused has happened.

Textual hands every key to whatever has the focus when it is read, and runs bindings later, when the key has bubbled up
to the app. Keys that arrive together, as they do over a slow link, would overtake each other: text typed after the key
that opens a form would act on the list below it.
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
        self._turn: Key | None = None
        """The key that is being handled."""
        self._task: asyncio.Task[None] | None = None

    def takes(self, key: Key) -> bool:
        """Whether `key`, just read from the terminal, may go on now; otherwise it is kept and comes again later."""
        if self._turn is None:
            self._turn = key
        elif key is not self._turn:
            self._waiting.append(key)
            return False
        return True

    def handed_on(self) -> None:
        """The key whose turn it is was handed to the focused widget: the next one follows when it has settled."""
        self._task = asyncio.create_task(self._next_when_settled())

    async def _next_when_settled(self) -> None:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._settled()
        except TimeoutError:
            pass
        self._turn = self._waiting.popleft() if self._waiting else None
        if self._turn is not None:
            self._app.post_message(self._turn)

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
