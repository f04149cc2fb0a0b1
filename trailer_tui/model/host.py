"""Docker hosts and what they say they can do."""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from trailer_tui.model.host_address import checked_address
from trailer_tui.model.reference import ImageReference, ReferenceProblem
from trailer_tui.model.status import HostState
from trailer_tui.printable import first_control_character

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)


def _name(value: str) -> str:
    if not _NAME.fullmatch(value):
        raise ValueError(
            "is no host name: write letters, digits, dot, dash and underscore, 64 at most, the first a letter or digit"
        )
    return value


def _file(value: str) -> str:
    if not value.startswith("/"):
        raise ValueError("is no absolute path: write where the file lies on the machine of Trailer's server")
    if first_control_character(value):
        raise ValueError("holds a control character: remove it")
    return value


def _image(value: str) -> str:
    try:
        ImageReference.parse(value)
    except ReferenceProblem as problem:
        raise ValueError(f"{problem}: {problem.remedy}" if problem.remedy else str(problem)) from None
    return value


def _optional_image(value: str) -> str:
    return _image(value) if value else value


def _mirror(value: str) -> str:
    value = value.strip().rstrip("/")
    if not value:
        return value
    if "://" in value:
        raise ValueError("is a URL: write the registry alone, such as registry.lan or registry.lan/hub")
    _image(f"{value}/library/image")
    first = value.partition("/")[0]
    if "." not in first and ":" not in first and first != "localhost":
        raise ValueError("names no registry: start with its host, such as registry.lan/hub")
    return value


def _label(value: str) -> str:
    value = value.strip()
    if not value or len(value) > 64:
        raise ValueError("is empty or longer than 64 characters: shorten it")
    if first_control_character(value) or "," in value:
        raise ValueError("holds a comma or a control character: remove it")
    return value


class BuilderChoice(StrEnum):
    """Which of an engine's builders Trailer uses on a host."""

    AUTO = "auto"
    """BuildKit where the engine has it, otherwise the classic builder."""
    BUILDKIT = "buildkit"
    CLASSIC = "classic"


class TlsFiles(BaseModel):
    """The certificates that reach a `tcp://` host, as absolute paths on the machine of Trailer's server."""

    model_config = ConfigDict(extra="forbid")

    ca: Annotated[str, AfterValidator(_file)]
    certificate: Annotated[str, AfterValidator(_file)]
    key: Annotated[str, AfterValidator(_file)]


class Capabilities(BaseModel):
    """What an engine answered when asked; code asks these, never a version number."""

    model_config = ConfigDict(extra="ignore")

    engine: str = "Docker"
    """`Docker` or `Podman`."""
    engine_id: str = ""
    """What the engine calls itself on every address; empty where it has no lasting id."""
    engine_version: str
    api_version: str
    operating_system: str
    """`linux` or `windows`."""
    architecture: str
    builders: list[Literal["buildkit", "classic"]] = ["classic"]
    """The builders that the engine has."""
    builder: str = "classic"
    """The builder that Trailer uses on this host: the host's choice where the engine has it. The next fields are
    about this one."""
    route: str = ""
    """How BuildKit is reached: `grpc` (upgrade), `h2c` (HTTP/2 at once), `session`; empty for the classic builder."""
    heredocs: bool = False
    """Whether that builder understands heredocs in a Dockerfile."""
    git_sources: bool = False
    """Whether ADD clones a git address."""
    secrets: bool = False
    """Whether RUN can mount build secrets and the ssh agent."""
    syntax_directive: bool = False
    """Whether `# syntax=` chooses another Dockerfile frontend."""
    clips_output: bool = False
    """Whether the engine leaves out output of a step that prints very much."""
    platforms: list[str] = []
    image_store: str = ""
    """The storage driver."""
    containerd_store: bool = False
    """Whether images lie in containerd's store, which changes what an image's id is."""
    cpus: int = 0
    memory: int = 0
    """Bytes."""
    data_folder: str = ""
    """Where the engine keeps its data, a path on the host."""


class HostDraft(BaseModel):
    """What an administrator decides about a host."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, AfterValidator(_name)]
    address: Annotated[str, AfterValidator(checked_address)]
    tls: TlsFiles | None = None
    """Only for `tcp://`; None speaks plain text."""
    enabled: bool = True
    builder: BuilderChoice = BuilderChoice.AUTO
    parallel_builds: int = Field(default=2, ge=1, le=64)
    squash_default: bool = False
    pull_minutes: int = Field(default=60, ge=1, le=10_080)
    """A pull that takes longer is ended."""
    build_minutes: int = Field(default=240, ge=1, le=10_080)
    """A build (without pulls and push, with squash) that takes longer is ended."""
    push_minutes: int = Field(default=60, ge=1, le=10_080)
    registry_mirror: Annotated[str, AfterValidator(_mirror)] = ""
    """Registry, or registry and prefix, from which images of Docker Hub are pulled: `registry.lan/hub`."""
    installer_image: Annotated[str, AfterValidator(_optional_image)] = ""
    """Image that brings the conda installer of environments; empty takes the default one."""
    labels: list[Annotated[str, AfterValidator(_label)]] = Field(default=[], max_length=32)
    """Words that tell people what the host is for."""

    def engine_settings(self) -> tuple[object, ...]:
        """What decides how an engine is reached and what it is used as; when one differs it is another engine."""
        return self.address, self.tls, self.builder

    @model_validator(mode="after")
    def _tls_needs_tcp(self) -> Self:
        if self.tls is not None and not self.address.startswith("tcp://"):
            raise ValueError("TLS files are for tcp:// addresses: remove them, or write tcp://host:port")
        return self


class DiskSpace(BaseModel):
    """Room on the disk of an engine's data folder, in bytes."""

    model_config = ConfigDict(extra="ignore")

    total: int
    free: int
    measured_at: datetime


class Host(HostDraft):
    """A host as it is stored, with its live state."""

    address: str
    """Not checked again: one that was stored once is shown as a host that cannot be reached."""
    id: int
    revision: int = 1
    """Counts edits, and enabling and disabling; an edit names the one it started from."""
    state: HostState = HostState.UNKNOWN
    capabilities: Capabilities | None = None
    error: str = ""
    """The engine's or the transport's own words when it is offline."""
    hint: str = ""
    """What to do about it."""
    offline_since: datetime | None = None
    next_check_at: datetime | None = None
    running: int = 0
    """Builds that run there now."""
    queued: int = 0
    disk: DiskSpace | None = None
    """None while nobody could measure it; `disk_note` says why."""
    disk_note: str = ""

    def draft(self) -> HostDraft:
        """The part that an administrator may change."""
        return HostDraft.model_construct(**{name: getattr(self, name) for name in HostDraft.model_fields})


class PruneTarget(StrEnum):
    """What a prune can remove from a host."""

    DANGLING_IMAGES = "dangling-images"
    """Images without a name that nothing uses, other than Trailer's old versions."""
    BUILD_CACHE = "build-cache"
    """Build cache that no running build uses."""
    OLD_VERSIONS = "old-versions"
    """Images that earlier builds of Trailer's records made and that have no name any more."""

    @property
    def label(self) -> str:
        """The target in words."""
        return {
            "dangling-images": "Dangling images",
            "build-cache": "Build cache",
            "old-versions": "Trailer's old versions",
        }[self.value]


class PruneItem(BaseModel):
    """What a prune of one target would remove, or removed."""

    target: PruneTarget
    count: int
    size: int
    """Bytes that are freed; layers that something else still uses are not counted where the engine says so."""
    error: str = ""
    """Why it could not be removed, or not all of it."""


class HostUsage(BaseModel):
    """What fills a host's disk, in bytes."""

    host_id: int
    disk: DiskSpace | None
    disk_note: str = ""
    images: int
    images_size: int
    containers: int
    containers_size: int
    volumes: int
    volumes_size: int
    build_cache_size: int
    prunable: list[PruneItem]
    """One for each target, in the order of `PruneTarget`."""


class ImportSkip(BaseModel):
    """A docker context that was not made into a host."""

    name: str
    reason: str


class ImportOutcome(BaseModel):
    """What an import of docker contexts did."""

    added: list[Host]
    skipped: list[ImportSkip]
