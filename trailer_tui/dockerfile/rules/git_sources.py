"""Git addresses in ADD, which some builders clone and others download as a page.

Source of the forms: moby/buildkit, `util/gitutil/git_ref.go` and `git_url.go`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from trailer_tui.dockerfile.rules.problem import error, shown
from trailer_tui.dockerfile.words import shell_words, unquote

if TYPE_CHECKING:
    from trailer_tui.dockerfile.builder import Builder
    from trailer_tui.dockerfile.parse import Instruction
    from trailer_tui.model.image import DockerfileProblem

_SCP = re.compile(r"[A-Za-z0-9_.-]+@[A-Za-z0-9.-]+:[^/\s].*|[A-Za-z0-9_.-]+@[A-Za-z0-9.-]+:/.*")
_WEB = re.compile(r"https?://[^/?#]+/[^?#]*\.git/?(?:\?[^#]*)?(?:#.*)?", re.IGNORECASE)


def is_git_address(source: str) -> bool:
    """Whether a builder that knows git takes this source of ADD for a repository.

    `git://` and `ssh://` always, `user@host:path`, and `http(s)://` when the path ends in `.git`; a reference and a
    folder may follow as `#reference:folder`.
    """
    if source.lower().startswith(("git://", "ssh://")):
        return True
    return bool(_WEB.fullmatch(source) or _SCP.fullmatch(source))


def check_git_sources(instruction: Instruction, builder: Builder) -> Iterator[DockerfileProblem]:
    """Repositories in ADD that the builder would not clone."""
    if instruction.keyword != "ADD" or builder.git_sources:
        return
    for source in sources(instruction):
        if not is_git_address(source):
            continue
        if source.lower().startswith(("http://", "https://")):
            would = "which would store the page at that address as a file"
        else:
            would = "which would look for a file of that name"
        remedy = "choose a host whose builder knows git, or clone in a RUN step"
        if builder.has_frontends:
            remedy = "write # syntax=docker/dockerfile:1 on the first line, or choose a host with a newer engine"
        yield error(
            instruction,
            "git-source-unsupported",
            f"{shown(source)} is a git repository and {builder.label}, {would}: {remedy}",
        )


def sources(instruction: Instruction) -> list[str]:
    """What a COPY or ADD takes: all words but the last."""
    words = instruction.json if instruction.json is not None else map(unquote, shell_words(instruction.arguments))
    return list(words)[:-1]
