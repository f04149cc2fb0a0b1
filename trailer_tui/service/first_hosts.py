"""The host that a first start begins with: where this user's Docker client would connect."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError

from trailer_tui.model.host import HostDraft

LOCAL_SOCKET = "unix:///var/run/docker.sock"
FIRST_NAME = "local"


def first_host(environment: Mapping[str, str]) -> HostDraft:
    """A host named `local` at `DOCKER_HOST`, or at the local socket when that is unset or no address."""
    address = environment.get("DOCKER_HOST", "").strip()
    if address:
        try:
            return HostDraft(name=FIRST_NAME, address=address)
        except ValidationError:
            pass  # such as `npipe://` or `fd://`, which cannot be reached from here
    return HostDraft(name=FIRST_NAME, address=LOCAL_SOCKET)
