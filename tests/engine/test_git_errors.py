"""What git could not do is told with the repository and a remedy that fits how it is reached."""

from __future__ import annotations

import pytest

from trailer_tui.engine.build_failure import build_failure
from trailer_tui.engine.git_errors import git_trouble

WEB = "https://git.lan:3000/ada/openssl.git"
SSH = "git@git.lan:ada/tool.git"


def of(address: str, words: str) -> tuple[str, str]:
    """The cause and remedy for what git said of an address."""
    found = git_trouble(f"failed to fetch remote {address}: git stderr:\n{words}\n: exit status 128")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ("fatal: could not read Username for 'https://git.lan:3000': terminal prompts disabled", "wants a login"),
        ("fatal: Authentication failed for 'https://git.lan:3000/ada/openssl.git/'", "wants a login"),
        ("remote: Repository not found.\nfatal: repository '…' not found", "no such repository"),
        ("fatal: unable to access '…/openssl.git/': Failed to connect to git.lan port 3000", "cannot reach"),
        ("fatal: unable to access '…': Could not resolve host: git.lan", "cannot find the git server's name"),
        ("fatal: unable to access '…': server certificate verification failed. CAfile: none", "TLS"),
        ("fatal: unable to access '…': The requested URL returned error: 502", "an error of its own"),
        ("fatal: remote error: upload-pack: not our ref 0123", "no such commit"),
        ("fatal: couldn't find remote ref main", "no such branch or tag"),
    ],
)
def test_trouble_over_https(words: str, problem: str) -> None:
    cause, hint = of(WEB, words)
    assert cause.startswith(f"git repository {WEB}: ")
    assert problem in cause.partition("The engine says")[0]
    assert words in cause
    assert "{" not in hint


def test_a_private_repository_needs_a_token_or_a_key() -> None:
    assert "GIT_AUTH_TOKEN.git.lan:3000" in of(WEB, "terminal prompts disabled")[1]
    hidden = "ERROR: Repository not found.\nfatal: Could not read from remote repository."
    assert "the ssh agent needs a key that git.lan lets read it" in of(SSH, hidden)[1]
    assert "ssh-add" in of(SSH, "git@git.lan: Permission denied (publickey).")[1]
    assert "install git and an ssh client" in of(SSH, "ssh -F /dev/null: 1: ssh: not found")[1]


def test_a_missing_agent_is_said_without_an_address() -> None:
    cause, hint = git_trouble("no ssh agent is forwarded under the id default") or ("", "")
    assert cause.startswith("the build has no ssh agent")
    assert "switch the ssh agent" in hint


def test_an_address_that_is_none_is_told_as_it_stands() -> None:
    cause, hint = git_trouble("failed to fetch remote https://[git.lan/tool.git: could not resolve host") or ("", "")
    assert cause.startswith("git repository https://[git.lan/tool.git: the Docker host cannot find")
    assert "spelling of [git.lan and" in hint


@pytest.mark.parametrize(
    "message",
    [
        "invalid response status 404",
        "failed to resolve source metadata for docker.io/library/git:1: not found",
        f"failed to fetch remote {WEB}: something new",
    ],
)
def test_other_words_are_left_as_they_are(message: str) -> None:
    assert git_trouble(message) is None


def test_what_a_command_prints_of_git_is_its_own_business() -> None:
    said = f"failed to fetch remote {WEB}: terminal prompts disabled"
    failure = build_failure(said, said, 128, "FROM scratch\n")
    assert failure.cause == said
    assert failure.hint == ""
