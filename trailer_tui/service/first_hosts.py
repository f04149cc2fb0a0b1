"""The hosts that a first start begins with: where this account's Docker client would connect, and its contexts."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from trailer_tui.model.errors import InvalidInput
from trailer_tui.model.host import Host, HostDraft, ImportOutcome, ImportSkip, TlsFiles
from trailer_tui.service.docker_contexts import (
    FoundContexts,
    certificates_in,
    config_folder,
    free_name,
    read_contexts,
)
from trailer_tui.service.threads import ThreadCalls
from trailer_tui.store.hosts import HostRecords
from trailer_tui.store.store import Store

_LOG = logging.getLogger(__name__)

LOCAL_SOCKET = "unix:///var/run/docker.sock"
FIRST_NAME = "local"
SOCKET_NAME = "local-socket"

_ADOPTED = "hosts.environment_certificates"
"""Set once hosts have certificates of their own; before, those of the environment were used for all."""


def first_host(environment: Mapping[str, str]) -> HostDraft:
    """A host named `local` at `DOCKER_HOST`, or at the local socket when that is unset or no address."""
    address = environment.get("DOCKER_HOST", "").strip()
    if address:
        tls = environment_certificates(environment) if address.startswith("tcp://") else None
        try:
            return HostDraft(name=FIRST_NAME, address=address, tls=tls)
        except ValidationError:
            pass  # such as `npipe://` or `fd://`, which cannot be reached from here
    return HostDraft(name=FIRST_NAME, address=LOCAL_SOCKET)


def first_hosts(environment: Mapping[str, str], *, socket_exists: bool) -> FoundContexts:
    """The host `local`, the local socket when it exists and `local` is elsewhere, and every docker context."""
    contexts = read_contexts(config_folder(environment))
    hosts = [first_host(environment)]
    if socket_exists:
        hosts.append(HostDraft(name=SOCKET_NAME, address=LOCAL_SOCKET))
    return FoundContexts(hosts + contexts.hosts, contexts.skipped)


def environment_certificates(environment: Mapping[str, str]) -> TlsFiles | None:
    """What `DOCKER_TLS_VERIFY` and `DOCKER_CERT_PATH` name, as Docker's client takes them; None without TLS.

    Whether they are there is told when the host is looked at: without them it must not be spoken to in plain text.
    """
    if not environment.get("DOCKER_TLS_VERIFY"):
        return None
    chosen = environment.get("DOCKER_CERT_PATH")
    folder = Path(chosen).absolute() if chosen else config_folder(environment)
    return None if folder is None else certificates_in(folder)


async def adopt_environment_certificates(store: Store, environment: Mapping[str, str]) -> None:
    """Once per database: hosts at `tcp://` that were reached with the environment's certificates keep these."""
    if await store.settings.get(_ADOPTED) is not None:
        return
    tls = environment_certificates(environment)
    for host in await store.hosts.all():
        if tls is None or host.tls is not None or not host.address.startswith("tcp://"):
            continue
        try:
            await store.hosts.update(host.id, host.draft().model_copy(update={"tls": tls}))
        except InvalidInput as error:
            # Its usual port is another one with TLS, where another record is. It must not be reached in plain text.
            await store.hosts.set_enabled(host.id, False)
            _LOG.warning("host %s was disabled, for it cannot keep its certificates: %s", host.name, error.cause)
    await store.settings.set(_ADOPTED, "yes")


async def add_first_hosts(records: HostRecords, environment: Mapping[str, str], calls: ThreadCalls) -> None:
    """Store what `first_hosts` finds on this machine."""

    def look() -> FoundContexts:
        return first_hosts(environment, socket_exists=Path(LOCAL_SOCKET.removeprefix("unix://")).is_socket())

    outcome = await add_found(records, await calls.run(look))
    for skip in outcome.skipped:
        _LOG.info("no host was made of %s: %s", skip.name, skip.reason)


async def add_found(records: HostRecords, found: FoundContexts) -> ImportOutcome:
    """Make hosts of what was found; those whose engine is known already are skipped, names that are taken changed."""
    taken = {host.name.casefold() for host in await records.all()}
    added: list[Host] = []
    skipped = list(found.skipped)
    for draft in found.hosts:
        named = draft.model_copy(update={"name": free_name(draft.name, taken)})
        try:
            host = await records.create(named)
        except InvalidInput as error:
            skipped.append(ImportSkip(name=draft.name, reason=error.fields[0].problem if error.fields else error.cause))
            continue
        taken.add(host.name.casefold())
        added.append(host)
    return ImportOutcome(added=added, skipped=skipped)
