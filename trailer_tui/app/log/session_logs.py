"""The logs of whatever client a session has at the moment: after a reconnection it is another one."""

from __future__ import annotations

from collections.abc import AsyncIterator

from trailer_tui.app.session import Session


class SessionLogs:
    """The source of logs that a view reads."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def log(self, build_id: int, *, offset: int = 0, follow: bool = False) -> AsyncIterator[bytes]:
        """The log's bytes from `offset`."""
        async for chunk in self._session.client.log(build_id, offset=offset, follow=follow):
            yield chunk
