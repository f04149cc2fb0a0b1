"""The calls about Docker hosts: list, add, change, check, import, disk and prune."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from trailer_tui.client.transport import LONG_TIMEOUT, Transport

if TYPE_CHECKING:
    from trailer_tui.model.host import Host, HostDraft, HostUsage, ImportOutcome, PruneItem, PruneTarget


class HostCalls(Transport):
    """Docker hosts. Anybody may read and check them; the rest raises `NotAllowed` for who is no administrator."""

    async def hosts(self) -> list[Host]:
        """GET /hosts: by name, with their live state."""
        from trailer_tui.model.host import Host

        return [Host.model_validate(item) for item in await self._json("GET", "/hosts")]

    async def create_host(self, draft: HostDraft) -> Host:
        """POST /hosts: the host is stored and checked at once; an unreachable one is stored as offline."""
        return await self._host("POST", "/hosts", draft)

    async def update_host(self, host_id: int, draft: HostDraft, *, revision: int) -> Host:
        """PUT /hosts/{id}?revision=: the host as it answers with its new settings.

        `EditConflict` carries the stored host in `current`.
        """
        return await self._host("PUT", f"/hosts/{host_id}?revision={revision:d}", draft)

    async def delete_host(self, host_id: int) -> None:
        """DELETE /hosts/{id}. `NotApplicable` unless it is disabled and unused; the cause names what uses it."""
        await self._json("DELETE", f"/hosts/{host_id}")

    async def check_host(self, host_id: int) -> Host:
        """POST /hosts/{id}/check: look at the host now."""
        return await self._host("POST", f"/hosts/{host_id}/check")

    async def enable_host(self, host_id: int) -> Host:
        """POST /hosts/{id}/enable: the host takes work again and is looked at now; no error when it does already."""
        return await self._host("POST", f"/hosts/{host_id}/enable")

    async def disable_host(self, host_id: int) -> Host:
        """POST /hosts/{id}/disable: no build starts there any more; those that run go on, queued ones wait."""
        return await self._host("POST", f"/hosts/{host_id}/disable")

    async def import_hosts(self) -> ImportOutcome:
        """POST /hosts/import: the docker contexts of the account that runs the server become hosts."""
        from trailer_tui.model.host import ImportOutcome

        return ImportOutcome.model_validate(await self._json("POST", "/hosts/import", timeout=LONG_TIMEOUT))

    async def host_usage(self, host_id: int) -> HostUsage:
        """GET /hosts/{id}/usage: what fills the host's disk and what a prune would remove; may take minutes.

        Anybody may ask. A caller that is cancelled ends the question on the host too.
        """
        from trailer_tui.model.host import HostUsage

        return HostUsage.model_validate(await self._json("GET", f"/hosts/{host_id}/usage", timeout=LONG_TIMEOUT))

    async def prune_host(self, host_id: int, targets: Iterable[PruneTarget]) -> list[PruneItem]:
        """POST /hosts/{id}/prune: what was removed of each target; `error` of an item says what stayed.

        May take minutes. Raises `NotApplicable` when a build runs on the host that could lose what it needs.
        """
        from trailer_tui.model.host import PruneItem

        body = {"targets": [target.value for target in targets]}
        answer = await self._json("POST", f"/hosts/{host_id}/prune", json=body, timeout=LONG_TIMEOUT)
        return [PruneItem.model_validate(item) for item in answer]

    async def _host(self, method: str, path: str, draft: HostDraft | None = None) -> Host:
        from trailer_tui.model.host import Host

        options = {} if draft is None else {"json": draft.model_dump(mode="json")}
        return Host.model_validate(await self._json(method, path, **options))
