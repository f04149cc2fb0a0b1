"""Use cases around builds: history, one build, its steps, its log."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import TypeVar

from trailer_tui.dockerfile.eligibility import cannot_take
from trailer_tui.model.build import Build, BuildSummary, Step
from trailer_tui.model.errors import NotApplicable, NotFound
from trailer_tui.model.identity import Actor
from trailer_tui.model.resolved import BuildPackages, ResolvedEnvironment
from trailer_tui.model.status import BuildState
from trailer_tui.service.build_inputs import BuildOfImage
from trailer_tui.service.build_run import Workshop
from trailer_tui.service.host_watch import HostWatch
from trailer_tui.service.permissions import may_see, require_change, require_sight
from trailer_tui.service.scheduler import Scheduler
from trailer_tui.store.build_rows import missing_build

CHUNK_BYTES = 256 * 1024
MAX_BUILDS = 500
"""Builds in one page of the history."""

FOLLOW_SECONDS = 15.0
"""How long a follower waits for news before it looks by itself; it then gets an empty chunk."""

B = TypeVar("B", bound=BuildSummary)


class BuildService:
    """Builds for the acting user."""

    def __init__(self, workshop: Workshop, watch: HostWatch, scheduler: Scheduler) -> None:
        self._store = workshop.store
        self._live = workshop.live
        self._calls = workshop.calls
        self._inputs = workshop.inputs
        self._watch = watch
        self._scheduler = scheduler

    async def for_image(
        self, actor: Actor, image_id: int, limit: int = 50, before: int | None = None
    ) -> list[BuildSummary]:
        """Builds of an image, newest first; `before` is a build number to page on from.

        Raises:
            NotFound: there is no such image, or the actor may not see it.
        """
        require_sight(actor, await self._store.images.row(image_id))
        limit = max(1, min(limit, MAX_BUILDS))
        builds = await self._store.builds.for_image(image_id, limit=limit, before=before)
        return [self._live.summary(build) for build in builds]

    async def resolved(self, actor: Actor, image_id: int) -> list[ResolvedEnvironment]:
        """The exact packages of an image's environments as its last build that has any resolved them.

        Raises:
            NotFound: there is no such image, or the actor may not see it.
        """
        require_sight(actor, await self._store.images.row(image_id))
        return await self._store.builds.resolved(image_id)

    async def packages(self, actor: Actor, image_id: int, number: int | None = None) -> BuildPackages:
        """The packages of the build of that number, or of the newest whose packages are known.

        Raises:
            NotFound: there is no such build, its packages are not known, or the actor may not see the image.
        """
        row = await self._store.images.row(image_id)
        require_sight(actor, row)
        build = await self._store.builds.with_packages(image_id, number)
        if build is None or not build.resolved:
            raise _no_packages(row.name, number, build)
        return BuildPackages(
            build_id=build.id,
            number=build.number,
            resolved=build.resolved,
            locked=[environment.name for environment in build.locked],
            changes=build.package_changes,
            compared_with=build.compared_with,
        )

    async def active(self, actor: Actor) -> list[BuildSummary]:
        """Running builds, then the queue, host by host in the order in which builds start there.

        Only those that the actor may see.
        """
        builds = [self._live.summary(build) for build in await self._store.builds.active()]
        builds = sorted((build for build in builds if build.state.is_active), key=_order)
        if actor.is_administrator:
            return builds
        visible: set[int] = set()
        ids = list({build.image_id for build in builds})
        for start in range(0, len(ids), MAX_BUILDS):
            rows = await self._store.images.rows(ids[start : start + MAX_BUILDS])
            visible |= {row.id for row in rows if may_see(actor, row.creator)}
        return [build for build in builds if build.image_id in visible]

    async def get(self, actor: Actor, build_id: int) -> Build:
        """One build with configuration, Dockerfile, steps and failure.

        Raises:
            NotFound: there is no such build, or the actor may not see its image.
        """
        build = self._live.summary(await self._visible(actor, await self._store.builds.get(build_id)))
        steps = self._scheduler.live_steps(build_id)
        return build if steps is None else build.model_copy(update={"steps": steps})

    async def steps(self, actor: Actor, build_id: int) -> list[Step]:
        """The steps of a build in order of start, those of a running one as they are now. Raises like `get`."""
        await self._visible(actor, await self._store.builds.summary(build_id))
        live = self._scheduler.live_steps(build_id)
        return live if live is not None else await self._store.builds.steps(build_id)

    async def log(self, actor: Actor, build_id: int, *, offset: int = 0, follow: bool = False) -> AsyncIterator[bytes]:
        """The log's bytes (`model.log`) from `offset` on, in chunks of at most 256 KiB cut anywhere.

        With `follow` the stream goes on until the build has ended and everything was given; an empty chunk says that
        nothing happened for a while.

        Raises:
            NotFound: there is no such build, the actor may not see it, or its log was removed.
        """
        build = await self._visible(actor, await self._store.builds.summary(build_id))
        if not build.log_kept:
            raise NotFound(
                f"the log of build {build.number} of {build.image_name} was removed: only those of the newest builds "
                "are kept",
                hint="the setting server.kept_logs_per_image says how many logs are kept",
            )
        return self._chunks(build_id, offset, follow=follow)

    async def move(self, actor: Actor, build_id: int, host_id: int) -> BuildSummary:
        """Send a queued build, and the record it belongs to, to another host.

        Raises:
            NotFound: there is no such build or host, or the actor may not see the build.
            NotAllowed: the actor may only see it.
            NotApplicable: it is not queued, or the host cannot take it; says why.
        """
        build = await self._visible(actor, await self._store.builds.get(build_id))
        row = await self._store.images.row(build.image_id)
        require_change(actor, row)
        target = self._watch.host(host_id)
        if target is None:
            raise NotFound(f"there is no host {host_id}", hint="`trailer hosts` lists them")
        which = BuildOfImage(build.image_id, build.number, build.resolve_again)
        inputs = await self._inputs.make(build.configuration, creator=row.creator, host=target, build=which)
        source = self._watch.host(build.host_id)
        reason = await self._calls.run(partial(cannot_take, target, build, source, inputs))
        if reason:
            raise NotApplicable(f"build {build.number} of {build.image_name} cannot go to {target.name}: {reason}")
        moved, row = await self._scheduler.move(build_id, host_id)
        self._live.tell_both(moved, row)
        return self._live.summary(moved)

    async def _chunks(self, build_id: int, offset: int, *, follow: bool) -> AsyncIterator[bytes]:
        bell, path = self._live.bell, self._store.logs.path(build_id)
        while True:
            # In this order, so that nothing that happens in between is missed.
            rung, working = bell.count(build_id), self._scheduler.is_working(build_id)
            await self._scheduler.flush_log(build_id)
            while chunk := await self._calls.run(partial(_read, path, offset)):
                offset += len(chunk)
                yield chunk
            if not follow or not working:
                return
            before = bell.count(build_id)
            await bell.wait(build_id, rung, FOLLOW_SECONDS)
            if bell.count(build_id) == before == rung:
                yield b""

    async def _visible(self, actor: Actor, build: B) -> B:
        row = await self._store.images.row(build.image_id)
        if not may_see(actor, row.creator):
            raise missing_build(build.id)
        return build


def _no_packages(name: str, number: int | None, build: Build | None) -> NotFound:
    if build is not None:
        hint = "it made no image with environments, or its log says why they could not be read"
        if build.state.is_active:
            hint = "it has not ended yet, and they are read from the image that it makes"
        return NotFound(f"the packages of build {build.number} of {name} are not known", hint=hint)
    if number is not None:
        return NotFound(f"{name} has no build {number}")
    return NotFound(
        f"no build of {name} is known by its packages",
        hint="packages are kept of images with environments, once a build has made them",
    )


def _order(build: BuildSummary) -> tuple[bool, str, int, int]:
    if build.state is not BuildState.PENDING:
        return False, "", 0, build.id
    return True, build.host_name.casefold(), build.queue_position or 2**53, build.id


def _read(path: Path, offset: int) -> bytes:
    try:
        with path.open("rb", buffering=0) as file:
            file.seek(offset)
            return file.read(CHUNK_BYTES)
    except FileNotFoundError:
        return b""
