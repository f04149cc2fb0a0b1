"""Git addresses in ADD, which some builders clone and others download as a page.

Source of the forms: moby/buildkit, `util/gitutil/git_ref.go` and `git_url.go`, and what engines 26 and 28 did.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import unquote as percent_decoded

from trailer_tui.dockerfile.bases import stages
from trailer_tui.dockerfile.known_values import with_known_values
from trailer_tui.dockerfile.reachable import reachable_stages
from trailer_tui.dockerfile.rules.problem import error, shown, warning
from trailer_tui.dockerfile.variables import substitute
from trailer_tui.dockerfile.words import shell_words, unquote

if TYPE_CHECKING:
    from trailer_tui.dockerfile.builder import Builder
    from trailer_tui.dockerfile.parse import Instruction, ParsedDockerfile
    from trailer_tui.dockerfile.rules.mounts import Given
    from trailer_tui.model.image import DockerfileProblem

_SCP = re.compile(r"[A-Za-z0-9_-]+@[A-Za-z0-9.-]+:.*")
_QUOTES = re.compile(r"""['"\\]""")
_WEB = re.compile(r"https?://[^/?#]+(/[^?#]*)(?:[?#].*)?", re.IGNORECASE)


def would_be_cloned(source: str) -> bool:
    """Whether a builder that knows git takes this source of ADD for a repository.

    `git://` and `ssh://` always, `user@host:path`, and `http(s)://` when the path ends in `.git`; a reference and a
    folder may follow as `#reference:folder`.
    """
    if source.lower().startswith(("git://", "ssh://")) or _SCP.fullmatch(source):
        return True
    web = _WEB.fullmatch(source)
    return web is not None and percent_decoded(web[1]).endswith(".git")


def check_git_sources(parsed: ParsedDockerfile, builder: Builder, given: Given | None) -> Iterator[DockerfileProblem]:
    """Repositories in ADD that the builder would not clone, and those that need an ssh agent that nobody gives.

    Args:
        parsed: the Dockerfile.
        builder: what builds it.
        given: what the build gets; None when that is not known.
    """
    built = _built_lines(parsed, builder)
    for instruction, values in with_known_values(parsed):
        addition = instruction.inner or instruction
        if addition.keyword != "ADD" or instruction.line not in built:
            continue
        for source in sources(addition):
            address = substitute(source, values) or source
            if not would_be_cloned(address):
                continue
            if not builder.git_sources:
                yield _not_cloned(instruction, address, builder)
            elif not builder.git_folders and _folder(address):
                yield _refusal(
                    instruction,
                    f"{shown(address)} is a folder of a repository and {builder.label}, which clones only all of it: "
                    "choose a host with a newer engine, or take the folder out with a RUN step",
                )
            elif given is not None and not given.ssh_agent and instruction.inner is None and _is_by_ssh(address):
                yield warning(
                    instruction,
                    "ssh-agent-not-given",
                    f"the build gets no ssh agent, so {shown(address)} cannot be cloned: "
                    "switch the ssh agent of the image on",
                )


def sources(instruction: Instruction) -> list[str]:
    """What a COPY or ADD takes: all words but the last."""
    if instruction.json is None:
        return [unquote(word) for word in shell_words(instruction.arguments)[:-1]]
    # Builders read quotes in the strings of the JSON form too, where blanks may stand without.
    return [unquote(word) if _QUOTES.search(word) else word for word in instruction.json[:-1]]


def _built_lines(parsed: ParsedDockerfile, builder: Builder) -> set[int]:
    """Where the instructions stand that a build runs: BuildKit leaves out stages that the last one does not need."""
    all_stages = stages(parsed)
    built = reachable_stages(all_stages) if builder.buildkit else all_stages
    return {instruction.line for stage in built for instruction in stage.instructions}


def _not_cloned(instruction: Instruction, address: str, builder: Builder) -> DockerfileProblem:
    if address.lower().startswith(("http://", "https://")):
        would = "which would store the page at that address as a file"
    else:
        would = "which would look for a file of that name"
    remedy = "choose a host whose builder knows git, or clone in a RUN step"
    if builder.has_frontends and not _folder(address):
        remedy = "write # syntax=docker/dockerfile:1 on the first line, or choose a host with a newer engine"
    return _refusal(instruction, f"{shown(address)} is a git repository and {builder.label}, {would}: {remedy}")


def _refusal(instruction: Instruction, message: str) -> DockerfileProblem:
    # A trigger is run by the builds that start from this image, wherever they are.
    word = warning if instruction.inner else error
    return word(instruction, "git-source-unsupported", message)


def _folder(address: str) -> str:
    """The folder of the repository that an address names; empty for all of it."""
    return address.partition("#")[2].partition(":")[2].strip("/")


def _is_by_ssh(address: str) -> bool:
    return address.lower().startswith("ssh://") or _SCP.fullmatch(address) is not None
