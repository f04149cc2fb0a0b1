"""Use cases of images and templates: list, find, make, edit, build, cancel, enable, disable, delete."""

from __future__ import annotations

import logging
from array import array
from collections.abc import Awaitable
from functools import partial
from typing import Protocol

from trailer_tui.model.actions import ImageAction, refusal_for
from trailer_tui.model.build import BuildSummary
from trailer_tui.model.builtin import is_builtin
from trailer_tui.model.errors import HostUnreachable, InvalidInput, NotApplicable, StorageFull
from trailer_tui.model.identity import Actor
from trailer_tui.model.image import BatchOutcome, GeneratedDockerfile, ImageConfiguration, ImageDraft, ImageRecord
from trailer_tui.model.rows import ImageQuery, ImageRow
from trailer_tui.model.status import HostState, ImageStatus
from trailer_tui.service.batch import Batch
from trailer_tui.service.build_inputs import BuildOfImage
from trailer_tui.service.build_run import Workshop
from trailer_tui.service.builtin_templates import BuiltinTemplates
from trailer_tui.service.catalogue import CatalogueService
from trailer_tui.service.dockerfiles import generated
from trailer_tui.service.host_watch import HostWatch
from trailer_tui.service.permissions import may_see, require_change, require_sight, visible_creator
from trailer_tui.service.scheduler import Scheduler
from trailer_tui.service.threads import start_thread

_LOG = logging.getLogger(__name__)

ROWS_AT_ONCE = 500


class _Queue(Protocol):
    """Queues a build or a push."""

    def __call__(self, image_id: int, *, requested_by: str) -> Awaitable[tuple[BuildSummary, ImageRow]]: ...


class ImageService:
    """Images and templates for the acting user. Every method raises `NotFound` for what the actor may not see."""

    def __init__(self, workshop: Workshop, watch: HostWatch, scheduler: Scheduler, catalogue: CatalogueService) -> None:
        self._store = workshop.store
        self._live = workshop.live
        self._calls = workshop.calls
        self._engine = workshop.engine
        self._suspect = workshop.suspect
        self._inputs = workshop.inputs
        self._watch = watch
        self._scheduler = scheduler
        self._catalogue = catalogue
        self._builtin = BuiltinTemplates()

    # Reading

    async def order(self, actor: Actor, query: ImageQuery) -> tuple[bytes, int]:
        """Ids of what `query` shows in display order (little-endian uint32), and how many records there are in all."""
        ids, total = await self._store.images.order(query)
        creator = visible_creator(actor)
        if creator is None:
            return self._builtin.before(query, (ids, total))
        everything, _ = await self._store.images.order(ImageQuery(templates=query.templates))
        own = {row.id for row in await self._all_rows(everything) if row.creator == creator}
        kept = array("I", (found for found in memoryview(ids).cast("I") if found in own))
        return self._builtin.before(query, (kept.tobytes(), len(own)))

    async def rows(self, actor: Actor, ids: list[int]) -> list[ImageRow]:
        """The rows of `ids` in that order; those that are gone or not for the actor are left out."""
        found = self._builtin.rows(ids)
        for start in range(0, len(ids), ROWS_AT_ONCE):
            stored = await self._store.images.rows(ids[start : start + ROWS_AT_ONCE])
            found |= {row.id: row for row in self._live.rows(stored) if may_see(actor, row.creator)}
        return [found[image_id] for image_id in ids if image_id in found]

    async def find(self, actor: Actor, name: str, *, templates: bool = False) -> list[ImageRow]:
        """Images, or templates, of that name or numeric id, the actor's own first and what comes with Trailer last."""
        stored = await self._store.images.find(name, templates=templates)
        rows = self._live.rows(row for row in stored if may_see(actor, row.creator))
        own_first = sorted(rows, key=lambda row: row.creator != actor.name)
        return own_first + (self._builtin.find(name) if templates else [])

    async def get(self, actor: Actor, image_id: int) -> ImageRecord:
        """The whole record."""
        if is_builtin(image_id):
            return self._builtin.record(image_id)
        record = await self._store.images.get(image_id)
        require_sight(actor, record)
        return self._live.record(record)

    async def dockerfile(self, actor: Actor, image_id: int) -> GeneratedDockerfile:
        """What a build of the record would use now, checked for its host's builder."""
        record = await self.get(actor, image_id)
        return await self._generated(record.configuration, record.host_id, record.creator, record)

    async def preview(
        self, actor: Actor, configuration: ImageConfiguration, host_id: int | None, image_id: int | None = None
    ) -> GeneratedDockerfile:
        """What a build of a configuration that is not saved would use.

        With `image_id` it is an edit of that image: what its last build resolved holds, and the files are those of its
        creator. Nobody edits what comes with Trailer: then they are the actor's.

        Raises:
            NotFound: the actor may not see the image.
            InvalidInput: a value cannot stand in a Dockerfile, or names what there is not.
        """
        record = await self.get(actor, image_id) if image_id is not None else None
        creator = record.creator if record is not None and not record.is_builtin else actor.name
        return await self._generated(configuration, host_id, creator, record)

    # Writing

    async def create(self, actor: Actor, draft: ImageDraft, *, build: bool) -> ImageRecord:
        """Store a new image or template of the actor's; an image is queued when `build` is set.

        Raises:
            InvalidInput: the name is taken, there is no such host, or the catalogue has not what is chosen.
        """
        build = build and not draft.is_template
        await self._catalogue.check(draft.configuration)
        record = await self._store.images.create(
            draft,
            creator=actor.name,
            status=ImageStatus.BUILD_CANCELLED,
            build_for=actor.name if build else None,
        )
        return await self._saved(record, queued=build, created=True)

    async def update(
        self,
        actor: Actor,
        image_id: int,
        draft: ImageDraft,
        *,
        revision: int,
        build: bool,
        resolve_again: bool = False,
    ) -> ImageRecord:
        """Store an edit that started from `revision`, and queue a build when `build` is set.

        With `resolve_again` that build solves its environments anew.

        Raises:
            NotAllowed: the actor may only see it.
            EditConflict: somebody else saved first.
            InvalidInput: the name is taken, there is no such host, or the catalogue has not what is chosen.
            NotApplicable: `build` is set and a build is under way; nothing was saved.
        """
        row = await self._changeable(actor, image_id)
        build = build and not draft.is_template
        if build:
            _require(ImageAction.BUILD, row)
        await self._catalogue.check(draft.configuration)
        record = await self._store.images.update(
            image_id, draft, revision=revision, build_for=actor.name if build else None, resolve_again=resolve_again
        )
        return await self._saved(record, queued=build)

    async def act(self, actor: Actor, image_id: int, action: ImageAction) -> ImageRow:
        """Build, cancel, push, enable or disable at once; returns the row as it is now.

        Raises:
            NotAllowed: the actor may only see it.
            NotApplicable: the action does not apply to the record's state; says why.
            InvalidInput: `action` is delete, which `delete` does.
        """
        row = await self._changeable(actor, image_id)
        if action is ImageAction.DELETE:
            raise InvalidInput("delete is no action of a row", hint="use the delete call, which asks for more")
        _require(action, row)
        match action:
            case ImageAction.BUILD:
                return await self._queue(self._store.builds.queue, actor, image_id)
            case ImageAction.RESOLVE_AGAIN:
                return await self._queue(partial(self._store.builds.queue, resolve_again=True), actor, image_id)
            case ImageAction.PUSH:
                return await self._queue(self._store.builds.queue_push, actor, image_id)
            case ImageAction.CANCEL:
                return await self._cancel(actor, row)
            case _:
                enabled = await self._store.images.set_enabled(image_id, action is ImageAction.ENABLE)
                return self._live.tell_image(enabled)

    async def batch(
        self, actor: Actor, action: ImageAction, ids: list[int], *, plan: bool, remove_docker_image: bool
    ) -> BatchOutcome:
        """Do `action` to every image of `ids` that it applies to, or only say what would be done and skipped."""
        rows = await self.rows(actor, ids)
        batch = Batch(action, ids, rows, actor)
        if plan:
            return batch.planned()
        if action is ImageAction.DELETE:
            return await batch.run(lambda row: self.delete(actor, row.id, remove_docker_image=remove_docker_image))
        return await batch.run(lambda row: self.act(actor, row.id, action))

    async def delete(self, actor: Actor, image_id: int, *, remove_docker_image: bool) -> None:
        """Delete a record with its history; with `remove_docker_image` first what its last good build made.

        Raises:
            NotAllowed: the actor may only see it.
            NotApplicable: it is being built.
            HostUnreachable, EngineError: the Docker image could not be removed; the record stays.
        """
        row = await self._changeable(actor, image_id)
        _require(ImageAction.DELETE, row)
        built = await self._built(row) if remove_docker_image else None
        if built is not None:
            await self._remove_docker_image(built)
        try:
            builds = await self._store.images.delete(image_id)
        except StorageFull:
            # The logs go anyway; without them there is room to record that they went.
            await self._remove_logs([build.id for build in await self._store.builds.for_image(image_id, limit=10**6)])
            builds = await self._store.images.delete(image_id)
        self._live.tell_image_deleted(row)
        await self._remove_logs(builds)

    # Parts

    async def _generated(
        self, configuration: ImageConfiguration, host_id: int | None, creator: str, record: ImageRecord | None
    ) -> GeneratedDockerfile:
        host = self._watch.host(host_id) if host_id is not None else None
        build = BuildOfImage(record.id, (record.last_build_number or 0) + 1) if record is not None else None
        inputs = await self._inputs.make(configuration, creator=creator, host=host, build=build)
        return await generated(self._calls, configuration, host, inputs)

    async def _changeable(self, actor: Actor, image_id: int) -> ImageRow:
        self._builtin.refuse_change(image_id)
        row = self._live.row(await self._store.images.row(image_id))
        require_change(actor, row)
        return row

    async def _queue(self, queue: _Queue, actor: Actor, image_id: int) -> ImageRow:
        summary, row = await queue(image_id, requested_by=actor.name)
        row = self._live.tell_both(summary, row)
        self._scheduler.add(summary)
        return row

    async def _saved(self, record: ImageRecord, *, queued: bool, created: bool = False) -> ImageRecord:
        """Tell everybody of a record that was saved, and the scheduler of the build that was queued with it."""
        row = await self._store.images.row(record.id)
        if queued and record.last_build_id is not None:
            summary = await self._store.builds.summary(record.last_build_id)
            self._live.tell_both(summary, row, created=created)
            self._scheduler.add(summary)
        else:
            self._live.tell_image(row, created=created)
        return self._live.record(record)

    async def _cancel(self, actor: Actor, row: ImageRow) -> ImageRow:
        assert row.last_build_id is not None
        ended = await self._scheduler.cancel(row.last_build_id, actor.name)
        if ended is not None:
            return self._live.tell_both(*ended)
        return self._live.tell_image(await self._store.images.row(row.id), reordered=False)

    async def _remove_logs(self, build_ids: list[int]) -> None:
        for build_id in build_ids:
            try:
                await self._calls.run(partial(self._store.logs.remove, build_id))
            except OSError as error:
                _LOG.warning("the log of build %d was not removed: %s", build_id, error)

    async def _built(self, row: ImageRow) -> BuildSummary | None:
        """The newest build that made an image.

        The name in the record is not asked: one that was only written down may be that of an image others need.
        """
        builds = await self._store.builds.for_image(row.id, limit=50)
        return next((build for build in builds if build.docker_image_id), None)

    async def _remove_docker_image(self, built: BuildSummary) -> None:
        host = self._watch.host(built.host_id)
        if host is None:
            return

        def remove() -> None:
            with self._engine(host) as engine:
                found = engine.facts(built.reference)
                # Somebody else may have given the name to another image since.
                if found is not None and found.docker_image_id == built.docker_image_id:
                    engine.remove_image(built.reference)

        if host.state is HostState.OFFLINE:
            raise HostUnreachable(f"{host.name}: {host.error}", hint=_keep_hint(host.hint))
        try:
            # Not one of the short calls, which the logs of all builds need: a host that hangs holds it for minutes.
            await start_thread(f"remove an image of {host.name}", remove)
        except HostUnreachable as error:
            self._suspect(host.id)
            raise HostUnreachable(f"{host.name}: {error.cause}", hint=_keep_hint(error.hint)) from error

    async def _all_rows(self, ids: bytes) -> list[ImageRow]:
        numbers = memoryview(ids).cast("I").tolist()
        rows: list[ImageRow] = []
        for start in range(0, len(numbers), ROWS_AT_ONCE):
            rows += await self._store.images.rows(numbers[start : start + ROWS_AT_ONCE])
        return rows


def _require(action: ImageAction, row: ImageRow) -> None:
    reason = refusal_for(action, row)
    if reason is not None:
        raise NotApplicable(f"{action.label} does not apply to {row.name}: {reason}")


def _keep_hint(hint: str) -> str:
    keep = "or delete the record alone and keep the Docker image"
    return f"{hint}; {keep}" if hint else f"bring the host back, {keep}"
