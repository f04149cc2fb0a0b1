"""The event stream of a client."""

from __future__ import annotations

import asyncio

from tests.service.world import ADA
from trailer_tui.model.events import Event, ImageDeleted, Resync
from trailer_tui.service.events import EventBroker


async def _all(broker: EventBroker, *events: Event) -> list[Event]:
    async with broker.subscribe(ADA) as stream:
        for event in events:
            broker.publish(event)
        broker.close()
        return [event async for event in stream]


async def test_every_client_gets_every_event_in_order() -> None:
    broker = EventBroker()
    sent = [ImageDeleted(id=number) for number in range(3)]
    async with broker.subscribe(ADA) as first, broker.subscribe(ADA) as second:
        assert broker.clients == 2
        for event in sent:
            broker.publish(event)
        broker.close()
        assert [event async for event in first] == sent
        assert [event async for event in second] == sent
    assert broker.clients == 0


async def test_a_client_that_is_too_slow_is_told_to_read_again() -> None:
    events = await _all(EventBroker(limit=3), *(ImageDeleted(id=number) for number in range(5)))
    assert events == [Resync(), ImageDeleted(id=3), ImageDeleted(id=4)]


async def test_a_client_waits_for_news_and_may_stop_waiting() -> None:
    broker = EventBroker()
    async with broker.subscribe(ADA) as stream:
        waiting = asyncio.ensure_future(anext(stream))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        broker.publish(ImageDeleted(id=1))
        assert await anext(stream) == ImageDeleted(id=1)


async def test_a_closed_broker_ends_new_streams_at_once() -> None:
    broker = EventBroker()
    broker.close()
    async with broker.subscribe(ADA) as stream:
        assert [event async for event in stream] == []
