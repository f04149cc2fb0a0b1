"""What BuildKit meets when it cannot clone a source of ADD or needs an ssh agent, with the remedy of each kind.

The words are those of BuildKit in the engines 26 and 28, of git and of ssh, met against servers that fail so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class _Trouble:
    pattern: re.Pattern[str]
    problem: str
    hint: str
    """`{host}` is put in, with its port, and `{private}`: what a private repository needs."""


def _trouble(pattern: str, problem: str, hint: str) -> _Trouble:
    return _Trouble(re.compile(pattern, re.IGNORECASE), problem, hint)


_OVER_HTTP = "store a token that may read it as build secret GIT_AUTH_TOKEN.{host} and name that in the image's secrets"
_OVER_SSH = "the ssh agent needs a key that {host} lets read it"

# The first that matches counts.
_TROUBLES = (
    _trouble(
        r"no ssh agent is forwarded|no SSH key .* forwarded",
        "the build has no ssh agent, and this needs one",
        "switch the ssh agent of the image on",
    ),
    _trouble(
        r"the ssh agent at \S+ does not answer",
        "the ssh agent is gone",
        "start the agent again, and Trailer's server with it",
    ),
    _trouble(
        r"\bssh: not found|cannot run ssh|exec: \"git\"|git\": executable file not found",
        "the Docker host lacks git or the ssh program",
        "install git and an ssh client on the Docker host",
    ),
    _trouble(
        r"permission denied \(|too many authentication failures|no more authentication methods",
        "the git server accepts no key of the ssh agent",
        "add the right key to the agent of Trailer's server with ssh-add, and its public half at the git server",
    ),
    _trouble(
        r"host key verification failed",
        "the git server's host key is another one than a moment before",
        "build again; if it stays so, ask who runs {host}",
    ),
    _trouble(
        r"terminal prompts disabled|authentication failed|returned error: 40[13]|invalid credentials",
        "the git server wants a login or refuses the one it got, or there is no such repository",
        "check the address; for a private repository {private}",
    ),
    _trouble(
        r"repository (?:'[^']*' )?not found|does not appear to be a git repository|returned error: 404|"
        r"no such file or directory[^\n]*\.git\b|repository not exported",
        "there is no such repository",
        "check the address; some servers hide a private repository so: then {private}",
    ),
    _trouble(
        r"returned error: 5\d\d",
        "the git server failed with an error of its own",
        "build again later, or ask who runs {host}",
    ),
    _trouble(
        r"does not contain ref|couldn't find remote ref",
        "the repository has no such branch or tag",
        "check the spelling after #, where a commit is written with all of its digits",
    ),
    _trouble(
        r"unable to read tree|not our ref|reference is not a tree|bad object|did not send all necessary objects",
        "the repository has no such commit",
        "check the commit after #, and that it was pushed",
    ),
    _trouble(
        r"invalid subdir|subdir not supported",
        "the repository has no such folder, or the builder cannot take a folder of one",
        "check the folder after the colon",
    ),
    _trouble(
        r"could not resolve host|name or service not known|temporary failure in name resolution",
        "the Docker host cannot find the git server's name",
        "check the spelling of {host} and the name server of the Docker host",
    ),
    _trouble(
        r"failed to connect|couldn't connect|unable to connect|connection refused|timed out|no route to host"
        r"|network is unreachable",
        "the Docker host cannot reach the git server",
        "check that {host} is up and reachable from the Docker host",
    ),
    _trouble(
        r"certificate|GnuTLS|handshake|TLS packet|SSL[ _:]",
        "the Docker host and the git server do not agree on TLS",
        "check http and https in the address; put the authority's certificate among those of the Docker host's system",
    ),
)

_ABOUT_GIT = re.compile(
    r"error fetching default branch for repository|failed to fetch remote|failed to checkout remote"
    r"|repository does not contain ref|invalid subdir /|git error:|git stderr:"
    r"|no ssh agent is forwarded|no SSH key .* forwarded|the ssh agent at \S+ does not answer"
)
_REPOSITORY = re.compile(r"(?:for repository|(?:fetch|checkout) remote) (\S+?):(?:\s|$)")
_SCP_HOST = re.compile(r"(?:[^@/]+@)?([^:/]+):")


def git_trouble(message: str) -> tuple[str, str] | None:
    """What a build met that could not clone a repository, or had no ssh agent: its cause and what to do.

    Args:
        message: the engine's words; None is returned when they are about something else.
    """
    if not _ABOUT_GIT.search(message):
        return None
    found = next((trouble for trouble in _TROUBLES if trouble.pattern.search(message)), None)
    if found is None:
        return None
    named = _REPOSITORY.search(message)
    address = named[1] if named else ""
    what = f"git repository {address}: " if address else ""
    host = _host(address) or "HOST"
    private = (_OVER_HTTP if address.lower().startswith("http") else _OVER_SSH).format(host=host)
    return f"{what}{found.problem}. The engine says: {message}", found.hint.format(host=host, private=private)


def _host(address: str) -> str:
    if "://" in address:
        # As it stands there: a builder may have met an address that is none.
        return address.partition("://")[2].partition("/")[0].rpartition("@")[2]
    scp = _SCP_HOST.match(address)
    return scp[1] if scp else ""
