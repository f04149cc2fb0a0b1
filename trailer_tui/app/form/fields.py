"""The fields of the form: where each lives in an image draft, what it is called, and for which images it exists."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from trailer_tui.app.form.entries import Entry, entry_words
from trailer_tui.model.image import DEFAULT_BASE_IMAGE
from trailer_tui.model.services import DEFAULT_WINDOWS_USER

Value: TypeAlias = str | bool | int | tuple[Entry, ...] | tuple[str, ...] | None
"""What one field holds: exactly what was typed or chosen. A list of entries, or of ids, is a tuple."""


class Mode(StrEnum):
    """How the image comes about; the discriminator of the configuration."""

    GENERATE = "generate"
    PULL = "pull"
    WRITE = "write"

    @property
    def label(self) -> str:
        """The mode in words."""
        return {"generate": "Generate Dockerfile", "pull": "Pull an image", "write": "Write Dockerfile"}[self.value]


ALL_MODES = frozenset(Mode)
BUILT_MODES = frozenset({Mode.GENERATE, Mode.WRITE})


class Scope(StrEnum):
    """For which images of a mode a field exists."""

    ANY = "any"
    LINUX = "linux"
    """All but Windows images, with or without a desktop."""
    DESKTOP = "desktop"
    """Images with a virtual desktop, of Linux or Windows."""
    LINUX_DESKTOP = "linux desktop"
    WINDOWS = "windows"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an image draft."""

    path: str
    """Dotted path in the draft, without the mode: `configuration.base_image`. It also names the field in the form; of
    two fields that take turns at one place, the second has `@` and a word behind the path."""
    label: str
    default: Value
    modes: frozenset[Mode] = ALL_MODES
    """Modes whose draft has the field; in the others its value is kept but neither checked nor sent."""
    scope: Scope = Scope.ANY
    """Images that have the field; as with modes, others keep its value."""
    is_line: bool = False
    """One line of text: white space around it is not meant."""
    is_list: bool = False
    """Typed as one line with commas, meant as a list."""
    is_number: bool = False
    """Typed as text, meant as a whole number, or as none where nothing is typed."""
    is_secret: bool = False
    """Never shown and never read back; an empty one keeps what is stored."""
    entry: str = ""
    """What one entry of a list is called; empty for a field that is no list of entries."""

    @property
    def place(self) -> str:
        """The dotted path in the draft."""
        return self.path.partition("@")[0]


def meant(field: Field, value: Value) -> object:
    """What a typed value means in a draft: a line without the blanks around it, a list of the parts between commas."""
    if isinstance(value, tuple):
        return list(value)
    if not isinstance(value, str):
        return value
    if field.is_list:
        return [part for piece in value.split(",") if (part := piece.strip())]
    if field.is_secret:
        return value or None
    if field.is_number:
        text = value.strip()
        return (int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else text) if text else None
    return value.strip() if field.is_line else value


def typed(field: Field, value: Any) -> Value:
    """What stands in the form for a draft's value: a list as one line with commas, a number as text."""
    if field.is_list:
        return ", ".join(value)
    if field.is_secret:
        return ""
    if field.is_number:
        return "" if value is None else str(value)
    stands: Value = tuple(value) if isinstance(value, list) else value
    return stands


NAME = Field("name", "Name", "", is_line=True)
DESCRIPTION = Field("description", "Description", "")
HOST = Field("host_id", "Build host", None)
MODE = Field("configuration.mode", "Kind of image", Mode.GENERATE.value)
BASE_IMAGE = Field(
    "configuration.base_image",
    "Base image",
    DEFAULT_BASE_IMAGE,
    frozenset({Mode.GENERATE}),
    Scope.LINUX,
    is_line=True,
)
WINDOWS_BASE_IMAGE = Field(
    "configuration.base_image@windows",
    "Base image",
    "",
    frozenset({Mode.GENERATE}),
    Scope.WINDOWS,
    is_line=True,
)
PULLED_IMAGE = Field("configuration.image", "Image to pull", "", frozenset({Mode.PULL}), is_line=True)
DOCKERFILE = Field("configuration.dockerfile", "Dockerfile", "", frozenset({Mode.WRITE}))
IMAGE_NAME = Field("configuration.image_name", "Image name", "", BUILT_MODES, is_line=True)
PULL_BASE = Field("configuration.pull_base", "Pull base image", default=False, modes=BUILT_MODES)
SQUASH = Field("configuration.squash", "Squash final image", None, BUILT_MODES, Scope.LINUX)
WINDOWS_SQUASH = Field(
    "configuration.squash@windows", "Squash final image", default=False, modes=BUILT_MODES, scope=Scope.WINDOWS
)
SECRETS = Field("configuration.secrets", "Build secrets", "", BUILT_MODES, is_list=True)
SSH_AGENT = Field("configuration.ssh_agent", "ssh agent", default=False, modes=BUILT_MODES)
PUSH = Field("configuration.push", "Push after build", default=False)
ENABLED = Field("enabled", "Enabled", default=True)
ENVIRONMENTS = Field(
    "configuration.environments", "Environments", (), frozenset({Mode.GENERATE}), Scope.LINUX, entry="environment"
)

_DESKTOP = "configuration.services.desktop"
VIRTUAL_DESKTOP = Field(_DESKTOP, "Virtual Desktop", default=False, modes=BUILT_MODES)
SYSTEM = Field(f"{_DESKTOP}.operating_system", "Operating system", "debian", BUILT_MODES, Scope.DESKTOP)
DESKTOP_ENVIRONMENT = Field(f"{_DESKTOP}.environment", "Desktop environment", "xfce", BUILT_MODES, Scope.LINUX_DESKTOP)
KEYBOARD = Field(f"{_DESKTOP}.keyboard", "Keyboard layout", "", BUILT_MODES, Scope.LINUX_DESKTOP)
LANGUAGE = Field(f"{_DESKTOP}.language", "System language", "", BUILT_MODES, Scope.LINUX_DESKTOP)
EDITION = Field(f"{_DESKTOP}.edition", "Windows edition", "11", BUILT_MODES, Scope.WINDOWS)
WINDOWS_USER = Field(f"{_DESKTOP}.username", "Username", DEFAULT_WINDOWS_USER, BUILT_MODES, Scope.WINDOWS, is_line=True)
WINDOWS_PASSWORD = Field("windows_password", "Password", "", BUILT_MODES, Scope.WINDOWS, is_secret=True)
WINDOWS_KEYBOARD = Field(f"{_DESKTOP}.keyboard@windows", "Keyboard layout", "", BUILT_MODES, Scope.WINDOWS)
WINDOWS_LANGUAGE = Field(f"{_DESKTOP}.language@windows", "System language", "", BUILT_MODES, Scope.WINDOWS)
APPLICATIONS = Field("configuration.services.applications", "General applications", (), BUILT_MODES, Scope.LINUX)
DESKTOP_APPLICATIONS = Field(
    "configuration.services.desktop_applications", "Desktop applications", (), BUILT_MODES, Scope.LINUX
)

UID = Field("configuration.user.uid", "uid", "", BUILT_MODES, Scope.LINUX, is_line=True, is_number=True)
USER_NAME = Field("configuration.user.name", "User name", "", BUILT_MODES, Scope.LINUX, is_line=True)
GID = Field("configuration.user.gid", "gid", "", BUILT_MODES, Scope.LINUX, is_line=True, is_number=True)
GROUP = Field("configuration.user.group", "Group name", "", BUILT_MODES, Scope.LINUX, is_line=True)
STARTUP = Field("configuration.startup", "Startup", (), BUILT_MODES, Scope.LINUX, entry="command")
FILES = Field("configuration.files", "Files", (), BUILT_MODES, Scope.LINUX, entry="file")
WINDOWS_FILES = Field("configuration.files@windows", "Files", (), BUILT_MODES, Scope.WINDOWS, entry="file")

FIELDS: tuple[Field, ...] = (
    NAME,
    DESCRIPTION,
    HOST,
    MODE,
    BASE_IMAGE,
    WINDOWS_BASE_IMAGE,
    PULLED_IMAGE,
    DOCKERFILE,
    IMAGE_NAME,
    PULL_BASE,
    SQUASH,
    WINDOWS_SQUASH,
    SECRETS,
    SSH_AGENT,
    PUSH,
    ENABLED,
    ENVIRONMENTS,
    VIRTUAL_DESKTOP,
    SYSTEM,
    DESKTOP_ENVIRONMENT,
    EDITION,
    WINDOWS_USER,
    WINDOWS_PASSWORD,
    KEYBOARD,
    WINDOWS_KEYBOARD,
    LANGUAGE,
    WINDOWS_LANGUAGE,
    APPLICATIONS,
    DESKTOP_APPLICATIONS,
    UID,
    USER_NAME,
    GID,
    GROUP,
    STARTUP,
    FILES,
    WINDOWS_FILES,
)
"""In the order in which problems are listed and jumped to."""


def shown(field: Field, value: Value) -> str:
    """A value in words, for summaries and comparisons; a list of entries has a line for each."""
    if field is MODE:
        return Mode(str(value)).label
    if field in (SQUASH, WINDOWS_SQUASH) and value is None:
        return "default"
    if field.is_secret:
        return "a new one" if value else "as it is stored"
    if isinstance(value, tuple):
        return "\n".join(entry if isinstance(entry, str) else entry_words(entry) for entry in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
