"""Image references by the grammar of the distribution project.

Source: distribution/reference, `reference.go` and `regexp.go` (grammar) and `normalize.go` (familiar names).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_COMPONENT = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_HOST_PART = r"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
_DOMAIN = re.compile(rf"(?:{_HOST_PART}(?:\.{_HOST_PART})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?")
_PATH = re.compile(rf"{_COMPONENT}(?:/{_COMPONENT})*")
_TAG = re.compile(r"[\w][\w.-]{0,127}", re.ASCII)
_DIGEST = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}")
_SHA256 = re.compile(r"sha256:[0-9a-f]{64}")
_IDENTIFIER = re.compile(r"[a-f0-9]{64}")

MAX_NAME_LENGTH = 255
"""Characters of domain and path together."""

DEFAULT_DOMAIN = "docker.io"
DEFAULT_NAMESPACE = "library"


class ReferenceProblem(ValueError):
    """The text is no image reference; the message is the problem, `remedy` what to write instead."""

    def __init__(self, problem: str, remedy: str = "") -> None:
        super().__init__(problem)
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class ImageReference:
    """A parsed reference; `domain` and `path` are normalised (`ubuntu` is `docker.io/library/ubuntu`)."""

    domain: str
    path: str
    tag: str | None = None
    digest: str | None = None

    @classmethod
    def parse(cls, text: str) -> ImageReference:
        """The reference that `text` names.

        Raises:
            ReferenceProblem: the text breaks the grammar; says where.
        """
        if not text:
            raise ReferenceProblem("is empty", "write a reference such as ubuntu:24.04")
        if any(character.isspace() for character in text):
            raise ReferenceProblem("contains a space", "remove the space")
        name, digest = _split_digest(text)
        name, tag = _split_tag(name)
        domain, path = _split_domain(name)
        _check_path(path, domain)
        if len(domain) + 1 + len(path) > MAX_NAME_LENGTH:
            raise ReferenceProblem(f"is longer than {MAX_NAME_LENGTH} characters", "shorten the repository name")
        if digest is None and _IDENTIFIER.fullmatch(name):
            raise ReferenceProblem("is an image ID", "write repository:tag; a bare 64-digit ID names no repository")
        return cls(domain, path, tag, digest)

    @property
    def repository(self) -> str:
        """The familiar repository: `ubuntu`, `ada/tool`, `registry.lan/ml/torch`."""
        if self.domain != DEFAULT_DOMAIN:
            return f"{self.domain}/{self.path}"
        namespace, _, rest = self.path.partition("/")
        return rest if namespace == DEFAULT_NAMESPACE and rest and "/" not in rest else self.path

    @property
    def registry(self) -> str:
        """The registry that the name implies, `docker.io` for Docker Hub."""
        return self.domain

    def familiar(self) -> str:
        """The reference as people write it, always with a tag or a digest: `ubuntu:24.04`."""
        if self.digest:
            return f"{self.repository}{f':{self.tag}' if self.tag else ''}@{self.digest}"
        return f"{self.repository}:{self.tag or 'latest'}"

    def __str__(self) -> str:
        return self.familiar()


def slug(name: str) -> str:
    """The image reference derived from a record's name: `Torch (dev)` gives `torch-dev:latest`.

    Letters lose their accents, runs of anything else become one dash. A name without a usable character gives
    `image:latest`.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    dashed = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:120].strip("-")
    return f"{dashed or 'image'}:latest"


def _split_digest(text: str) -> tuple[str, str | None]:
    name, at, digest = text.partition("@")
    if not at:
        return text, None
    if not _DIGEST.fullmatch(digest):
        raise ReferenceProblem("has a malformed digest after @", "write @sha256: and 64 hexadecimal digits")
    if digest.startswith("sha256:") and not _SHA256.fullmatch(digest):
        raise ReferenceProblem("has a sha256 digest that is not 64 lower-case hexadecimal digits", "check the digest")
    return name, digest


def _split_tag(name: str) -> tuple[str, str | None]:
    head, colon, last = name.rpartition(":")
    if not colon or "/" in last:
        return name, None
    if not _TAG.fullmatch(last):
        problem = "has an empty tag" if not last else f"has the malformed tag {last[:40]!r}"
        raise ReferenceProblem(problem, "a tag has up to 128 letters, digits, _ . - and starts with none of . -")
    return head, last


def _split_domain(name: str) -> tuple[str, str]:
    first, slash, rest = name.partition("/")
    # The newest grammar also takes an upper-case first part for a registry; engines before 23 refuse that name.
    if not slash or not (any(mark in first for mark in ".:[") or first == "localhost"):
        path = name if slash else f"{DEFAULT_NAMESPACE}/{name}"
        return DEFAULT_DOMAIN, path
    if not _DOMAIN.fullmatch(first):
        raise ReferenceProblem(
            f"has the malformed registry {first[:60]!r}", "write host or host:port before the first /"
        )
    if first in (DEFAULT_DOMAIN, "index.docker.io"):
        return DEFAULT_DOMAIN, rest if "/" in rest else f"{DEFAULT_NAMESPACE}/{rest}"
    return first, rest


def _check_path(path: str, domain: str) -> None:
    if _PATH.fullmatch(path):
        return
    shown = path.removeprefix(f"{DEFAULT_NAMESPACE}/") if domain == DEFAULT_DOMAIN else path
    if not shown:
        raise ReferenceProblem("has no repository name", "write a name such as ubuntu:24.04")
    wrong = next((character for character in shown if not re.match(r"[A-Za-z0-9._/-]", character)), None)
    if wrong is not None:
        raise ReferenceProblem(f"has the character {wrong!r} in the repository", "use a-z, 0-9 and . _ - / only")
    if shown != shown.lower():
        # `Foo/Bar`: the grammar takes Foo for a registry, because no part of a repository has upper-case letters.
        mistaken = domain if domain.lower() != domain and not any(mark in domain for mark in ".:[") else ""
        remedy = f"{mistaken}/{shown}" if mistaken else shown
        raise ReferenceProblem("has upper-case letters in the repository", f"write {remedy.lower()}")
    raise ReferenceProblem(
        "has a repository part that starts, ends or doubles a separator",
        "each part between / starts and ends with a letter or digit; inside, one . or _, two __ or any number of -",
    )
