"""Registry credentials come from the user's Docker configuration, and go only to whom they belong."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.engine.processes import gone
from trailer_tui.engine import credential_helpers
from trailer_tui.engine.credentials import (
    ANONYMOUS,
    Credentials,
    CredentialsUnreadable,
    credentials_for,
    registry_auth,
    registry_config,
)

HUB = "https://index.docker.io/v1/"


def login(home: Path, **registries: str) -> None:
    """What `docker login` would leave behind, from registry to `user:password`."""
    entries = {name: {"auth": base64.b64encode(login.encode()).decode()} for name, login in registries.items()}
    write(home, json.dumps({"auths": entries}))


def write(home: Path, text: str) -> None:
    (home / ".docker").mkdir(exist_ok=True)
    (home / ".docker" / "config.json").write_text(text)


@pytest.fixture
def helper(tmp_path: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A credential helper that the configuration names for everything; write a shell script into it."""
    programs = tmp_path / "programs"
    programs.mkdir()
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    script = programs / "docker-credential-fake"
    script.touch(mode=0o755)
    write(own_home, '{"credsStore": "fake"}')
    return script


def decoded(header: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(header))


def refuse_trouble(trouble: CredentialsUnreadable) -> None:
    raise trouble


def test_a_registry_gets_its_own_credentials(own_home: Path) -> None:
    login(own_home, **{"registry.lan:5000": "ada:p1", "other.lan": "ada:p2"})
    found = decoded(registry_auth("registry.lan:5000"))
    assert found == {"username": "ada", "password": "p1", "serveraddress": "registry.lan:5000"}


def test_an_unknown_registry_gets_none(own_home: Path) -> None:
    login(own_home, **{"registry.lan": "ada:p1"})
    assert registry_auth("third.lan") == ANONYMOUS
    assert credentials_for("third.lan").anonymous
    assert decoded(ANONYMOUS) == {}


def test_without_a_configuration_everybody_is_a_stranger() -> None:
    assert registry_auth("docker.io") == ANONYMOUS


def test_a_configuration_about_other_things_has_no_credentials(own_home: Path) -> None:
    write(own_home, '{"HttpHeaders": {"X": "y"}, "psFormat": "table"}')
    assert credentials_for("registry.lan").anonymous


@pytest.mark.parametrize("name", ["docker.io", "registry-1.docker.io", "index.docker.io"])
def test_docker_hub_has_one_login_and_many_names(own_home: Path, name: str) -> None:
    login(own_home, **{HUB: "hub:p0", "registry.lan": "ada:p1"})
    assert credentials_for(name) == Credentials("hub", "p0")
    assert decoded(registry_auth(name))["serveraddress"] == HUB


def test_the_folder_that_the_environment_names_counts(
    own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    login(own_home, **{"registry.lan": "ada:home"})
    other = tmp_path / "other"
    monkeypatch.setenv("DOCKER_CONFIG", str(other))
    assert credentials_for("registry.lan").anonymous
    other.mkdir()
    (other / "config.json").write_text((own_home / ".docker" / "config.json").read_text())
    assert credentials_for("registry.lan") == Credentials("ada", "home")


def test_a_build_carries_only_the_credentials_that_it_needs(own_home: Path) -> None:
    login(own_home, **{HUB: "hub:p0", "registry.lan": "ada:p1", "other.lan": "ada:p2"})
    found = decoded(registry_config(["docker.io", "registry.lan", "third.lan"], refuse_trouble))
    assert {name: entry["username"] for name, entry in found.items()} == {HUB: "hub", "registry.lan": "ada"}


def test_an_identity_token_stands_for_name_and_password(own_home: Path) -> None:
    write(own_home, json.dumps({"auths": {"registry.lan": {"auth": "YWRhOg==", "identitytoken": "tok-1"}}}))
    found = credentials_for("registry.lan")
    assert (found.username, found.secret, found.anonymous) == ("", "tok-1", False)
    assert decoded(registry_auth("registry.lan")) == {"identitytoken": "tok-1", "serveraddress": "registry.lan"}


def test_credentials_are_not_in_their_own_description() -> None:
    assert "hush" not in repr(Credentials("ada", "hush", "hush-token"))


@pytest.mark.parametrize(
    "text",
    [
        '{"auths": {"registry.lan": {"auth": "!!secret!!"}}}',
        '{"auths": {"registry.lan": {"auth": 12}}}',
        '{"auths": {"registry.lan": "secret"}}',
        '{"auths": ["secret"]}',
        '{"credsStore": "not-installed"}',
        '{"credHelpers": "secret"}',
        '{"auths": {"registry.lan": {"auth": "secret"',
        '["secret"]',
        "secret",
    ],
)
def test_a_broken_configuration_is_no_secret_spilled(own_home: Path, text: str) -> None:
    write(own_home, text)
    with pytest.raises(CredentialsUnreadable) as raised:
        registry_auth("registry.lan")
    assert "registry.lan" in str(raised.value)
    assert "secret" not in str(raised.value)
    told: list[CredentialsUnreadable] = []
    assert decoded(registry_config(["registry.lan"], told.append)) == {}
    assert [str(trouble) for trouble in told] == [str(raised.value)]


def test_a_helper_is_asked_for_the_registry(helper: Path) -> None:
    helper.write_text(
        '#!/bin/sh\nread server\n[ "$1" = get ] && echo "{\\"Username\\": \\"for $server\\", \\"Secret\\": \\"s\\"}"\n'
    )
    assert credentials_for("registry.lan:5000") == Credentials("for registry.lan:5000", "s")
    assert credentials_for("registry-1.docker.io") == Credentials(f"for {HUB}", "s")
    assert decoded(registry_auth("registry.lan:5000"))["password"] == "s"


def test_a_helper_for_one_registry_answers_for_no_other(helper: Path, own_home: Path) -> None:
    helper.write_text('#!/bin/sh\necho "{\\"Username\\": \\"ada\\", \\"Secret\\": \\"s\\"}"\n')
    write(own_home, '{"credHelpers": {"registry.lan": "fake"}}')
    assert credentials_for("registry.lan") == Credentials("ada", "s")
    assert credentials_for("other.lan").anonymous


def test_a_helper_may_give_an_identity_token(helper: Path) -> None:
    helper.write_text('#!/bin/sh\necho "{\\"Username\\": \\"<token>\\", \\"Secret\\": \\"tok-2\\"}"\n')
    found = credentials_for("registry.lan")
    assert (found.username, found.identity_token) == ("", "tok-2")


@pytest.mark.parametrize(
    "script",
    [
        "echo 'credentials not found in native keychain'; exit 1",
        'echo \'{"Username": "", "Secret": ""}\'',
    ],
)
def test_a_helper_that_has_none_leaves_the_file_to_answer(helper: Path, own_home: Path, script: str) -> None:
    helper.write_text(f"#!/bin/sh\n{script}\n")
    assert credentials_for("registry.lan").anonymous
    entry = {"auth": base64.b64encode(b"ada:p1").decode()}
    write(own_home, json.dumps({"credsStore": "fake", "auths": {"registry.lan": entry}}))
    assert credentials_for("registry.lan") == Credentials("ada", "p1")


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("echo secret; echo secret >&2; exit 3", "docker-credential-fake ended with exit code 3"),
        ("echo secret", "docker-credential-fake did not answer as a credential helper does"),
        ('echo \'{"Username": "secret"}\'', "docker-credential-fake did not answer as a credential helper does"),
    ],
)
def test_a_broken_helper_is_told_without_its_words(
    helper: Path, script: str, told: str, capfd: pytest.CaptureFixture[str]
) -> None:
    helper.write_text(f"#!/bin/sh\n{script}\n")
    with pytest.raises(CredentialsUnreadable, match=told) as raised:
        credentials_for("registry.lan")
    assert "secret" not in str(raised.value)
    assert "secret" not in "".join(capfd.readouterr())


def test_a_helper_that_cannot_be_run(helper: Path) -> None:
    helper.write_text("#!/no/such/interpreter\n")
    with pytest.raises(CredentialsUnreadable, match="docker-credential-fake cannot be run"):
        credentials_for("registry.lan")


def test_a_helper_that_hangs_is_ended_with_all_it_started(helper: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credential_helpers, "HELPER_SECONDS", 0.5)
    helper.write_text("#!/bin/sh\nsleep 86397 &\nwait\n")
    with pytest.raises(CredentialsUnreadable, match="did not answer within"):
        credentials_for("registry.lan")
    assert gone("sleep", "86397")
