"""What is done to hosts: which action applies, the question before it, the call, and what is told afterwards."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from textual.app import App

from trailer_tui.app.builds.facts import counted
from trailer_tui.app.hosts.facts import pruned
from trailer_tui.model.status import HostState
from trailer_tui.printable import printable

if TYPE_CHECKING:
    from trailer_tui.app.dialogs.confirm import ConfirmDialog, ConfirmResult
    from trailer_tui.app.session import Session
    from trailer_tui.model.host import Host, HostUsage, PruneTarget

ADMINISTRATION = frozenset({"new", "edit", "toggle_enabled", "import_contexts", "prune", "delete"})
"""What only an administrator may do."""


class Owner(Protocol):
    """The screen that acts."""

    @property
    def app(self) -> App[Any]:
        """The app, for dialogs and toasts."""

    def call_server(self, call: Callable[[], Awaitable[None]], *, group: str, exclusive: bool = False) -> None:
        """Run a call in the background and show its errors."""

    def host_changed(self, host: Host) -> None:
        """The server answered with the host as it is now."""

    def host_deleted(self, host: Host) -> None:
        """The host was deleted here; the server tells everybody else."""

    def host_note(self, host: Host, text: str) -> None:
        """Keep telling, beside the host, what is done to it; an empty text ends that."""

    def host_pruned(self, host: Host, text: str) -> None:
        """Keep telling what a prune removed; what was measured of the host's disk is no longer true."""


def why_not_deleted(host: Host) -> str:
    """Why a host cannot be deleted, as far as the host itself tells; empty when nothing speaks against it.

    Images that name the host are the server's to find; it refuses then, and names them.
    """
    if host.enabled:
        return "disable it first"
    if host.running or host.queued:
        return "builds run or wait there"
    return ""


def applies(action: str, host: Host | None, session: Session) -> bool | None:
    """Whether an action is offered: True, False for hidden, None for shown as impossible, with its reason as label."""
    if not session.is_connected or (action in ADMINISTRATION and not session.is_administrator):
        return False
    if action in ("new", "import_contexts"):
        return True
    if host is None:
        return False
    if action == "delete":
        return None if why_not_deleted(host) else True
    if action == "prune":
        return host.state is not HostState.OFFLINE
    return True


def label(action: str, host: Host | None) -> str | None:
    """What a key does to this host now, or why it does nothing; None for the action's usual label."""
    if host is None:
        return None
    if action == "toggle_enabled":
        return "Disable" if host.enabled else "Enable"
    why = why_not_deleted(host) if action == "delete" else ""
    return f"Delete ({why})" if why else None


class HostActions:
    """Questions, calls and results of the actions on hosts."""

    def __init__(self, session: Session, owner: Owner) -> None:
        self._session = session
        self._owner = owner

    def check(self, host: Host) -> None:
        """Look at the host now."""
        self._owner.host_note(host, f"Looking at {host.name} …")
        self._owner.call_server(partial(self._check, host), group=f"check-{host.id}", exclusive=True)

    async def _check(self, host: Host) -> None:
        try:
            checked = await self._session.client.check_host(host.id)
        finally:
            self._owner.host_note(host, "")
        self._owner.host_changed(checked)
        self._tell(f"{checked.name} is {checked.state.value}")

    def toggle(self, host: Host) -> None:
        """Let it take work, or stop it from taking more."""
        self._owner.call_server(partial(self._toggle, host), group=f"toggle-{host.id}", exclusive=True)

    async def _toggle(self, host: Host) -> None:
        client = self._session.client
        changed = await (client.disable_host(host.id) if host.enabled else client.enable_host(host.id))
        self._owner.host_changed(changed)
        if changed.enabled:
            self._tell(f"{changed.name} is enabled and {changed.state.value}")
            return
        going_on = [f"{counted(changed.running, 'build')} there go on to their end"] if changed.running else []
        waiting = [f"{counted(changed.queued, 'build')} wait until it is enabled, or are moved"] * bool(changed.queued)
        self._tell("; ".join([f"{changed.name} is disabled and takes no new builds", *going_on, *waiting]))

    def import_contexts(self) -> None:
        """Make hosts of the docker contexts of the server's account."""
        self._owner.call_server(self._import, group="import-hosts", exclusive=True)

    async def _import(self) -> None:
        from trailer_tui.app.dialogs.import_outcome import ImportDialog

        outcome = await self._session.client.import_hosts()
        for host in outcome.added:
            self._owner.host_changed(host)
        self._owner.app.push_screen(ImportDialog(outcome))

    def prune(self, host: Host, usage: HostUsage | None = None) -> None:
        """Show what could go, and let it go when the user says so; `usage` when it was measured just now."""
        from trailer_tui.app.dialogs.prune import PruneDialog

        def answered(targets: list[PruneTarget] | None) -> None:
            if targets:
                self._owner.host_note(host, f"Pruning {host.name} …")
                self._owner.call_server(partial(self._prune, host, targets), group=f"prune-{host.id}")

        self._owner.app.push_screen(PruneDialog(self._session, host, usage), answered)

    async def _prune(self, host: Host, targets: list[PruneTarget]) -> None:
        try:
            items = await self._session.client.prune_host(host.id, targets)
        finally:
            self._owner.host_note(host, "")
        told = pruned(host.name, items)
        self._owner.host_pruned(host, told)
        self._tell(told)

    def delete(self, host: Host, *, typed: bool) -> None:
        """Ask, and delete; `typed` wants the name typed."""
        if why_not_deleted(host):
            return

        def answered(result: ConfirmResult | None) -> None:
            if result is not None:
                self._owner.call_server(partial(self._delete, host), group=f"delete-{host.id}", exclusive=True)

        self._owner.app.push_screen(delete_dialog(host, typed=typed), answered)

    async def _delete(self, host: Host) -> None:
        await self._session.client.delete_host(host.id)
        self._tell(f"Deleted {host.name}")
        self._owner.host_deleted(host)

    def _tell(self, text: str) -> None:
        shown = "\n".join(printable(line) for line in text.split("\n"))
        self._owner.app.notify(shown, timeout=4, markup=False)


def delete_dialog(host: Host, *, typed: bool) -> ConfirmDialog:
    """Asks before a host's record goes."""
    from trailer_tui.app.dialogs.confirm import ConfirmDialog

    return ConfirmDialog(
        f"Delete {host.name}?",
        [
            "The host's record with its settings will be gone.",
            "Nothing on the host itself is touched.",
            f"Address: {host.address}",
        ],
        confirm_label="Delete",
        typed_name=host.name if typed else None,
    )
