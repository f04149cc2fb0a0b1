"""What the diagnosis says about a host."""

from __future__ import annotations

from trailer_tui.model.host import Capabilities, Host
from trailer_tui.model.status import HostState
from trailer_tui.service.host_finding import host_finding


def test_a_host_that_does_not_answer_is_told_with_its_address_once() -> None:
    host = Host(id=1, name="gone", address="tcp://gone:1", state=HostState.OFFLINE, error="tcp://gone:1: refused")
    assert host_finding(host, low_disk_gb=5).detail == "tcp://gone:1: refused"
    other = host.model_copy(update={"error": "refused"})
    assert host_finding(other, low_disk_gb=5).detail == "tcp://gone:1: refused"


def test_one_engine_under_two_addresses_is_told_and_not_refused() -> None:
    def host(number: int, engine_id: str, *, enabled: bool = True) -> Host:
        known = Capabilities(
            engine_version="28", api_version="1.51", operating_system="linux", architecture="amd64", engine_id=engine_id
        )
        address, state = f"tcp://h{number}:1", HostState.ONLINE
        return Host(id=number, name=f"h{number}", address=address, state=state, capabilities=known, enabled=enabled)

    hosts = [host(1, "A"), host(2, "A"), host(3, ""), host(4, ""), host(5, "A", enabled=False)]
    told = [host_finding(each, low_disk_gb=5, hosts=hosts) for each in hosts[:4]]
    assert [finding.state for finding in told] == ["warning", "warning", "ok", "ok"]
    assert told[0].detail.endswith("the same engine as h2: their limits add up")
