"""What environments became when an image was built: the exact packages, which a rebuild takes again."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

from trailer_tui.model.environment import Environment


class _Model(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class ResolvedCondaPackage(_Model):
    """One conda package as it was installed."""

    name: str
    version: str
    build: str = ""
    url: str
    """Where the package file comes from, without a hash."""
    sha256: str = ""
    md5: str = ""


class ResolvedPypiPackage(_Model):
    """One PyPI package as it was installed."""

    name: str
    version: str


class ResolvedEnvironment(_Model):
    """One environment as it was installed."""

    name: str
    platform: str
    """Conda's name of what it was resolved for, such as `linux-64`."""
    specification: str
    """`specification_of` the environment that was asked for: it holds for no other."""
    conda: list[ResolvedCondaPackage] = []
    pypi: list[ResolvedPypiPackage] = []


class PackageChange(_Model):
    """What a build installed otherwise than an earlier one."""

    environment: str
    source: Literal["conda", "pypi"]
    name: str
    before: str = ""
    """The version, with conda's build behind a blank where only that differs; empty when it is new."""
    after: str = ""
    """The same of the later build; empty when it went."""


class BuildPackages(_Model):
    """The exact packages in the environments of one build."""

    build_id: int
    number: int
    """Of the build, among those of its image."""
    resolved: list[ResolvedEnvironment]
    locked: list[str]
    """Names of the environments that were taken as an earlier build resolved them; the others were solved."""
    changes: list[PackageChange]
    """What differs from the build of the number `compared_with`."""
    compared_with: int | None = None
    """The newest build before it, for the same platform, whose packages are known."""

    def counts(self) -> str:
        """How many there are and how many differ, in words."""
        conda = sum(len(environment.conda) for environment in self.resolved)
        pypi = sum(len(environment.pypi) for environment in self.resolved)
        told = f"{conda} conda and {pypi} PyPI packages"
        if self.compared_with is None:
            return told
        return f"{told}; {len(self.changes) or 'none'} changed since build {self.compared_with}"


def specification_of(environment: Environment) -> str:
    """Names what an environment asks for, whatever its name: a digest in hexadecimal."""
    return hashlib.sha256(environment.model_dump_json(exclude={"name"}).encode()).hexdigest()


def lock_for(
    environment: Environment, platform: str, locks: Iterable[ResolvedEnvironment]
) -> ResolvedEnvironment | None:
    """What an earlier build made of exactly this environment on this platform; None when there is no such lock."""
    wanted = (environment.name, platform, specification_of(environment))
    return next((lock for lock in locks if (lock.name, lock.platform, lock.specification) == wanted), None)


def package_changes(before: Sequence[ResolvedEnvironment], after: Sequence[ResolvedEnvironment]) -> list[PackageChange]:
    """What differs, by environment and name; environments that only one side has are left out."""
    earlier = {environment.name: environment for environment in before}
    changes: list[PackageChange] = []
    for environment in sorted(after, key=lambda environment: environment.name):
        old = earlier.get(environment.name)
        if old is None:
            continue
        changes += _changes(environment.name, "conda", _conda(old), _conda(environment))
        changes += _changes(environment.name, "pypi", _pypi(old), _pypi(environment))
    return changes


def _conda(environment: ResolvedEnvironment) -> dict[str, tuple[str, str]]:
    return {package.name: (package.version, package.build) for package in environment.conda}


def _pypi(environment: ResolvedEnvironment) -> dict[str, tuple[str, str]]:
    return {canonical(package.name): (package.version, "") for package in environment.pypi}


def canonical(name: str) -> str:
    """The one spelling of a PyPI package's name by which it is compared."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _changes(
    environment: str,
    source: Literal["conda", "pypi"],
    before: dict[str, tuple[str, str]],
    after: dict[str, tuple[str, str]],
) -> list[PackageChange]:
    found = []
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        same_version = old is not None and new is not None and old[0] == new[0]
        shown = [("" if one is None else " ".join(one).strip() if same_version else one[0]) for one in (old, new)]
        found.append(PackageChange(environment=environment, source=source, name=name, before=shown[0], after=shown[1]))
    return found
