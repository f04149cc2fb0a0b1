"""A server in memory for tests of the form: the part of the client's methods that the form uses."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import cast

from trailer_tui.catalog.catalogue import builtin
from trailer_tui.client.client import TrailerClient
from trailer_tui.dockerfile.prefill import prefill
from trailer_tui.model.catalogue import Catalogue
from trailer_tui.model.errors import EditConflict, FieldProblem, InvalidInput, NotFound, ServerUnavailable
from trailer_tui.model.host import Capabilities, Host
from trailer_tui.model.image import (
    DockerfileProblem,
    GenerateConfiguration,
    GeneratedDockerfile,
    ImageConfiguration,
    ImageDraft,
    ImageRecord,
    WriteConfiguration,
)
from trailer_tui.model.prefill import Prefill, PrefillRequest
from trailer_tui.model.resolved import BuildPackages
from trailer_tui.model.rows import ImageRow
from trailer_tui.model.secret import SecretInfo
from trailer_tui.model.status import HostState, ImageStatus
from trailer_tui.model.stored_file import FileRecord

START = datetime(2026, 1, 1, tzinfo=UTC)


def online_host(host_id: int = 1, name: str = "build-01") -> Host:
    """A host that can build."""
    capabilities = Capabilities(
        engine_version="24.0.7", api_version="1.43", operating_system="linux", architecture="amd64"
    )
    return Host(
        id=host_id, name=name, address="unix:///var/run/docker.sock", state=HostState.ONLINE, capabilities=capabilities
    )


def offline_host(host_id: int = 2, name: str = "build-02") -> Host:
    """A host that does not answer."""
    return Host(
        id=host_id,
        name=name,
        address="ssh://ada@build-02",
        state=HostState.OFFLINE,
        error="ssh: connect to host build-02 port 22: Connection refused",
        hint="check that the machine is on",
        squash_default=True,
    )


class FormClient:
    """Keeps records in a dictionary and fails when told to."""

    def __init__(self, hosts: list[Host] | None = None) -> None:
        self.stored_hosts = [online_host(), offline_host()] if hosts is None else hosts
        self.records: dict[int, ImageRecord] = {}
        self.built: list[int] = []
        self.previews: list[ImageConfiguration] = []
        self.stored_secrets: dict[str, SecretInfo] = {}
        self.secret_values: dict[str, bytes] = {}
        self.is_away = False
        self.prefills: list[PrefillRequest] = []
        self.may_prefill = asyncio.Event()
        """Cleared, it holds back answers of `prefill`."""
        self.may_prefill.set()
        self.stored_packages: dict[int, BuildPackages] = {}
        self.stored_files: dict[str, FileRecord] = {}
        self.uploads: dict[str, bytes] = {}

    def as_client(self) -> TrailerClient:
        """Itself, as the type that screens take."""
        return cast(TrailerClient, self)

    def _answer(self) -> None:
        if self.is_away:
            raise ServerUnavailable("trailer.sock: connection refused", hint="`trailer doctor` looks for the cause")

    async def hosts(self) -> list[Host]:
        self._answer()
        return self.stored_hosts

    async def secrets(self) -> list[SecretInfo]:
        self._answer()
        return list(self.stored_secrets.values())

    async def set_secret(self, name: str, value: bytes) -> SecretInfo:
        self._answer()
        self.secret_values[name] = value
        info = SecretInfo(name=name, owner="ada", size=len(value), created_at=START, updated_at=START)
        self.stored_secrets[name] = info
        return info

    async def image(self, image_id: int) -> ImageRecord:
        self._answer()
        if image_id not in self.records:
            raise NotFound(f"image {image_id}")
        return self.records[image_id]

    async def find_images(self, name: str, *, templates: bool = False) -> list[ImageRow]:
        self._answer()
        records = [record for record in self.records.values() if record.is_template is templates]
        found = [record for record in records if record.name.casefold() == name.casefold()]
        return cast(list[ImageRow], found)

    async def create_image(self, draft: ImageDraft, *, build: bool = True) -> ImageRecord:
        self._answer()
        self._refuse_taken_name(draft, None)
        record = self.store(draft)
        if build:
            self.built.append(record.id)
        return record

    async def update_image(
        self, image_id: int, draft: ImageDraft, *, revision: int, build: bool = False
    ) -> ImageRecord:
        self._answer()
        stored = await self.image(image_id)
        if stored.revision != revision:
            raise EditConflict("somebody else saved first", current=stored.model_dump(mode="json"))
        self._refuse_taken_name(draft, image_id)
        if build:
            self.built.append(image_id)
        return self.store(draft, image_id)

    async def catalogue(self) -> Catalogue:
        self._answer()
        return builtin()

    async def prefill(self, request: PrefillRequest) -> Prefill:
        self.prefills.append(request)
        await self.may_prefill.wait()
        self._answer()
        return prefill(request, builtin())

    async def packages(self, image_id: int, *, number: int | None = None) -> BuildPackages:
        self._answer()
        if image_id not in self.stored_packages:
            raise NotFound(f"packages of image {image_id}")
        return self.stored_packages[image_id]

    async def files(self) -> list[FileRecord]:
        self._answer()
        return list(self.stored_files.values())

    async def upload_file(self, name: str, content: bytes, *, description: str = "") -> FileRecord:
        self._answer()
        if name in self.stored_files:
            problem = FieldProblem("name", name, "is taken", "choose another name")
            raise InvalidInput(problem.sentence(), fields=(problem,))
        self.uploads[name] = content
        return self.keep_file(name, size=len(content), description=description)

    def keep_file(self, name: str, *, size: int, content_type: str = "text/plain", description: str = "") -> FileRecord:
        """Have a file in the archive."""
        record = FileRecord(
            id=len(self.stored_files) + 1,
            owner="ada",
            name=name,
            description=description,
            kind="upload",
            content_type=content_type,
            size=size,
            created_at=START,
            updated_at=START,
        )
        self.stored_files[name] = record
        return record

    async def preview_dockerfile(
        self, configuration: ImageConfiguration, *, host_id: int | None = None, image_id: int | None = None
    ) -> GeneratedDockerfile:
        self._answer()
        self.previews.append(configuration)
        if isinstance(configuration, WriteConfiguration):
            problem = DockerfileProblem(
                line=1,
                end_line=1,
                severity="error",
                rule="no-from",
                message="no FROM: start with FROM and a base image",
            )
            starts = configuration.dockerfile.lstrip().upper().startswith("FROM")
            return GeneratedDockerfile(text=configuration.dockerfile, problems=[] if starts else [problem])
        assert isinstance(configuration, GenerateConfiguration)
        return GeneratedDockerfile(text=f"FROM {configuration.base_image}\n\nENV DEBIAN_FRONTEND=noninteractive\n")

    def store(self, draft: ImageDraft, image_id: int | None = None) -> ImageRecord:
        """Store a draft as somebody else's save would."""
        old = self.records.get(image_id) if image_id is not None else None
        new_id = image_id if image_id is not None else len(self.records) + 1
        revision = old.revision + 1 if old else 1
        record = ImageRecord(
            **draft.model_dump(),
            id=new_id,
            creator="ada",
            status=ImageStatus.BUILD_FINISHED,
            host_name="build-01",
            created_at=START,
            updated_at=START + timedelta(minutes=revision),
            revision=revision,
        )
        self.records[new_id] = record
        return record

    def _refuse_taken_name(self, draft: ImageDraft, image_id: int | None) -> None:
        for record in self.records.values():
            if record.id != image_id and record.name.casefold() == draft.name.casefold():
                problem = FieldProblem("name", draft.name, "you have an image of that name", "choose another name")
                raise InvalidInput(problem.sentence(), fields=(problem,))
