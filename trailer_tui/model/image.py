"""The image record and its configuration: one validated document, a union on `mode`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from trailer_tui.model.at_field import at_field
from trailer_tui.model.builtin import is_builtin
from trailer_tui.model.control_characters import refuse_control_characters
from trailer_tui.model.environment import Environments
from trailer_tui.model.image_file import ImageFiles
from trailer_tui.model.reference import ImageReference, ReferenceProblem
from trailer_tui.model.secret import SecretName
from trailer_tui.model.services import MAX_WINDOWS_PASSWORD, Services
from trailer_tui.model.startup import StartupCommands
from trailer_tui.model.status import ImageStatus
from trailer_tui.model.workspace_user import WorkspaceUser
from trailer_tui.printable import first_control_character

MAX_NAME_LENGTH = 128
MAX_DESCRIPTION_LENGTH = 4000
MAX_DOCKERFILE_BYTES = 1_000_000
"""An engine's Dockerfile parser stops at lines of 64 KiB; a megabyte is far beyond any hand-written file."""

DEFAULT_BASE_IMAGE = "ubuntu:24.04"


def _name(value: str) -> str:
    value = value.strip()
    if not value:
        raise ValueError("is empty: give the image a name")
    if len(value) > MAX_NAME_LENGTH:
        raise ValueError(f"has {len(value)} characters: shorten it to {MAX_NAME_LENGTH}")
    refuse_control_characters(value)
    return value


def _description(value: str) -> str:
    if len(value) > MAX_DESCRIPTION_LENGTH:
        raise ValueError(f"has {len(value)} characters: shorten it to {MAX_DESCRIPTION_LENGTH}")
    refuse_control_characters(value, allowed="\n\t")
    return value


def _reference(value: str) -> str:
    try:
        ImageReference.parse(value)
    except ReferenceProblem as problem:
        raise ValueError(f"{problem}: {problem.remedy}" if problem.remedy else str(problem)) from None
    return value


def _taggable(value: str) -> str:
    _reference(value)
    if ImageReference.parse(value).digest:
        raise ValueError("has a digest: an image that is built gets a tag; write repository:tag")
    return value


def _dockerfile(value: str) -> str:
    if len(value.encode("utf-8", "surrogatepass")) > MAX_DOCKERFILE_BYTES:
        raise ValueError(f"is larger than {MAX_DOCKERFILE_BYTES} bytes: put data into files of the build context")
    if "\x00" in value:
        raise ValueError("holds a NUL character: remove it")
    return value


def _windows_password(value: str) -> str:
    if first_control_character(value):
        raise ValueError("has a control character: remove it")  # never says which or where
    return value


# A message of these validators is "problem: remedy"; the border to HTTP splits it into a FieldProblem.
ImageName = Annotated[str, AfterValidator(_name)]
Description = Annotated[str, AfterValidator(_description)]
PullableReference = Annotated[str, AfterValidator(_reference)]
TaggableReference = Annotated[str, AfterValidator(_taggable)]
DockerfileText = Annotated[str, AfterValidator(_dockerfile)]
WindowsPassword = Annotated[
    str, Field(min_length=1, max_length=MAX_WINDOWS_PASSWORD), AfterValidator(_windows_password)
]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _BuiltImage(_Model):
    image_name: TaggableReference
    """The reference that the built image gets."""
    pull_base: bool = False
    """Pull the base image even when the host has it."""
    squash: bool | None = None
    """Merge all layers into one; None takes the build host's default."""
    push: bool = False
    """Push to the registry that the image name implies after a successful build."""
    secrets: list[SecretName] = Field(default=[], max_length=50)
    """Build secrets of the image's creator that steps may mount, by name; the name is the id in `--mount`."""
    ssh_agent: bool = False
    """Whether steps may use the server's ssh agent (`--mount=type=ssh`)."""
    services: Services = Services()
    """Applications, and a desktop."""
    user: WorkspaceUser = WorkspaceUser()
    """Not for Windows images."""
    startup: StartupCommands = []
    """One is the main process; several run side by side. Not for Windows images."""
    files: ImageFiles = []
    """What is put into the image, and where."""

    @model_validator(mode="after")
    def _fits_windows(self) -> Self:
        if self.services.is_windows and self.user.is_set:
            raise at_field("user", "is set, and Windows images take none: clear uid, name, gid and group")
        if self.services.is_windows and self.startup:
            raise at_field("startup", "has commands, and Windows images take none: remove them")
        for number, file in enumerate(self.files):
            if file.destination.startswith("/") is self.services.is_windows:
                kind, start = ("Windows", "C:\\") if self.services.is_windows else ("Linux", "/")
                message = f"is no path in a {kind} image: start it with {start}"
                raise at_field(f"files.{number}.destination", message)
        return self


class GenerateConfiguration(_BuiltImage):
    """Trailer writes the Dockerfile."""

    mode: Literal["generate"] = "generate"
    """Trailer writes the Dockerfile."""
    base_image: PullableReference = DEFAULT_BASE_IMAGE
    """What the image is built on."""
    environments: Environments = []
    """Conda environments; startup commands name them."""

    @model_validator(mode="after")
    def _knows_environments(self) -> Self:
        if self.services.is_windows and self.environments:
            raise at_field("environments", "is not empty, and Windows images take none: remove them")
        names = {environment.name for environment in self.environments}
        for number, command in enumerate(self.startup):
            if command.environment and command.environment not in names:
                message = (
                    f"names {command.environment}, which there is not: choose {', '.join(sorted(names)) or 'none'}"
                )
                raise at_field(f"startup.{number}.environment", message)
        return self


class WriteConfiguration(_BuiltImage):
    """The user writes the Dockerfile."""

    mode: Literal["write"] = "write"
    """The Dockerfile is written by hand."""
    dockerfile: DockerfileText = ""
    """Its text; what the other settings ask for is added to its last stage."""

    @model_validator(mode="after")
    def _has_no_environments(self) -> Self:
        for number, command in enumerate(self.startup):
            if command.environment:
                message = "is set, and a hand-written Dockerfile has no environment of Trailer's: leave it empty"
                raise at_field(f"startup.{number}.environment", message)
        return self


class PullConfiguration(_Model):
    """An existing image is pulled; nothing is built."""

    mode: Literal["pull"] = "pull"
    """The image comes from a registry."""
    image: PullableReference
    """What is pulled."""
    push: bool = False
    """Push to the registry that its name implies."""

    @property
    def image_name(self) -> str:
        """The reference of the result, which is the one that is pulled."""
        return self.image


ImageConfiguration = Annotated[
    GenerateConfiguration | WriteConfiguration | PullConfiguration, Field(discriminator="mode")
]

CONFIGURATION_VERSION = 1
"""Version of the configuration document as it is stored."""


class ImageDraft(_Model):
    """What the form sends: everything about an image that its owner decides."""

    name: ImageName
    description: Description = ""
    host_id: int = Field(ge=1, le=2**53)
    enabled: bool = True
    is_template: bool = False
    configuration: ImageConfiguration
    windows_password: WindowsPassword | None = Field(
        default=None, repr=False, json_schema_extra={"writeOnly": True, "format": "password"}
    )
    """A new password of a Windows image's account; None keeps the stored one, and a template keeps none. Never read
    back."""

    model_config = ConfigDict(hide_input_in_errors=True)

    @model_validator(mode="after")
    def _password_fits(self) -> Self:
        if self.windows_password is not None and not self.is_windows:
            raise at_field("windows_password", "is set, and this is no Windows image: leave it out")
        return self

    @property
    def is_windows(self) -> bool:
        """Whether the image is one of Windows, whose account has a password."""
        return self.configuration.mode != "pull" and self.configuration.services.is_windows


class ImageRecord(ImageDraft):
    """An image as it is stored."""

    id: int
    host_id: int = Field(ge=0, le=2**53)
    """0 for what comes with Trailer, which names no host."""
    creator: str
    status: ImageStatus
    status_detail: str = ""
    host_name: str
    created_at: datetime
    updated_at: datetime
    revision: int
    """An edit names the revision it started from; another one stored meanwhile makes it a conflict."""
    configuration_version: int = CONFIGURATION_VERSION
    last_build_id: int | None = None
    last_build_number: int | None = None
    changed_since_build: bool = False
    pushable: bool = False
    """Whether the last build left an image, under a tag, that can be pushed without building again."""
    windows_password_set: bool = False
    """Whether a password is stored for the account of a Windows image."""

    @property
    def pulled(self) -> bool:
        """Whether the image comes from a registry instead of a build."""
        return self.configuration.mode == "pull"

    @property
    def has_environments(self) -> bool:
        """Whether its configuration has environments, whose packages a build resolves."""
        return self.configuration.mode == "generate" and bool(self.configuration.environments)

    @property
    def is_builtin(self) -> bool:
        """Whether it comes with Trailer and is read-only."""
        return is_builtin(self.id)

    def draft(self) -> ImageDraft:
        """The part that an edit may change."""
        return ImageDraft.model_validate(self.model_dump(include=set(ImageDraft.model_fields)))


class GeneratedDockerfile(_Model):
    """The Dockerfile that a configuration gives, and what a check of it says."""

    text: str
    notes: list[str] = []
    """What had better be known of the result, such as that a language needs another base."""
    problems: list[DockerfileProblem] = []
    context_files: list[ContextFile] = []


class DockerfileProblem(_Model):
    """One finding of the Dockerfile check."""

    line: int
    """First line of the finding, from 1."""
    end_line: int
    severity: Literal["error", "warning"]
    rule: str
    """Short stable name, such as `unknown-instruction`."""
    message: str
    """What is wrong and what to write instead."""


class ContextFile(_Model):
    """One file of the build context."""

    path: str
    size: int
    """Bytes."""


class BatchSkip(_Model):
    """One row of a batch that the action does not apply to."""

    id: int
    name: str
    reason: str


class BatchOutcome(_Model):
    """What a batch does (asked as a plan) or did."""

    done: list[int]
    names: list[str]
    """Names of `done`, in the same order."""
    skipped: list[BatchSkip]
