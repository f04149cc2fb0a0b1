"""What a virtual desktop adds to its base image: settings of Linux desktops, and of a Windows yet to be installed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trailer_tui.dockerfile.distributions import Command, step
from trailer_tui.dockerfile.packages import install
from trailer_tui.dockerfile.plan import Part, Section
from trailer_tui.dockerfile.quoting import UserText
from trailer_tui.model.catalogue import Catalogue, DesktopImage, SystemEntry
from trailer_tui.model.services import LinuxDesktop, WindowsDesktop

_FIELD = "configuration.services.desktop"

_KEYBOARD_NOTE = (
    "The browser sends the characters of its own keyboard. A layout in the image is what programs in it believe; "
    "where characters come out wrong, leave it empty."
)
_I3_NOTE = "i3 starts nothing by itself that would set the keyboard layout: its X11 session stays as it is."
_LINUX_NOTE = (
    "The desktop answers by https on port 3001. Run it with --shm-size=1gb; it asks for a password once PASSWORD of "
    "the container is set."
)
_WAYLAND_NOTE = "Its session is Wayland's, which needs a processor with AVX2."
_WINDOWS_NOTES = (
    "Windows is fetched and installed when a container starts first: it needs /dev/kvm, /dev/net/tun and NET_ADMIN. "
    "It answers on port 8006, and by remote desktop on port 3389.",
    "A Windows that /storage holds already keeps its account, language and files; another edition is installed anew.",
)


@dataclass(frozen=True, slots=True)
class DesktopSettings:
    """Steps that set a Linux desktop up, and what had better be known of it."""

    steps: tuple[Section, ...]
    notes: tuple[str, ...]


def linux_desktop(desktop: LinuxDesktop, catalogue: Catalogue) -> DesktopSettings:
    """Language and keyboard of a desktop; without both its image stays as it is."""
    system = catalogue.system(desktop.operating_system)
    image = catalogue.desktop_image(desktop.operating_system, desktop.environment)
    steps: list[Section] = []
    if desktop.language:
        steps.append(("language", {"locale": UserText(f"{_FIELD}.language", f"{desktop.language}.UTF-8")}))
    if desktop.keyboard and system is not None:
        steps.append(("keyboard", {"layout": UserText(f"{_FIELD}.keyboard", desktop.keyboard)}))
        commands = _keyboard_commands(desktop, system)
        if commands:
            title = "Keyboard layout, for programs that ask the system"
            found: dict[str, list[Command]] = {system.id: commands}
            steps.append(step(_FIELD, title, found, family=system.family, system=system.id, failure=title))
    return DesktopSettings(tuple(steps), tuple(_notes(desktop, system, image)))


def windows_desktop(desktop: WindowsDesktop) -> Part:
    """What the installation of Windows is told. The password is no part of an image."""
    settings = {
        "VERSION": desktop.edition,
        "USERNAME": desktop.username,
        "LANGUAGE": desktop.language,
        "REGION": desktop.language,
        "KEYBOARD": desktop.keyboard,
    }
    shown = {f"{name.lower()}": UserText(_FIELD, value) if value else None for name, value in settings.items()}
    return Part(steps=(("windows", shown),), notes=_WINDOWS_NOTES)


def _keyboard_commands(desktop: LinuxDesktop, system: SystemEntry) -> list[Command]:
    layout = desktop.keyboard
    commands: list[Command] = []
    if system.keyboard_packages:
        commands += [Command("home"), install(system.id, system.keyboard_packages)]
    if system.family == "debian":
        commands.append(_file("/etc/default", "keyboard", ("XKBMODEL=pc105", f"XKBLAYOUT={layout}")))
    if desktop.environment == "kde":
        commands.append(_file("/etc/xdg", "kxkbrc", ("[Layout]", "Use=true", f"LayoutList={layout}")))
    if desktop.environment in ("mate", "xfce"):
        lines = (
            "[Desktop Entry]",
            "Type=Application",
            "Name=Keyboard layout",
            "TryExec=setxkbmap",
            f"Exec=setxkbmap -layout {layout}",
        )
        commands.append(_file("/etc/xdg/autostart", "trailer-keyboard.desktop", lines))
    return commands


def _file(folder: str, name: str, lines: Sequence[str]) -> Command:
    return Command("write", {"folder": folder, "lines": tuple(lines), "file": f"{folder}/{name}"})


def _notes(desktop: LinuxDesktop, system: SystemEntry | None, image: DesktopImage | None) -> list[str]:
    notes = [_LINUX_NOTE]
    if image is not None and image.wayland:
        notes.append(_WAYLAND_NOTE)
    notes += [f"{entry.label}: {entry.note}" for entry in (system, image) if entry is not None and entry.note]
    if desktop.keyboard:
        notes.append(_KEYBOARD_NOTE)
        if desktop.environment == "i3":
            notes.append(_I3_NOTE)
    return notes
