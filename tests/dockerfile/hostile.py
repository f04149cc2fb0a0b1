"""Configurations of every kind, the fields of text in them, and values that try to be more than text."""

from __future__ import annotations

import copy
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from trailer_tui.dockerfile.inputs import BuildInputs, StoredFile
from trailer_tui.model.image import GenerateConfiguration, ImageDraft, WriteConfiguration
from trailer_tui.model.validation import invalid_input

_CONTROLS = [
    *(
        "\t",
        "\n",
        "\r",
        "\r\n",
        "\\\n",
        "\x00",
        "\x1b[31m",
        "\x7f",
        "\x85",
        "\ufeff",
        "\u2028",
        "\u202e",
        "\u2066",
        "\ud800",
    ),
    *("\n# escape=`\n", "\nRUN touch /pwned\n", "\nFROM scratch\n", "\nUSER root\n", "\nEOF\n", "\n- x"),
]
MARKS = [
    *("x", " ", "  ", "\\", "\\\\", "é", "😀", '"', "'", '\\"', '"\'"', "''", "`", "`touch /pwned`", "$(touch /pwned)"),
    *(
        "$",
        "${HOME}",
        "${",
        "}",
        "$HOME",
        "$$",
        "&&",
        ";",
        "|",
        "||",
        "&",
        ">",
        "<",
        "(",
        ")",
        "*",
        "?",
        "[",
        "]",
        "[a]",
    ),
    *('"]', '","', "~", "!", "^", "%PATH%", "%%", "#", "# ", "<<EOF", "--from=x", "--chown=x", " --network=host", "="),
    *(":", "::", ": ", "- ", "&a", "*a", "!!python/object:x", "{{ 7*7 }}", "{% raw %}", "{#", "{{", "..", "/../", "/"),
    *("@", "git@", "http://", "https://u:p@h/", ".git", "RUN", "ONBUILD", "-", "--", "-e", "1", "0", "None", "null"),
]
# Most values without a control character: those that have one get no farther than the models.
_marks = st.lists(st.sampled_from(MARKS), max_size=5).map("".join)
_single = st.sampled_from(MARKS)

hostile = st.one_of(
    _single,
    _marks,
    _marks,
    st.lists(st.sampled_from(MARKS + _CONTROLS), max_size=6).map("".join),
    st.text(max_size=40),
    st.sampled_from([piece * (10_000 // len(piece)) for piece in ("x", "'", "\\", "$(", "\n", "é", '"')]),
    st.sampled_from([piece * 100 for piece in ("x'", "\\", "$(", '"', "[", " ")]),
)


@dataclass(frozen=True, slots=True)
class Slot:
    """One field of text of a configuration."""

    kind: str
    """Which of `KINDS` it is in."""
    path: str
    """From the draft, such as `configuration.startup.0.command`."""
    harmless: str
    """What stands there when nobody means harm; the same text stands nowhere else."""
    starts: tuple[str, ...] = ("",)
    """What a hostile value is put behind, so that it gets past the check of how a value begins."""
    also: str = ""
    """Another place that has to have the same value."""


def draft_with(kind: str, values: Mapping[Slot, str]) -> dict[str, Any]:
    """A draft of this kind with these values in its fields."""
    draft = copy.deepcopy(_DRAFTS[kind])
    for slot, value in values.items():
        for path in filter(None, (slot.path, slot.also)):
            *parents, last = path.split(".")
            at: Any = draft
            for part in parents:
                at = at[int(part)] if isinstance(at, list) else at[part]
            at[int(last) if isinstance(at, list) else last] = value
    return draft


Buildable = GenerateConfiguration | WriteConfiguration


def configuration_of(values: dict[str, Any]) -> Buildable:
    """The configuration of a draft's values. Raises `InvalidInput` as the server would."""
    from pydantic import ValidationError

    try:
        configuration = ImageDraft.model_validate(values).configuration
    except ValidationError as error:
        raise invalid_input(error.errors()) from None
    assert not isinstance(configuration, str)
    assert configuration.mode != "pull"
    return configuration


def inputs_of(configuration: Buildable) -> BuildInputs:
    """A server whose archive has every file that the configuration names."""
    files = {file.file: _stored(file.file) for file in configuration.files if file.source == "archive"}
    return BuildInputs(files=files)


def _stored(name: str) -> StoredFile:
    return StoredFile(
        name=name, size=3, sha256="ab" * 32, is_tar=name.startswith("bundle"), open=lambda: io.BytesIO(b"abc")
    )


_FILES: list[dict[str, Any]] = [
    {"source": "archive", "file": "bundleA.tar", "destination": "/opt/destA/"},
    {"source": "archive", "file": "plainB", "destination": "/opt/destB"},
    {"source": "url", "url": "https://host.test/urlC", "destination": "/opt/destC"},
    {"source": "git", "url": "https://host.test/gitD.git#main", "destination": "/opt/destD"},
]
_PLAIN: dict[str, Any] = {
    "mode": "generate",
    "image_name": "tools:1",
    "base_image": "debian:12",
    "environments": [
        {
            "name": "webenv",
            "channels": ["chanone", "https://conda.test/chantwo"],
            "conda": ["condapkg==1.0", "chanone::other>=1"],
            "pypi": ["pypipkg[extra]~=1.0"],
            "pypi_index": "https://index.test/simple",
        },
        {"name": "mlenv", "conda": ["python==3.11"]},
    ],
    "services": {"applications": ["nginx", "ffmpeg"]},
    "user": {"uid": 2001, "name": "adauser", "gid": 2002, "group": "adagroup"},
    "startup": [
        {"command": "progone argone"},
        {"command": "progtwo argtwo", "environment": "webenv"},
        {"command": "progthree argthree; true"},
    ],
    "files": _FILES,
}
_SINGLE: dict[str, Any] = _PLAIN | {"startup": [{"command": "progone argone", "environment": "mlenv"}], "files": []}
_UNKNOWN: dict[str, Any] = _PLAIN | {"base_image": "registry.test/who:knows"}
_DESKTOP: dict[str, Any] = {
    "mode": "generate",
    "image_name": "desk:1",
    "base_image": "lscr.io/linuxserver/webtop:debian-xfce",
    "services": {
        "desktop": {"operating_system": "debian", "environment": "xfce", "keyboard": "de", "language": "de_DE"},
        "desktop_applications": ["firefox"],
    },
    "user": {"uid": 2001, "gid": 2002},
    "startup": [{"command": "progone argone"}, {"command": "progtwo $argtwo"}],
    "files": [*_FILES, {"source": "archive", "file": "plainE", "destination": "/config/destE/nameE"}],
}
_WINDOWS: dict[str, Any] = {
    "mode": "generate",
    "image_name": "win:1",
    "base_image": "dockurr/windows:6.05",
    "services": {
        "desktop": {"operating_system": "windows", "username": "Winuser", "keyboard": "de-DE", "language": "de-DE"}
    },
    "files": [
        {"source": "archive", "file": "plainA", "destination": "C:\\destA\\"},
        {"source": "url", "url": "https://host.test/urlB", "destination": "C:\\folder\\destB"},
        {"source": "git", "url": "https://host.test/gitC.git", "destination": "C:\\destC"},
    ],
}
_WRITTEN: dict[str, Any] = {
    "mode": "write",
    "image_name": "tools:1",
    "dockerfile": "FROM debian:12 AS one\nRUN true\nUSER daemon\n",
    "services": {"applications": ["nginx"]},
    "user": {"name": "adauser", "group": "adagroup"},
    "startup": [{"command": "progone argone"}, {"command": "progtwo argtwo"}],
    "files": _FILES,
}
_BACKTICK: dict[str, Any] = _WRITTEN | {"dockerfile": '# escape=`\nFROM debian:12\nSHELL ["/bin/bash", "-c"]\n'}

_CONFIGURATIONS = {
    "plain": _PLAIN, "single": _SINGLE, "unknown": _UNKNOWN, "desktop": _DESKTOP, "windows": _WINDOWS,
    "written": _WRITTEN, "backtick": _BACKTICK,
}  # fmt: skip
_DRAFTS: dict[str, dict[str, Any]] = {
    kind: {"name": "tools", "host_id": 1, "configuration": values} for kind, values in _CONFIGURATIONS.items()
}

_STARTS = {
    "url": ("", "https://host.test/", "https://host.test/a?b="),
    "git": ("", "https://host.test/a.git#", "git@host.test:", "https://host.test/"),
    "destination": ("", "/", "/opt/", "/home/adauser/", "/opt/x/../"),
    "windows": ("", "C:\\", "C:\\a\\", "C:/"),
    "channel": ("", "chan/", "https://conda.test/"),
    "package": ("", "numpy", "numpy==", "numpy>=1,", "chan::", "numpy["),
    "base": ("", "debian:", "registry.test/", "debian@sha256:"),
    "dotted": ("", "a", "de_"),
}


def _slots(kind: str) -> Iterator[Slot]:
    at = "configuration"
    values = _CONFIGURATIONS[kind]
    if values["mode"] == "generate":
        yield Slot(kind, f"{at}.base_image", values["base_image"], _STARTS["base"])
    for number, _ in enumerate(values.get("startup", ())):
        command = values["startup"][number]["command"]
        yield Slot(kind, f"{at}.startup.{number}.command", command, ("", "prog ", "prog '", 'prog "', "prog $x "))
    for field in ("name", "group"):
        if field in values.get("user", {}):
            yield Slot(kind, f"{at}.user.{field}", values["user"][field], _STARTS["dotted"])
    for list_name in ("applications", "desktop_applications"):
        if list_name in values.get("services", {}):
            name = values["services"][list_name][0]
            yield Slot(kind, f"{at}.services.{list_name}.0", name, _STARTS["dotted"])
    for field in ("keyboard", "language", "username"):
        if field in values.get("services", {}).get("desktop", {}):
            text = values["services"]["desktop"][field]
            yield Slot(kind, f"{at}.services.desktop.{field}", text, _STARTS["dotted"])
    yield from _file_slots(kind, values)
    if "environments" in values:
        yield from _environment_slots(kind, values)


def _file_slots(kind: str, values: dict[str, Any]) -> Iterator[Slot]:
    for number, file in enumerate(values["files"]):
        place = f"configuration.files.{number}"
        starts = _STARTS["windows" if kind == "windows" else "destination"]
        yield Slot(kind, f"{place}.destination", file["destination"], starts)
        if file["source"] == "archive":
            yield Slot(kind, f"{place}.file", file["file"], ("", "bundle"))
        else:
            yield Slot(kind, f"{place}.url", file["url"], _STARTS[file["source"]])


def _environment_slots(kind: str, values: dict[str, Any]) -> Iterator[Slot]:
    place = "configuration.environments.0"
    environment = values["environments"][0]
    named = next((n for n, one in enumerate(values["startup"]) if one.get("environment") == environment["name"]), None)
    also = "" if named is None else f"configuration.startup.{named}.environment"
    yield Slot(kind, f"{place}.name", environment["name"], _STARTS["dotted"], also=also)
    for number, channel in enumerate(environment["channels"]):
        yield Slot(kind, f"{place}.channels.{number}", channel, _STARTS["channel"])
    yield Slot(kind, f"{place}.conda.0", environment["conda"][0], _STARTS["package"])
    yield Slot(kind, f"{place}.pypi.0", environment["pypi"][0], _STARTS["package"])
    yield Slot(kind, f"{place}.pypi_index", environment["pypi_index"], _STARTS["url"])


KINDS = tuple(_CONFIGURATIONS)
SLOTS = [slot for kind in _CONFIGURATIONS for slot in _slots(kind)]
