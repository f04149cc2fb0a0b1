"""Reads from a built image which exact packages its environments became.

What an image holds is foreign text: only what could be installed again by its name, version, address and hash counts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from trailer_tui.engine.cancel import CancelToken
from trailer_tui.engine.interface import Engine, ReadLimits
from trailer_tui.model.environment import Environment
from trailer_tui.model.errors import TrailerError
from trailer_tui.model.resolved import (
    ResolvedCondaPackage,
    ResolvedEnvironment,
    ResolvedPypiPackage,
    canonical,
    specification_of,
)

ENVIRONMENTS_FOLDER = "/opt/conda/envs"
PYPI_LIST = "trailer-pypi.txt"
"""Beside conda's own records; holds what pip installed, `name==version` a line."""

LIMITS = ReadLimits(file=32_000_000, total=1_000_000_000)
"""Conda's record of a large package lists its files: some megabytes."""
MAX_PACKAGES = 5_000

_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,126}[A-Za-z0-9_])?", re.ASCII)
_PYPI_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,126}[A-Za-z0-9])?", re.ASCII)
_VERSION = re.compile(r"[A-Za-z0-9_.!+]{1,128}", re.ASCII)
_PYPI_VERSION = re.compile(r"[A-Za-z0-9_.!+-]{1,128}", re.ASCII)
_BUILD = re.compile(r"[A-Za-z0-9_.+]{0,128}", re.ASCII)
_URL = re.compile(r"https?://[!-\"$-~]{1,2000}\.(?:conda|tar\.bz2)", re.ASCII)
_SHA256 = re.compile(r"[0-9a-fA-F]{64}|", re.ASCII)
_MD5 = re.compile(r"[0-9a-fA-F]{32}|", re.ASCII)
_TOKEN = re.compile(r"/t/[^/]+/")


class _Untrusted(Exception):
    """What was found could not be installed again; says what and where."""


@dataclass
class _Found:
    """The packages of one environment, file by file."""

    environment: Environment
    conda: dict[str, ResolvedCondaPackage] = field(default_factory=dict)
    pypi: list[ResolvedPypiPackage] | None = None
    problem: str = ""
    """Why they are not known; the first reason."""

    @property
    def folder(self) -> str:
        """Where conda keeps its records."""
        return f"{ENVIRONMENTS_FOLDER}/{self.environment.name}/conda-meta"

    def take(self, file: str, content: bytes) -> None:
        """Read one file of the folder."""
        try:
            if file == PYPI_LIST:
                self.pypi = _pypi_packages(content)
            elif file.endswith(".json"):
                package = _conda_package(file, content)
                if package.name in self.conda or len(self.conda) == MAX_PACKAGES:
                    raise _Untrusted(f"it has {package.name} twice, or more than {MAX_PACKAGES} packages")
                self.conda[package.name] = package
        except _Untrusted as error:
            self.problem = self.problem or str(error)

    def missing(self) -> str:
        """What there is not, though every environment has it."""
        if not self.conda:
            return f"the image has no conda package in {self.folder}"
        return f"the image has no {self.folder}/{PYPI_LIST}" if self.pypi is None else ""

    def resolved(self, platform: str) -> ResolvedEnvironment:
        """All packages, by name."""
        return ResolvedEnvironment(
            name=self.environment.name,
            platform=platform,
            specification=specification_of(self.environment),
            conda=sorted(self.conda.values(), key=lambda package: package.name),
            pypi=sorted(self.pypi or (), key=lambda package: package.name.lower()),
        )


def read_resolved(
    engine: Engine,
    docker_image_id: str,
    environments: Sequence[Environment],
    platform: str,
    locks: Sequence[ResolvedEnvironment],
    cancel: CancelToken,
    tell: Callable[[str], None],
) -> list[ResolvedEnvironment]:
    """What the environments became; those whose packages cannot be read are left out, and `tell` gets to know why.

    Args:
        engine: has the image.
        docker_image_id: of the image; nothing of it is run.
        environments: as they were asked for; one that asks for no package is not looked at.
        platform: conda's name of what the image was built for.
        locks: what environments were made from, which stands for what cannot be read.
        cancel: ends the reading.
        tell: takes sentences for the build's log.

    Raises:
        Cancelled: the token was cancelled.
    """
    found = [_Found(environment) for environment in environments if environment.conda or environment.pypi]
    by_folder = {one.folder: one for one in found}
    failure = ""
    try:
        for path, content in engine.read_files(docker_image_id, list(by_folder), cancel, LIMITS) if found else ():
            folder, _, file = path.rpartition("/")
            if folder in by_folder:
                by_folder[folder].take(file, content)
    except TrailerError as error:
        failure = error.cause
    resolved = []
    for one in found:
        problem = failure or one.problem or one.missing()
        lock = next((lock for lock in locks if lock.name == one.environment.name), None)
        if problem and lock is not None:
            tell(f"Warning: the packages of environment {lock.name} are those it was made from, unseen: {problem}")
            resolved.append(lock)
        elif problem:
            tell(
                f"Warning: the packages of environment {one.environment.name} are not kept, and the next build solves "
                f"it anew: {problem}"
            )
        else:
            resolved.append(one.resolved(platform))
    return resolved


def _conda_package(file: str, content: bytes) -> ResolvedCondaPackage:
    try:
        record = json.loads(content)
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, dict):
        raise _Untrusted(f"{_shown(file)} is no record of a conda package")

    def value(key: str, pattern: re.Pattern[str], default: str | None = None) -> str:
        text = record.get(key)
        text = default if text is None else text
        if not isinstance(text, str) or not pattern.fullmatch(text):
            raise _Untrusted(f"{_shown(file)} has no usable {key}")
        return text

    return ResolvedCondaPackage(
        name=value("name", _NAME),
        version=value("version", _VERSION),
        build=value("build", _BUILD, ""),
        url=_without_login(file, value("url", _URL)),
        sha256=value("sha256", _SHA256, "").lower(),
        md5=value("md5", _MD5, "").lower(),
    )


def _without_login(file: str, url: str) -> str:
    try:
        parts = urlsplit(url)
        has_login = "@" in parts.netloc or bool(_TOKEN.match(parts.path))
    except ValueError:
        raise _Untrusted(f"{_shown(file)} has no usable url") from None
    if has_login:
        raise _Untrusted(f"{_shown(file)} has a login in its url, which is not stored")
    return url


def _pypi_packages(content: bytes) -> list[ResolvedPypiPackage]:
    found: dict[str, ResolvedPypiPackage] = {}
    for line in content.decode("utf-8", "replace").splitlines():
        name, separator, version = line.strip().partition("==")
        if not line.strip():
            continue
        if not separator or not _PYPI_NAME.fullmatch(name) or not _PYPI_VERSION.fullmatch(version):
            raise _Untrusted(f"{PYPI_LIST} has a line that names no package")
        other = found.setdefault(canonical(name), ResolvedPypiPackage(name=name, version=version))
        if other.version != version:
            raise _Untrusted(f"{PYPI_LIST} has {name} in two versions")
    if len(found) > MAX_PACKAGES:
        raise _Untrusted(f"it has more than {MAX_PACKAGES} packages")
    return list(found.values())


def _shown(file: str) -> str:
    """A file's name as it may stand in a log."""
    return ascii(file[:120])
