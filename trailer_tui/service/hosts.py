"""Use cases of the hosts screen: the records, with what the watch knows of each."""

from __future__ import annotations

from trailer_tui.model.errors import NotFound
from trailer_tui.model.events import Resync
from trailer_tui.model.host import Host, HostDraft
from trailer_tui.model.identity import Actor
from trailer_tui.service.host_watch import HostWatch
from trailer_tui.service.live import LiveState
from trailer_tui.service.permissions import require_administrator
from trailer_tui.store.store import Store

CHECK_SECONDS = 8.0
"""How long a caller waits for a look at a host before it gets what is known so far."""


class HostService:
    """Docker hosts for the acting user."""

    def __init__(self, store: Store, watch: HostWatch, live: LiveState) -> None:
        self._store = store
        self._live = live
        self._watch = watch

    async def all(self, actor: Actor) -> list[Host]:
        """Every host by name; anybody may see them, because an image names one."""
        return self._watch.all()

    async def create(self, actor: Actor, draft: HostDraft) -> Host:
        """Store a host and look at it; one that does not answer is stored all the same.

        Raises:
            NotAllowed: the actor is no administrator.
            InvalidInput: the name is taken.
        """
        require_administrator(actor, "add hosts")
        host = await self._store.hosts.create(draft)
        self._watch.put(host)
        return await self._watch.check(host.id, seconds=CHECK_SECONDS)

    async def update(self, actor: Actor, host_id: int, draft: HostDraft) -> Host:
        """Change a host. Builds that run there go on; a new address or limit counts from the next build.

        Raises:
            NotAllowed: the actor is no administrator.
            NotFound: there is no such host.
            InvalidInput: the name is taken.
        """
        require_administrator(actor, "change hosts")
        before = self._watch.host(host_id)
        self._watch.put(await self._store.hosts.update(host_id, draft))
        if before is not None and before.name != draft.name:
            # Rows of images carry the host's name.
            self._live.events.publish(Resync())
        return await self._watch.check(host_id, seconds=CHECK_SECONDS)

    async def check(self, actor: Actor, host_id: int) -> Host:
        """Look at a host now.

        Raises:
            NotFound: there is no such host.
        """
        if self._watch.host(host_id) is None:
            raise NotFound(f"there is no host with id {host_id}")
        return await self._watch.check(host_id, seconds=CHECK_SECONDS)
