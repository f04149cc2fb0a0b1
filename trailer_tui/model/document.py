"""An image as a document of its own: everything that its owner decides, with names in place of numbers.

`trailer export` writes it, `trailer apply` reads it, `trailer schema` describes it. It holds no password and no secret.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
    model_validator,
)

from trailer_tui.model.at_field import at_field
from trailer_tui.model.builtin import is_builtin
from trailer_tui.model.image import Description, ImageConfiguration, ImageDraft, ImageName, ImageRecord
from trailer_tui.model.image_file import MAX_FILES
from trailer_tui.model.stored_file import MAX_FILE_BYTES, FileName, FileUrl, too_large

DOCUMENT_VERSION = 1
"""The only version that there is; a later Trailer may write others and goes on reading this one."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


def _version(value: int) -> int:
    if value != DOCUMENT_VERSION:
        raise ValueError(f"is another version than {DOCUMENT_VERSION}: use the Trailer that wrote it, or a newer one")
    return value


def _decoded(value: object) -> object:
    if not isinstance(value, str):
        return value
    letters = "".join(value.split())
    try:
        content = base64.b64decode(letters, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("is no base64: write what `base64 FILE` prints") from None
    if len(content) > MAX_FILE_BYTES:
        [problem] = too_large(len(content)).fields
        raise ValueError(f"{problem.problem}: {problem.remedy}")
    return content


def _encoded(value: bytes) -> str:
    return base64.b64encode(value).decode()


Content = Annotated[
    bytes,
    BeforeValidator(_decoded),
    PlainSerializer(_encoded, return_type=str),
    WithJsonSchema({"type": "string", "contentEncoding": "base64"}),
]


class DocumentFile(_Model):
    """One file of the archive that the configuration names: its content, or its address."""

    name: FileName
    """Its name in the archive, as `configuration.files` has it."""
    description: Description = ""
    """What it is."""
    url: FileUrl | None = None
    """Where every build fetches it; instead of a content."""
    content: Content | None = Field(default=None, repr=False)
    """The file itself in base64, blanks and line breaks anywhere in it; instead of a URL."""

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.url is None) is (self.content is None):
            raise at_field("name", "has a URL and a content, or neither: give it one of them")
        return self


class ImageDocument(_Model):
    """An image, or a template, of Trailer."""

    trailer: Annotated[
        int, AfterValidator(_version), WithJsonSchema({"const": DOCUMENT_VERSION, "type": "integer"})
    ] = DOCUMENT_VERSION
    """Version of this document: 1, also when it is left out."""
    name: ImageName
    """By which it is found again: applying a document changes the image of yours that has this name, or makes one."""
    description: Description = ""
    """What it is for."""
    host: str = Field(default="", max_length=256)
    """Name of the build host; left out, an image keeps its host and a new one gets the first that is online."""
    enabled: bool = True
    """Whether it can be built and used."""
    template: bool = False
    """Whether it is a template, which is no image but what new ones start from."""
    configuration: ImageConfiguration
    """How the image comes about."""
    uploads: list[DocumentFile] = Field(default=[], max_length=MAX_FILES)
    """Files that the configuration takes from the archive, for a server whose archive lacks them."""

    @model_validator(mode="after")
    def _uploads_fit(self) -> Self:
        wanted, seen = set(archive_names(self.configuration)), set[str]()
        for number, upload in enumerate(self.uploads):
            if upload.name in seen:
                raise at_field(f"uploads.{number}.name", f"{upload.name} is there twice: remove one of them")
            if upload.name not in wanted:
                message = f"{upload.name} is no file of the configuration: name it in configuration.files, or remove it"
                raise at_field(f"uploads.{number}.name", message)
            seen.add(upload.name)
        return self

    @classmethod
    def of(cls, record: ImageRecord, uploads: Iterable[DocumentFile] = ()) -> ImageDocument:
        """The document of a record.

        Args:
            record: of an image or a template, built-in ones too.
            uploads: what is sent along of the files that its configuration names.
        """
        return cls(
            trailer=DOCUMENT_VERSION,
            name=record.name,
            description=record.description,
            host="" if is_builtin(record.id) else record.host_name,
            enabled=record.enabled,
            template=record.is_template,
            configuration=record.configuration,
            uploads=list(uploads),
        )

    def draft(self, host_id: int) -> ImageDraft:
        """What an image on this host is made of, or changed to; it keeps the password that is stored."""
        return ImageDraft(
            name=self.name,
            description=self.description,
            host_id=host_id,
            enabled=self.enabled,
            is_template=self.template,
            configuration=self.configuration,
        )


def archive_names(configuration: ImageConfiguration) -> list[str]:
    """The files of the archive that a configuration names, once each, in its order."""
    if configuration.mode == "pull":
        return []
    return list(dict.fromkeys(file.file for file in configuration.files if file.source == "archive"))
