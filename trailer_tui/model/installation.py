"""How an application gets into an image: what one entry of the catalogue says for one distribution."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, model_validator

from trailer_tui.model.control_characters import refuse_control_characters

Architecture = Literal["amd64", "arm64"]

_PACKAGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9+._:-]{0,127}", re.ASCII)
_URL = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~:/?#@!$&()*+,;=%-]*)?", re.ASCII)
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}", re.ASCII)
_WORD = re.compile(r"/|(?!.*\.\.)[A-Za-z0-9_+][A-Za-z0-9./_+-]{0,99}", re.ASCII)
_PATH = re.compile(r"(/[A-Za-z0-9_+][A-Za-z0-9._+-]*)+", re.ASCII)
_REQUIREMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._\[\],<>=!~*-]{0,120}", re.ASCII)


class CatalogueModel(BaseModel):
    """Base of everything in the catalogue."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _matching(pattern: re.Pattern[str], what: str) -> AfterValidator:
    def check(value: str) -> str:
        if not pattern.fullmatch(value):
            raise ValueError(f"is no {what}: leave out what does not belong there")
        return value

    return AfterValidator(check)


def _sentence(value: str) -> str:
    if not value.strip() or len(value) > 300:
        raise ValueError("is empty or longer than 300 characters: write one short line")
    refuse_control_characters(value)
    return value


PackageName = Annotated[str, _matching(_PACKAGE, "name of a package")]
Url = Annotated[str, _matching(_URL, "http or https address without account and spaces")]
ShortName = Annotated[str, _matching(_NAME, "short name of lower-case letters, digits and -")]
Word = Annotated[str, _matching(_WORD, "single word of letters, digits and . / _ + -")]
ProgramPath = Annotated[str, _matching(_PATH, "absolute path of letters, digits and . _ + -")]
Requirement = Annotated[str, _matching(_REQUIREMENT, "requirement of pip")]
Sentence = Annotated[str, AfterValidator(_sentence)]


class AptRepository(CatalogueModel):
    """A vendor's own apt repository, and what is installed from it."""

    name: ShortName
    """Names the files that are written."""
    key: Url
    """The signing key."""
    key_is_armored: bool = True
    """Whether it is text; otherwise binary."""
    address: Url
    suite: Word
    """A suite, or `/` for a flat repository."""
    components: tuple[Word, ...] = ()
    packages: tuple[PackageName, ...]
    pin: int | None = None
    """Priority over the distribution's own packages of the same names."""


class DnfRepository(CatalogueModel):
    """A vendor's own rpm repository, and what is installed from it."""

    name: ShortName
    key: Url
    address: Url
    packages: tuple[PackageName, ...]


class PackageFile(CatalogueModel):
    """A single package that the vendor publishes as a file."""

    addresses: dict[Architecture, Url]


class Archive(CatalogueModel):
    """A tar archive that the vendor publishes, unpacked into a folder of its own."""

    addresses: dict[Architecture, Url]
    folder: ProgramPath
    """Where it is unpacked, without the archive's own first folder."""
    programs: tuple[Word, ...]
    """Paths inside, each linked into /usr/local/bin."""
    menu: Word | None = None
    """The program that gets an entry in the menus of desktops."""


class PythonTool(CatalogueModel):
    """Python packages in a virtual environment of their own, made with the distribution's Python."""

    folder: ProgramPath
    packages: tuple[Requirement, ...]
    programs: tuple[Word, ...]
    """Names in its bin folder, each linked into /usr/local/bin."""


class Route(CatalogueModel):
    """One way into an image, or why there is none."""

    unavailable: Sentence | None = None
    """Why it cannot be had."""
    included: bool = False
    """Whether the image has it already."""
    repositories: tuple[ShortName, ...] = ()
    """Repositories of the system that must be enabled first, by their ids there."""
    packages: tuple[PackageName, ...] = ()
    """Of the distribution; also what the ways below need."""
    apt: AptRepository | None = None
    dnf: DnfRepository | None = None
    file: PackageFile | None = None
    archive: Archive | None = None
    python: PythonTool | None = None
    architectures: tuple[Architecture, ...] = ()
    """The only ones that it exists for; empty means all."""
    remove: tuple[ProgramPath, ...] = ()
    """Files that installing makes and that no two containers should share, such as host keys."""
    no_sandbox: tuple[ProgramPath, ...] = ()
    """Programs whose menu entries get `--no-sandbox`: without privileges a container cannot give them their sandbox."""

    @property
    def vendor(self) -> AptRepository | DnfRepository | PackageFile | Archive | PythonTool | None:
        """The way beside the distribution's packages."""
        return self.apt or self.dnf or self.file or self.archive or self.python

    @model_validator(mode="after")
    def _says_one_thing(self) -> Route:
        ways = [way for way in (self.apt, self.dnf, self.file, self.archive, self.python) if way is not None]
        if len(ways) > 1:
            raise ValueError("has several of apt, dnf, file, archive, python: keep one")
        installs = bool(ways or self.packages)
        if [self.unavailable is not None, self.included, installs].count(True) != 1:
            raise ValueError(
                "says nothing or contradicts itself: give packages, or one way, or unavailable with a reason"
            )
        return self


class Installation(Route):
    """What holds for one distribution."""

    on_desktop: Route | None = None
    """What holds instead in that distribution's desktop images."""

    def route(self, *, on_desktop: bool) -> Route:
        """The one that counts in a desktop image, or in any other."""
        return self.on_desktop if on_desktop and self.on_desktop is not None else self
