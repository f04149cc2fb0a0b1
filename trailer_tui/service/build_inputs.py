"""Collects what a build context depends on beside the configuration, the same for a look at it and for the build."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from trailer_tui.catalog.catalogue import Catalogue
from trailer_tui.dockerfile.inputs import DEFAULT_INSTALLER_IMAGE, BuildInputs, StoredFile
from trailer_tui.model.host import Host
from trailer_tui.model.image import GenerateConfiguration, ImageConfiguration, PullConfiguration
from trailer_tui.model.resolved import ResolvedEnvironment, lock_for
from trailer_tui.store.builds import BuildRecords

DEFAULT_PLATFORM = "linux-64"
_PLATFORMS = {
    "amd64": "linux-64",
    "x86_64": "linux-64",
    "arm64": "linux-aarch64",
    "aarch64": "linux-aarch64",
    "ppc64le": "linux-ppc64le",
    "s390x": "linux-s390x",
    "riscv64": "linux-riscv64",
    "arm": "linux-armv7l",
    "armv7l": "linux-armv7l",
    "386": "linux-32",
    "i686": "linux-32",
}
"""By what engines call an architecture, which is Go's name for it or the kernel's."""


class FileArchive(Protocol):
    """What knows the files of the archive."""

    async def stored(self, creator: str, names: Collection[str]) -> Mapping[str, StoredFile]:
        """The files of a creator that have these names; those that are not there are left out."""


@dataclass(frozen=True, slots=True)
class BuildOfImage:
    """The build of a stored image for which inputs are made: one that begins, or the next one."""

    image_id: int
    number: int
    """Among the builds of the image."""
    resolve_again: bool = False
    """Whether its environments are solved anew, whatever earlier builds resolved."""


class BuildInputMaker:
    """Makes the inputs of build contexts."""

    def __init__(
        self,
        builds: BuildRecords,
        *,
        files: FileArchive,
        catalogue: Callable[[], Awaitable[Catalogue]],
        context_key: Callable[[int], str],
    ) -> None:
        """`catalogue` reads it as it is now; `context_key` names an image record as no other server does."""
        self._builds = builds
        self._files = files
        self._catalogue = catalogue
        self._context_key = context_key

    async def make(
        self, configuration: ImageConfiguration, *, creator: str, host: Host | None, build: BuildOfImage | None = None
    ) -> BuildInputs:
        """The inputs of one build.

        Args:
            configuration: what is built.
            creator: whose files it names.
            host: where; None stands for any.
            build: of a stored image; None for a configuration that was never saved.
        """
        platform = conda_platform(host)
        locks: list[ResolvedEnvironment] = []
        solve_mark = ""
        if isinstance(configuration, GenerateConfiguration) and configuration.environments and build is not None:
            if build.resolve_again:
                solve_mark = self._solve_mark(build)
            else:
                resolved = await self._builds.locks(build.image_id, platform)
                found = (lock_for(environment, platform, resolved) for environment in configuration.environments)
                locks = [lock for lock in found if lock is not None]
        return BuildInputs(
            catalogue=await self._catalogue(),
            installer_image=(host.installer_image if host is not None else "") or DEFAULT_INSTALLER_IMAGE,
            platform=platform,
            locks=locks,
            solve_mark=solve_mark,
            files=await self._stored_files(configuration, creator),
        )

    def _solve_mark(self, build: BuildOfImage) -> str:
        """Names a build as nothing else does that a builder may have in its cache, and the same whenever asked."""
        name = f"{self._context_key(build.image_id)}-{build.number}"
        return hashlib.sha256(name.encode()).hexdigest()[:16]

    async def _stored_files(self, configuration: ImageConfiguration, creator: str) -> Mapping[str, StoredFile]:
        if isinstance(configuration, PullConfiguration):
            return {}
        names = {file.file for file in configuration.files if file.source == "archive"}
        return await self._files.stored(creator, names) if names else {}


def conda_platform(host: Host | None) -> str:
    """Conda's name of what a host builds for; `linux-64` when that is not known."""
    if host is None or host.capabilities is None:
        return DEFAULT_PLATFORM
    return _PLATFORMS.get(host.capabilities.architecture, DEFAULT_PLATFORM)
