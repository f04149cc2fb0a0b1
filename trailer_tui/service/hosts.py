"""Use cases of the hosts screen: the records, with what the watch knows of each."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from trailer_tui.model.errors import NotFound
from trailer_tui.model.events import Resync
from trailer_tui.model.host import Host, HostDraft, HostUsage, ImportOutcome, PruneItem, PruneTarget
from trailer_tui.model.identity import Actor
from trailer_tui.service.docker_contexts import config_folder, read_contexts
from trailer_tui.service.first_hosts import add_found
from trailer_tui.service.host_watch import HostWatch
from trailer_tui.service.live import LiveState
from trailer_tui.service.permissions import host_seen_by, require_administrator
from trailer_tui.service.prune import HostPruning
from trailer_tui.service.threads import ThreadCalls
from trailer_tui.store.store import Store

CHECK_SECONDS = 8.0
"""How long a caller waits for a look at a host before it gets what is known so far."""


class HostService:
    """Docker hosts for the acting user. Anybody may see and check them, because an image names one.

    What changes a host raises `NotAllowed` when the actor is no administrator, and `NotFound` without such a host.
    """

    def __init__(
        self,
        store: Store,
        watch: HostWatch,
        live: LiveState,
        pruning: HostPruning,
        calls: ThreadCalls,
        environment: Mapping[str, str],
    ) -> None:
        """`environment` says where the docker contexts of the account are."""
        self._store = store
        self._live = live
        self._watch = watch
        self._pruning = pruning
        self._calls = calls
        self._environment = environment

    async def all(self, actor: Actor) -> list[Host]:
        """Every host by name."""
        return [host_seen_by(actor, host) for host in self._watch.all()]

    async def create(self, actor: Actor, draft: HostDraft) -> Host:
        """Store a host and look at it; one that does not answer is stored all the same, with its error.

        Raises:
            InvalidInput: the name is taken, or the address is that of another host.
        """
        require_administrator(actor, "add hosts")
        host = await self._store.hosts.create(draft)
        self._watch.put(host)
        return await self._watch.check(host.id, seconds=CHECK_SECONDS)

    async def update(self, actor: Actor, host_id: int, draft: HostDraft, *, revision: int | None = None) -> Host:
        """Change a host. Builds that run there go on; a new address or limit counts from the next build.

        An edit that started from `revision` replaces nothing newer; None replaces whatever is stored.

        Raises:
            EditConflict: somebody else saved first.
            InvalidInput: the name is taken, or the address is that of another host.
        """
        require_administrator(actor, "change hosts")
        before = self._watch.host(host_id)
        self._watch.put(await self._store.hosts.update(host_id, draft, revision=revision))
        if before is not None and before.name != draft.name:
            # Rows of images carry the host's name.
            self._live.events.publish(Resync())
        return await self._watch.check(host_id, seconds=CHECK_SECONDS)

    async def set_enabled(self, actor: Actor, host_id: int, enabled: bool) -> Host:
        """Let the host take work and look at it, or let it take no more: builds that run go on, queued ones wait."""
        require_administrator(actor, f"{'enable' if enabled else 'disable'} hosts")
        self._watch.put(await self._store.hosts.set_enabled(host_id, enabled))
        return await self._watch.check(host_id, seconds=CHECK_SECONDS)

    async def delete(self, actor: Actor, host_id: int) -> None:
        """Forget a host.

        Raises:
            NotApplicable: it is enabled, or images, templates or builds use it; names them.
        """
        require_administrator(actor, "delete hosts")
        await self._store.hosts.delete(host_id)
        self._watch.remove(host_id)

    async def check(self, actor: Actor, host_id: int) -> Host:
        """Look at a host now."""
        if self._watch.host(host_id) is None:
            raise NotFound(f"there is no host {host_id}", hint="somebody may have deleted it")
        return host_seen_by(actor, await self._watch.check(host_id, seconds=CHECK_SECONDS))

    async def import_contexts(self, actor: Actor) -> ImportOutcome:
        """Make hosts of the docker contexts of the account that runs the server; they are looked at in turn."""
        require_administrator(actor, "import hosts")
        folder = config_folder(self._environment)
        outcome = await add_found(self._store.hosts, await self._calls.run(lambda: read_contexts(folder)))
        for host in outcome.added:
            self._watch.put(host)
        return outcome

    async def usage(self, actor: Actor, host_id: int) -> HostUsage:
        """What fills the host's disk; may take minutes. Raises like `HostPruning.usage`."""
        return await self._pruning.usage(host_id)

    async def prune(self, actor: Actor, host_id: int, targets: Collection[PruneTarget]) -> list[PruneItem]:
        """Remove what nothing needs; may take minutes. Raises like `HostPruning.prune`."""
        require_administrator(actor, "prune hosts")
        return await self._pruning.prune(host_id, targets)
