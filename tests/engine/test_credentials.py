"""Registry credentials come from the user's Docker configuration, and go only to whom they belong."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from trailer_tui.engine.credentials import ANONYMOUS, CredentialsUnreadable, registry_auth, registry_config


def login(home: Path, **registries: str) -> None:
    """What `docker login` would leave behind, from registry to `user:password`."""
    entries = {name: {"auth": base64.b64encode(login.encode()).decode()} for name, login in registries.items()}
    write(home, json.dumps({"auths": entries}))


def write(home: Path, text: str) -> None:
    (home / ".docker").mkdir(exist_ok=True)
    (home / ".docker" / "config.json").write_text(text)


def decoded(header: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(header))


def test_a_registry_gets_its_own_credentials(own_home: Path) -> None:
    login(own_home, **{"registry.lan:5000": "ada:p1", "other.lan": "ada:p2"})
    found = decoded(registry_auth("registry.lan:5000"))
    assert (found["username"], found["password"]) == ("ada", "p1")


def test_an_unknown_registry_gets_none(own_home: Path) -> None:
    login(own_home, **{"registry.lan": "ada:p1"})
    assert registry_auth("third.lan") == ANONYMOUS
    assert decoded(ANONYMOUS) == {}


def test_without_a_configuration_everybody_is_a_stranger() -> None:
    assert registry_auth("docker.io") == ANONYMOUS


def test_a_build_carries_only_the_credentials_that_it_needs(own_home: Path) -> None:
    login(own_home, **{"https://index.docker.io/v1/": "hub:p0", "registry.lan": "ada:p1", "other.lan": "ada:p2"})
    found = decoded(registry_config(["docker.io", "registry.lan", "third.lan"]))
    assert {name: entry["username"] for name, entry in found.items()} == {
        "https://index.docker.io/v1/": "hub",
        "registry.lan": "ada",
    }


@pytest.mark.filterwarnings("ignore:docker-credential")
@pytest.mark.parametrize(
    "text",
    [
        '{"auths": {"registry.lan": {"auth": "!!secret!!"}}}',
        '{"auths": {"registry.lan": "secret"}}',
        '{"credsStore": "no-such-helper-secret"}',
    ],
)
def test_a_broken_configuration_is_no_secret_spilled(own_home: Path, text: str) -> None:
    write(own_home, text)
    with pytest.raises(CredentialsUnreadable) as raised:
        registry_auth("registry.lan")
    assert "registry.lan" in str(raised.value)
    assert "secret" not in str(raised.value)
    assert decoded(registry_config(["registry.lan"])) == {}
