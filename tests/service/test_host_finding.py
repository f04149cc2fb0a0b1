"""What the diagnosis says about a host."""

from __future__ import annotations

from trailer_tui.model.host import Host
from trailer_tui.model.status import HostState
from trailer_tui.service.host_finding import host_finding


def test_a_host_that_does_not_answer_is_told_with_its_address_once() -> None:
    host = Host(id=1, name="gone", address="tcp://gone:1", state=HostState.OFFLINE, error="tcp://gone:1: refused")
    assert host_finding(host, low_disk_gb=5).detail == "tcp://gone:1: refused"
    other = host.model_copy(update={"error": "refused"})
    assert host_finding(other, low_disk_gb=5).detail == "tcp://gone:1: refused"
