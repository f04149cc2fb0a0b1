"""Addresses of Docker engines as people type them."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from trailer_tui.model.host import Host, HostDraft
from trailer_tui.model.host_address import checked_address


@pytest.mark.parametrize(
    "address",
    [
        "unix:///run/docker.sock",
        "tcp://build-01:2376",
        "tcp://[::1]:2376",
        "tcp://build-01",
        "ssh://ada@build-01:22",
        "ssh://build-01",
    ],
)
def test_the_address_of_an_engine_is_taken_as_it_is(address: str) -> None:
    assert checked_address(address) == address


def test_spaces_around_and_a_slash_at_the_end_are_taken_off() -> None:
    assert checked_address(" tcp://build-01:2376/ ") == "tcp://build-01:2376"


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("htp://build-01", "is no Docker host address"),
        ("unix://", "is no Docker host address"),
        ("unix://run/docker.sock", "is no absolute path"),
        ("tcp:// build-01", "holds a space"),
        ("tcp://build-01:99999", "has no usable port"),
        ("tcp://build-01:0", "has no usable port"),
        ("tcp://build-01:", "has no usable port"),
        ("ssh://build-01:abc", "has no usable port"),
        ("tcp://:2375", "names no host"),
        ("tcp://[::1:2375", "names no host"),
        ("ssh://-oProxyCommand=x", "names no host"),
        ("ssh://-l@build-01", "names no host"),
        ("ssh://ada:hush@build-01", "holds a password"),
        ("tcp://ada@build-01", "holds a user"),
        ("ssh://ada@build-01/run/docker.sock", "says more than host and port"),
        ("tcp://build-01:2375?x", "says more than host and port"),
    ],
)
def test_what_cannot_be_the_address_of_an_engine_is_refused_with_the_reason(address: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        checked_address(address)


def test_the_host_of_a_record_may_have_any_address_until_it_is_changed() -> None:
    host = Host(id=1, name="old", address="tcp://build-01:99999")
    draft = host.draft()
    assert draft.address == host.address
    with pytest.raises(ValidationError, match="has no usable port"):
        HostDraft.model_validate(draft.model_dump())


@pytest.mark.parametrize("name", ["", "my host", "-x", "x" * 65, "büro", "a\n"])
def test_the_name_of_a_host_is_refused_in_words(name: str) -> None:
    with pytest.raises(ValidationError, match="is no host name: write letters"):
        HostDraft(name=name, address="ssh://build-01")
