"""Named conda environments: channels, conda packages and PyPI packages with version specifiers."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

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

from trailer_tui.model.control_characters import refuse_control_characters
from trailer_tui.model.url_login import LoginInUrl, refuse_login

MAX_ENVIRONMENTS = 20
MAX_PACKAGES = 500
DEFAULT_CHANNEL = "conda-forge"

_ENVIRONMENT_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,62}", re.ASCII)
_RESERVED_NAMES = frozenset({"base", "root"})
"""What conda itself calls its own prefix."""

_PACKAGE_NAME = r"[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?"
_CHANNEL_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*(?:/[A-Za-z0-9][A-Za-z0-9_.+-]*)*", re.ASCII)
_CONSTRAINT = re.compile(r"[A-Za-z0-9_.*+!<>=~,| -]+", re.ASCII)
_OPERATOR_ALONE = re.compile(r"[=<>!~]\s*(?:[,|]|$)", re.ASCII)
_OPERATOR = re.compile(r"(?<![0-9])![=<>~!]*|[=<>~][=<>~!]*", re.ASCII)
"""What stands where an operator is expected; the `!` behind a digit ends a version's epoch."""
_KNOWN_OPERATORS = frozenset({"==", "===", ">=", "<=", "!=", "~=", "=", "<", ">"})
_PLAIN_VERSION = re.compile(r"[A-Za-z0-9_.+!-]+", re.ASCII)
_CONDA = re.compile(
    rf"(?:(?P<channel>[^\s:]+(?:://[^\s]+?)?)::)?(?P<name>{_PACKAGE_NAME})(?P<rest>.*)", re.ASCII | re.DOTALL
)
_PYPI = re.compile(
    rf"(?P<name>{_PACKAGE_NAME})\s*(?:\[(?P<extras>[A-Za-z0-9_., -]*)\])?(?P<rest>.*)", re.ASCII | re.DOTALL
)


class Specifier(StrEnum):
    """How a version is limited; the words are those of the original product's packages."""

    EXACTLY = "exactly"
    MINIMUM = "minimum"
    MAXIMUM = "maximum"
    EXCLUDE = "exclude"
    COMPATIBLE = "compatible"
    UNCONSTRAINED = "unconstrained"
    CUSTOM = "custom"

    @property
    def operator(self) -> str:
        """What stands before the version, in conda's and in PyPI's notation; empty for the last two."""
        return _OPERATORS.get(self, "")


_OPERATORS = {
    Specifier.EXACTLY: "==",
    Specifier.MINIMUM: ">=",
    Specifier.MAXIMUM: "<=",
    Specifier.EXCLUDE: "!=",
    Specifier.COMPATIBLE: "~=",
}


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class VersionLimit(_Model):
    """Which versions of a package are wanted."""

    specifier: Specifier = Specifier.UNCONSTRAINED
    constraint: str = ""
    """The version, or for `custom` the whole text, such as `>=1.2,<2`."""

    @classmethod
    def parse(cls, text: str) -> VersionLimit:
        """The limit that stands behind a package's name.

        Raises:
            ValueError: it is none; the message is "problem: remedy".
        """
        text = text.strip()
        if not text:
            return cls()
        if not _CONSTRAINT.fullmatch(text):
            raise ValueError(
                f"has the version {text!r}, which is none: write ==1.2, >=1.2, <=1.2, !=1.2, ~=1.2 or a list such as "
                ">=1.2,<2"
            )
        if _OPERATOR_ALONE.search(text):
            raise ValueError(f"has the operator {text!r} without a version: write one behind it, such as >=1.2")
        unknown = next((found for found in _OPERATOR.findall(text) if found not in _KNOWN_OPERATORS), None)
        if unknown is not None:
            raise ValueError(f"has the operator {unknown!r}, which is none: write ==, >=, <=, !=, ~=, < or >")
        for specifier, operator in _OPERATORS.items():
            version = text.removeprefix(operator).strip()
            if text.startswith(operator) and _PLAIN_VERSION.fullmatch(version):
                return cls(specifier=specifier, constraint=version)
        if not text.startswith(("=", "<", ">", "!", "~")):
            raise ValueError(f"has {text!r} behind its name: write an operator first, such as =={text}")
        return cls(specifier=Specifier.CUSTOM, constraint=text)

    def __str__(self) -> str:
        return f"{self.specifier.operator}{self.constraint}"


class CondaPackage(_Model):
    """One conda package; as text `channel::name>=1.2`."""

    name: str
    version: VersionLimit = VersionLimit()
    channel: str = ""
    """The channel that it must come from; empty takes it from any of the environment's."""

    @model_validator(mode="after")
    def _is_one_package(self) -> Self:
        match = _CONDA.fullmatch(str(self))
        if match is None or (match["channel"] or "", match["name"].lower()) != (self.channel, self.name):
            raise ValueError(f"{str(self)[:80]!r} is no conda package: write name, name==1.2 or channel::name>=1.2")
        if self.channel:
            _channel(self.channel)
        _limit(self.name, match["rest"])
        return self

    @classmethod
    def parse(cls, text: str) -> CondaPackage:
        """The package of one line.

        Raises:
            ValueError: it is none; the message is "problem: remedy".
        """
        match = _CONDA.fullmatch(text.strip())
        if "://" in text and "@" in text and not (match and match["channel"]):
            raise LoginInUrl("has a URL that is none of a channel: write https://host/channel::name, without a login")
        if match is None:
            raise ValueError(f"{text.strip()!r} is no conda package: write name, name==1.2 or channel::name>=1.2")
        channel = _channel(match["channel"]) if match["channel"] else ""
        return cls(name=match["name"].lower(), version=_limit(match["name"], match["rest"]), channel=channel)

    def __str__(self) -> str:
        return f"{self.channel}::{self.name}{self.version}" if self.channel else f"{self.name}{self.version}"


class PypiPackage(_Model):
    """One package of the Python package index; as text `name[extra]>=1.2`."""

    name: str
    version: VersionLimit = VersionLimit()
    extras: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _is_one_package(self) -> Self:
        match = _PYPI.fullmatch(str(self))
        if match is None or match["name"] != self.name:
            raise ValueError(f"{str(self)[:80]!r} is no PyPI package: write name, name==1.2 or name[extra]>=1.2")
        _limit(self.name, match["rest"])
        return self

    @classmethod
    def parse(cls, text: str) -> PypiPackage:
        """The package of one line.

        Raises:
            ValueError: it is none; the message is "problem: remedy".
        """
        text = text.strip()
        if "://" in text and "@" in text:
            raise LoginInUrl("has a URL, and packages come from the index: write name, name==1.2 or name[extra]>=1.2")
        match = _PYPI.fullmatch(text)
        if match is None or "@" in text or ";" in text:
            raise ValueError(f"{text!r} is no PyPI package: write name, name==1.2 or name[extra]>=1.2")
        extras = tuple(part for piece in (match["extras"] or "").split(",") if (part := piece.strip()))
        return cls(name=match["name"], version=_limit(match["name"], match["rest"]), extras=extras)

    def __str__(self) -> str:
        extras = f"[{','.join(self.extras)}]" if self.extras else ""
        return f"{self.name}{extras}{self.version}"


def _limit(name: str, text: str) -> VersionLimit:
    try:
        return VersionLimit.parse(text)
    except ValueError as error:
        raise ValueError(f"{name} {error}") from None


def _from_text(kind: type[CondaPackage] | type[PypiPackage]) -> Any:
    def parsed(value: object) -> object:
        return kind.parse(value) if isinstance(value, str) else value

    return parsed


_PACKAGE_SCHEMA = WithJsonSchema(
    {"type": "string", "description": "A package and its version limit, such as numpy>=1.26", "minLength": 1}
)

# As text in documents and files, as in every environment.yml; an object with the parts is understood too.
AnyCondaPackage = Annotated[
    CondaPackage, BeforeValidator(_from_text(CondaPackage)), PlainSerializer(str, return_type=str), _PACKAGE_SCHEMA
]
AnyPypiPackage = Annotated[
    PypiPackage, BeforeValidator(_from_text(PypiPackage)), PlainSerializer(str, return_type=str), _PACKAGE_SCHEMA
]


def _environment_name(value: str) -> str:
    if not _ENVIRONMENT_NAME.fullmatch(value):
        raise ValueError(
            "is no name of an environment: write lower-case letters, digits, dot, dash and underscore, 63 at most, "
            "the first a letter or digit"
        )
    if value in _RESERVED_NAMES:
        raise ValueError(f"is what conda calls its own prefix: choose another name than {value}")
    return value


def _channel(value: str) -> str:
    value = value.strip().rstrip("/")
    refuse_control_characters(value)
    if "://" in value:
        return _web_address(value, what="channel")
    if not _CHANNEL_NAME.fullmatch(value):
        raise ValueError(f"{value[:80]!r} is no channel: write a name such as conda-forge, or an http or https URL")
    return value


def _web_address(value: str, *, what: str) -> str:
    try:
        parts = urlsplit(value)
        host, user = parts.hostname, parts.username
        _ = parts.port
    except ValueError:
        raise ValueError(f"is no URL of a {what}: write https://host/path") from None
    if parts.scheme not in ("http", "https") or not host:
        raise ValueError(f"is no URL of a {what}: write https://host/path")
    if user is not None or parts.password is not None or re.match(r"/t/[^/]+/", parts.path):
        raise LoginInUrl(
            f"has a login in the URL of the {what}, which would stay in the image and in logs: leave it out"
        )
    refuse_login(value)
    if re.search(r"[\s\"'`\\$<>{}|^]", value) or not value.isascii():
        raise ValueError(f"has a character that no URL of a {what} may have: encode it, such as %20 for a blank")
    return value


def _index(value: str) -> str:
    value = value.strip()
    refuse_control_characters(value)
    return _web_address(value, what="package index") if value else ""


EnvironmentName = Annotated[str, AfterValidator(_environment_name)]
Channel = Annotated[str, AfterValidator(_channel)]


class Environment(_Model):
    """One named environment."""

    name: EnvironmentName
    """By which startup commands and `ws-run` name it."""
    channels: list[Channel] = Field(default=[DEFAULT_CHANNEL], max_length=20)
    """In order of priority: names, or URLs without a login."""
    conda: list[AnyCondaPackage] = Field(default=[], max_length=MAX_PACKAGES)
    """Packages of the channels: name, name==1.2 or channel::name>=1.2."""
    pypi: list[AnyPypiPackage] = Field(default=[], max_length=MAX_PACKAGES)
    """Packages of the Python package index: name, name==1.2 or name[extra]>=1.2."""
    pypi_index: Annotated[str, AfterValidator(_index)] = ""
    """Another package index than PyPI, without a login; empty takes what the installer image uses."""


def unique_environments(environments: list[Environment]) -> list[Environment]:
    """The same list; a validator.

    Raises:
        ValueError: two have one name.
    """
    names = [environment.name for environment in environments]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"has two environments named {twice}: rename one of them")
    return environments


Environments = Annotated[list[Environment], Field(max_length=MAX_ENVIRONMENTS), AfterValidator(unique_environments)]
