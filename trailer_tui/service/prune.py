"""What fills a host's disk, and removing what nothing needs any more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from trailer_tui.engine.cancel import Cancelled, CancelToken
from trailer_tui.engine.interface import DiskUsage, Engine, StoredImage
from trailer_tui.model.errors import EngineError, HostUnreachable, NotApplicable, NotFound, TrailerError
from trailer_tui.model.host import Host, HostUsage, PruneItem, PruneTarget
from trailer_tui.model.status import HostState
from trailer_tui.service.host_watch import HostWatch
from trailer_tui.service.threads import start_thread
from trailer_tui.store.hosts import BuiltImages
from trailer_tui.store.store import Store

T = TypeVar("T")

USAGE_SECONDS = 1800.0
"""How long a host may take to say what fills its disk, and to empty its build cache."""
FREE_SPACE_SECONDS = 30.0
REMOVE_SECONDS = 600.0
"""How long it may take to remove one image."""

_IMAGE_TARGETS = (PruneTarget.DANGLING_IMAGES, PruneTarget.OLD_VERSIONS)


@dataclass(frozen=True)
class _Findings:
    """What fills a host's disk, and the images that may go, by target."""

    usage: DiskUsage
    images: dict[PruneTarget, list[StoredImage]]
    kept: frozenset[str]
    """Nameless images that stay."""

    def items(self) -> list[PruneItem]:
        return [self._item(target) for target in PruneTarget]

    def _item(self, target: PruneTarget) -> PruneItem:
        if target is PruneTarget.BUILD_CACHE:
            return PruneItem(target=target, count=self.usage.build_cache_count, size=self.usage.build_cache_free)
        images = self.images[target]
        return PruneItem(target=target, count=len(images), size=min(_unique_size(images), self._most(images)))

    def _most(self, images: Sequence[StoredImage]) -> int:
        """Bytes that the images can hold at most beside those that stay.

        Engines with containerd's image store count as shared only the unpacked part of what images share.
        """
        if not self.usage.layers_size:
            return sum(image.size for image in images)  # the engine does not say
        going = {image.docker_image_id for image in images}
        staying = max((image.size for image in self.usage.images if image.docker_image_id not in going), default=0)
        return max(0, self.usage.layers_size - staying)


class HostPruning:
    """Disk usage and prune of hosts, one at a time on each. The caller has checked the permission."""

    def __init__(
        self, store: Store, watch: HostWatch, engine: Callable[[Host], AbstractContextManager[Engine]]
    ) -> None:
        self._store = store
        self._watch = watch
        self._engine = engine
        self._turns: dict[int, asyncio.Lock] = {}

    async def usage(self, host_id: int) -> HostUsage:
        """What fills the host's disk, and what each target would free.

        Raises:
            NotFound: there is no such host.
            HostUnreachable, EngineError: the host does not say.
        """
        host = self._reachable(host_id)
        async with self._turn(host_id):
            findings = await self._look(host)
        await self._watch.recent_disk(host_id, seconds=FREE_SPACE_SECONDS)
        host = self._watch.host(host_id) or host
        usage = findings.usage
        return HostUsage(
            host_id=host_id,
            disk=host.disk,
            disk_note=host.disk_note,
            images=len(usage.images),
            images_size=usage.layers_size,
            containers=usage.containers,
            containers_size=usage.containers_size,
            volumes=usage.volumes,
            volumes_size=usage.volumes_size,
            build_cache_size=usage.build_cache_size,
            prunable=findings.items(),
        )

    async def prune(self, host_id: int, targets: Collection[PruneTarget]) -> list[PruneItem]:
        """Look again, and remove; one item for each target in the order of `PruneTarget`, with what was freed.

        Images that builds of Trailer's could need stay: none is removed while a build runs on the host.

        Raises:
            NotFound: there is no such host.
            NotApplicable: images are to be removed and a build runs there.
            HostUnreachable, EngineError: the host does not say what there is; nothing was removed.
        """
        host = self._reachable(host_id)
        async with self._turn(host_id):
            if any(target in _IMAGE_TARGETS for target in targets):
                self._refuse_while_building(host_id)
            findings = await self._look(host)
            try:
                return [await self._remove(host, target, findings) for target in PruneTarget if target in targets]
            finally:
                self._watch.look_at_disk(host_id)

    def _turn(self, host_id: int) -> asyncio.Lock:
        # Older engines refuse a second question about their disk.
        return self._turns.setdefault(host_id, asyncio.Lock())

    def _reachable(self, host_id: int) -> Host:
        host = self._watch.host(host_id)
        if host is None:
            raise NotFound(f"there is no host {host_id}", hint="somebody may have deleted it")
        if host.state is HostState.OFFLINE:
            raise HostUnreachable(f"{host.name}: {host.error}", hint=host.hint)
        return host

    def _building(self, host_id: int) -> int:
        host = self._watch.host(host_id)
        return host.running if host is not None else 0

    def _refuse_while_building(self, host_id: int) -> None:
        if building := self._building(host_id):
            what = "a build runs" if building == 1 else f"{building} builds run"
            raise NotApplicable(
                f"{what} on the host, which may need images that have no name yet",
                hint="prune images when it has ended; the build cache can be pruned now",
            )

    async def _look(self, host: Host) -> _Findings:
        built = await self._store.hosts.built_images(host.id)
        usage = await self._call(host, USAGE_SECONDS, lambda engine, cancel: engine.disk_usage(cancel))
        return findings(usage, built)

    async def _remove(self, host: Host, target: PruneTarget, findings: _Findings) -> PruneItem:
        if target is PruneTarget.BUILD_CACHE:
            return await self._remove_build_cache(host, findings)
        images = findings.images[target]
        if not images:
            return PruneItem(target=target, count=0, size=0)
        before = await self._layers_size(host, findings.usage.layers_size if target is _IMAGE_TARGETS[0] else None)
        removed, error = await self._remove_images(host, images, findings.kept)
        after = await self._layers_size(host, None)
        measured = before - after if before is not None and after is not None else 0
        size = measured if measured > 0 else _unique_size(removed)
        return PruneItem(target=target, count=len(removed), size=size if removed else 0, error=error)

    async def _remove_images(
        self, host: Host, images: Sequence[StoredImage], kept: frozenset[str]
    ) -> tuple[list[StoredImage], str]:
        """One by one, so that a build that begins meanwhile stops it; returns those that went, and what went wrong."""
        removed: list[StoredImage] = []
        stayed: list[str] = []
        for image in images:
            if self._building(host.id):
                left = len(images) - len(removed) - len(stayed)
                return removed, _and(stayed, f"{left} left alone, because a build began on the host")
            work = partial(_remove_image, image.docker_image_id, kept)
            try:
                errors = await self._call(host, REMOVE_SECONDS, work)
            except TrailerError as error:
                return removed, _and(stayed, error.cause)
            stayed += errors.values()
            removed += [image] if image.docker_image_id not in errors else []
        return removed, _and(stayed, "")

    async def _remove_build_cache(self, host: Host, findings: _Findings) -> PruneItem:
        target, count = PruneTarget.BUILD_CACHE, findings.usage.build_cache_count
        if not count:
            return PruneItem(target=target, count=0, size=0)
        try:
            freed = await self._call(host, USAGE_SECONDS, lambda engine, cancel: engine.prune_build_cache(cancel))
        except TrailerError as error:
            return PruneItem(target=target, count=0, size=0, error=error.cause)
        return PruneItem(target=target, count=count, size=freed)

    async def _layers_size(self, host: Host, known: int | None) -> int | None:
        """Bytes of all layers now; None when the host does not say, which is no reason to fail."""
        if known is not None:
            return known
        try:
            usage = await self._call(
                host, USAGE_SECONDS, lambda engine, cancel: engine.disk_usage(cancel, images_only=True)
            )
        except TrailerError:
            return None
        return usage.layers_size

    async def _call(self, host: Host, seconds: float, work: Callable[[Engine, CancelToken], T]) -> T:
        """The result of `work` in a thread; ended on the host when the caller stops waiting."""
        cancel = CancelToken()

        def ask() -> T:
            with self._engine(host) as engine:
                return work(engine, cancel)

        future = start_thread(f"disk of {host.name}", ask)
        try:
            async with asyncio.timeout(seconds):
                return await asyncio.shield(future)
        except TimeoutError:
            raise EngineError(
                f"{host.name} did not answer within {seconds / 60:.0f} minutes", hint="look at the load of its disk"
            ) from None
        except Cancelled:
            raise EngineError(f"{host.name}: the question was cancelled") from None
        except HostUnreachable as error:
            self._watch.suspect(host.id)
            raise HostUnreachable(f"{host.name}: {error.cause}", hint=error.hint) from error
        finally:
            if not future.done():
                # Closing a socket may block for a moment, for instance over ssh.
                start_thread(f"cancel disk of {host.name}", cancel.cancel)


def findings(usage: DiskUsage, built: BuiltImages) -> _Findings:
    """Which images may go: nobody's name, container or image needs them, and no record's last build made them."""
    nameless = [image for image in usage.images if not image.references]
    free = [
        image
        for image in nameless
        if not image.containers and not image.children and image.docker_image_id not in built.last
    ]
    return _Findings(
        usage,
        {
            PruneTarget.DANGLING_IMAGES: [image for image in free if image.docker_image_id not in built.made],
            PruneTarget.OLD_VERSIONS: [image for image in free if image.docker_image_id in built.made],
        },
        built.last,
    )


def _remove_image(docker_image_id: str, kept: frozenset[str], engine: Engine, cancel: CancelToken) -> dict[str, str]:
    return dict(engine.remove_images([docker_image_id], cancel, keep=kept))


def _unique_size(images: Sequence[StoredImage]) -> int:
    return sum(image.unique_size for image in images)


def _and(stayed: Sequence[str], more: str) -> str:
    what = "" if not stayed else f"1 stayed: {stayed[0]}" if len(stayed) == 1 else f"{len(stayed)} stayed: {stayed[0]}"
    return "; ".join(part for part in (what, more) if part)
