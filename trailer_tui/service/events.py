"""Events to every client: each subscriber has a bounded queue, and one that is too slow gets a `Resync` instead."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from trailer_tui.model.events import Event, HostChanged, Resync
from trailer_tui.model.identity import Actor
from trailer_tui.service.permissions import host_seen_by, may_see

QUEUE_LIMIT = 1000
"""Events that wait for one client before they are replaced by a `Resync`."""


class _Subscription:
    """The queue of one client; iterates until the broker closes."""

    def __init__(self, actor: Actor, limit: int) -> None:
        self.actor = actor
        self._limit = limit
        self._queue: deque[Event] = deque()
        self._ready = asyncio.Event()
        self._closed = False

    def put(self, event: Event) -> None:
        if len(self._queue) >= self._limit:
            self._queue.clear()
            self._queue.append(Resync())
        if isinstance(event, HostChanged):
            event = HostChanged(host=host_seen_by(self.actor, event.host))
        self._queue.append(event)
        self._ready.set()

    def close(self) -> None:
        self._closed = True
        self._ready.set()

    def __aiter__(self) -> AsyncIterator[Event]:
        return self

    async def __anext__(self) -> Event:
        while not self._queue:
            if self._closed:
                raise StopAsyncIteration
            self._ready.clear()
            await self._ready.wait()
        return self._queue.popleft()


class EventBroker:
    """Hands published events to the subscribers that may see them. Used on the event loop only."""

    def __init__(self, *, limit: int = QUEUE_LIMIT) -> None:
        self._limit = limit
        self._subscriptions: set[_Subscription] = set()
        self._closed = False

    @property
    def clients(self) -> int:
        """Open subscriptions."""
        return len(self._subscriptions)

    @asynccontextmanager
    async def subscribe(self, actor: Actor) -> AsyncIterator[AsyncIterator[Event]]:
        """What `actor` may see of the events published from now on.

        Without `Hello` and `Heartbeat`, which belong to the transport. The iterator may be awaited with a timeout and
        used again. It ends when the broker is closed and all events before that were taken.
        """
        subscription = _Subscription(actor, self._limit)
        if self._closed:
            subscription.close()
        self._subscriptions.add(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions.discard(subscription)

    def publish(self, event: Event) -> None:
        """Queue `event` for every subscriber; never waits."""
        for subscription in self._subscriptions:
            subscription.put(event)

    def publish_about(self, creator: str, event: Event) -> None:
        """Queue an `event` about a record of `creator` for those who may see the record; "" names nobody."""
        for subscription in self._subscriptions:
            if may_see(subscription.actor, creator):
                subscription.put(event)

    def close(self) -> None:
        """End every stream after what is queued."""
        self._closed = True
        for subscription in self._subscriptions:
            subscription.close()
