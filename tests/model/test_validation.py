"""What a validator found, told in words."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from trailer_tui.model.environment import Environment
from trailer_tui.model.host import HostDraft
from trailer_tui.model.image import GenerateConfiguration
from trailer_tui.model.validation import invalid_input


def told(**settings: object) -> str:
    """The error for a host with these settings."""
    with pytest.raises(ValidationError) as refused:
        HostDraft.model_validate({"name": "build-01", "address": "ssh://build-01", **settings})
    return invalid_input(refused.value.errors()).cause


def test_a_number_out_of_its_limits_is_told_with_the_limit() -> None:
    assert told(parallel_builds=900) == "parallel_builds '900': is too large: write 64 or less"
    assert told(build_minutes=0) == "build_minutes '0': is too small: write 1 or more"


def test_a_name_that_is_none_is_told_without_a_pattern() -> None:
    assert "^" not in told(name="my host")
    assert told(name="my host").startswith("name 'my host': is no host name: write letters")


def test_a_login_in_an_address_is_not_repeated_whatever_the_field() -> None:
    address = "https://ada:hunter22@host.lan/x"
    with pytest.raises(ValidationError) as refused:
        GenerateConfiguration(image_name=address, base_image="https://hunter22@host.lan")
    assert "hunter22" not in invalid_input(refused.value.errors()).cause
    for line in (f"tool @ {address}", f"--index-url {address}", f"tool=={address}"):
        with pytest.raises(ValidationError) as refused:
            Environment.model_validate({"name": "ml", "pypi": [line]})
        cause = invalid_input(refused.value.errors()).cause
        assert cause.startswith("pypi.0: ")
        assert "hunter22" not in cause
    assert "ssh://me@build-01:x" in told(address="ssh://me@build-01:x")
