"""What `trailer apply` does with a document: find the image of its name, say what differs, make or change it."""

from __future__ import annotations

import shlex
import unicodedata
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from trailer_tui.cli.archive_uploads import added_files, files_to_add
from trailer_tui.cli.connection import first_host
from trailer_tui.model.actions import ImageAction
from trailer_tui.model.document import DocumentFile, ImageDocument
from trailer_tui.model.errors import EditConflict, FieldProblem, InvalidInput

if TYPE_CHECKING:
    from trailer_tui.client.client import TrailerClient
    from trailer_tui.model.document_reading import ReadDocument
    from trailer_tui.model.host import Host
    from trailer_tui.model.image import ImageDraft, ImageRecord

_ATTEMPTS = 3
"""How often an image is read again because somebody else saved it meanwhile."""

Outcome = Literal["created", "changed", "unchanged"]


@dataclass(frozen=True, slots=True)
class Applied:
    """What was done, or would be done, with one document."""

    name: str
    outcome: Outcome
    template: bool
    dry_run: bool
    id: int | None = None
    """None for a new image of a dry run."""
    changed: tuple[str, ...] = ()
    """The fields that are others now."""
    uploaded: tuple[str, ...] = ()
    """The files that the archive lacked."""
    build: int | None = None
    """Number of the build that was queued."""
    notes: tuple[str, ...] = ()
    """What is left to do by hand."""

    def as_json(self) -> dict[str, Any]:
        """For scripts."""
        return asdict(self)

    def lines(self) -> list[str]:
        """For people."""
        would = "would be " if self.dry_run else ""
        kind = " as a template" if self.template and self.outcome == "created" else ""
        number = f" with id {self.id}" if self.outcome == "created" and self.id is not None else ""
        fields = f": {', '.join(self.changed)}" if self.changed else ""
        queued = f"; build {self.build} is queued" if self.build is not None else ""
        outcome = self.outcome if self.outcome == "unchanged" else f"{would}{self.outcome}"
        return [
            *(f"{self.name}: file {file} {would}uploaded" for file in self.uploaded),
            f"{self.name}: {outcome}{kind}{number}{fields}{queued}",
        ]


class Applying:
    """One run of the command; use `start`, then `apply` for each document."""

    def __init__(
        self,
        client: TrailerClient,
        actor: str,
        hosts: list[Host],
        *,
        host: str | None,
        build: bool | None,
        dry_run: bool,
    ) -> None:
        self._client = client
        self._actor = actor
        self._hosts = hosts
        self._host_name = host
        self._build = build
        self._dry_run = dry_run

    @classmethod
    async def start(cls, client: TrailerClient, *, host: str | None, build: bool | None, dry_run: bool) -> Applying:
        """Ask the server who is asking and which hosts it has.

        Args:
            client: of the server that gets the images.
            host: name of a build host in place of those of the documents.
            build: True queues what is not built as it is now, False nothing, None new images alone.
            dry_run: change nothing.
        """
        actor = (await client.info()).actor
        return cls(client, actor, await client.hosts(), host=host, build=build, dry_run=dry_run)

    async def apply(self, read: ReadDocument) -> Applied:
        """Make or change the image of a document.

        Raises:
            InvalidInput: it names what there is not, a file of another content has a name of its uploads, or the server
                refuses a value; tells the lines. Nothing was changed then.
            NotApplicable: a build is asked for while one is under way; nothing was changed.
            EditConflict: somebody else goes on saving the image.
        """
        try:
            for _ in range(_ATTEMPTS - 1):
                try:
                    return await self._once(read.document)
                except EditConflict:
                    continue
            return await self._once(read.document)
        except InvalidInput as error:
            raise read.placed(error) from error

    async def _once(self, document: ImageDocument) -> Applied:
        stored = await self._stored(document)
        draft = document.draft((await self._host(document, stored)).id)
        missing = await files_to_add(self._client, document, self._actor)
        outcome: Outcome = "created"
        changed: tuple[str, ...] = ()
        if stored is not None:
            changed = _differences(stored.draft(), draft)
            outcome = "changed" if changed else "unchanged"
        applied = Applied(
            document.name, outcome, document.template, self._dry_run,
            id=stored.id if stored else None,
            changed=changed,
            uploaded=tuple(file.name for file in missing),
        )  # fmt: skip
        if self._dry_run:
            return applied
        return await self._save(applied, draft, stored, missing)

    async def _save(
        self, applied: Applied, draft: ImageDraft, stored: ImageRecord | None, missing: list[DocumentFile]
    ) -> Applied:
        async with added_files(self._client, missing):
            record = await self._saved(applied.outcome, draft, stored)
        before = stored.last_build_id if stored is not None else None
        queued = record.last_build_number if record.last_build_id != before else None
        return replace(applied, id=record.id, build=queued, notes=tuple(await self._left_to_do(record)))

    async def _saved(self, outcome: Outcome, draft: ImageDraft, stored: ImageRecord | None) -> ImageRecord:
        if stored is None:
            return await self._client.create_image(draft, build=self._build is not False)
        build = bool(self._build) and not draft.is_template
        if outcome == "changed":
            return await self._client.update_image(stored.id, draft, revision=stored.revision, build=build)
        if build and (stored.changed_since_build or stored.last_build_id is None):
            await self._client.act(stored.id, ImageAction.BUILD)
            return await self._client.image(stored.id)
        return stored

    async def _stored(self, document: ImageDocument) -> ImageRecord | None:
        for row in await self._client.find_images(document.name, templates=document.template):
            if row.creator == self._actor and _same_name(row.name, document.name):
                record = await self._client.image(row.id)
                return None if record.is_builtin else record
        return None

    async def _host(self, document: ImageDocument, stored: ImageRecord | None) -> Host:
        name = self._host_name or document.host or (stored.host_name if stored is not None else "")
        if not name:
            return await first_host(self._client)
        for host in self._hosts:
            if host.name == name:
                return host
        known = ", ".join(host.name for host in self._hosts) or "none"
        problem = FieldProblem(
            "--host" if self._host_name else "host", name, "is no build host of this server",
            f"there are {known}; --host NAME takes one of them",
        )  # fmt: skip
        raise InvalidInput(problem.sentence(), fields=(problem,))

    async def _left_to_do(self, record: ImageRecord) -> list[str]:
        found = []
        if record.is_windows and not record.is_template and not record.windows_password_set:
            found.append(
                f"{record.name}: its Windows password is not set yet: trailer password {shlex.quote(record.name)}"
            )
        wanted = [] if record.configuration.mode == "pull" else record.configuration.secrets
        if wanted:
            own = {secret.name for secret in await self._client.secrets() if secret.owner == self._actor}
            found += [
                f"{record.name}: you have no build secret {name} yet: trailer secrets set {name}"
                for name in wanted
                if name not in own
            ]
        return found


def _differences(before: ImageDraft, after: ImageDraft) -> tuple[str, ...]:
    """The fields, those of the configuration each for itself, that differ."""
    old, new = _flat(before), _flat(after)
    if old["configuration.mode"] != new["configuration.mode"]:
        outside = [key for key in new if not key.startswith("configuration.") and old[key] != new[key]]
        return (*outside, "configuration.mode")
    return tuple(key for key in new if old[key] != new[key])


def _flat(draft: ImageDraft) -> dict[str, Any]:
    values = draft.model_dump(exclude={"windows_password", "is_template"})
    configuration = values.pop("configuration")
    values["host"] = values.pop("host_id")
    return values | {f"configuration.{key}": value for key, value in configuration.items()}


def _same_name(one: str, other: str) -> bool:
    """The server has searched; a number also finds the image that has it as its id."""
    return _folded(one) == _folded(other)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
