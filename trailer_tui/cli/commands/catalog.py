"""`trailer catalog`: what can be chosen for an image."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from trailer_tui.cli.connection import with_client
from trailer_tui.cli.exits import OK
from trailer_tui.cli.parser import Commands, add_command, add_json
from trailer_tui.cli.table import print_table
from trailer_tui.cli.terminal import note, say, say_json

if TYPE_CHECKING:
    from trailer_tui.client.client import TrailerClient
    from trailer_tui.model.catalogue import Application, Catalogue, Choice

_Rows = Sequence[tuple[str, ...]]


class _List(NamedTuple):
    """One list of the catalogue."""

    summary: str
    titles: tuple[str, ...]
    rows: Callable[[Catalogue], _Rows]
    keys: tuple[str, ...]
    """What of the document `--json` prints."""


def register(group: Commands) -> None:
    """Add the command."""
    catalog = add_command(
        group,
        "catalog",
        "list what can be chosen for an image: applications, desktops, keyboards, languages",
        more=(
            "Without LIST it says which lists there are. The ids and codes of the first column are what a document for "
            "`trailer apply` names."
        ),
        example="trailer catalog apps",
    )
    shown = ", ".join(f"{name} ({found.summary})" for name, found in _LISTS.items())
    catalog.add_argument("list", metavar="LIST", nargs="?", choices=tuple(_LISTS), help=shown)
    add_json(catalog)
    catalog.set_defaults(run=lambda options: with_client(lambda client: _print(client, options)))


async def _print(client: TrailerClient, options: argparse.Namespace) -> int:
    catalogue = await client.catalogue()
    for problem in catalogue.problems:
        note(f"catalogue: {problem}")
    if options.json:
        say_json(_document(catalogue, options.list))
    elif options.list is None:
        rows = [(name, str(len(found.rows(catalogue))), found.summary) for name, found in _LISTS.items()]
        print_table(("LIST", "ENTRIES", "WHAT"), rows)
        say()
        say("`trailer catalog LIST` prints one of them")
    else:
        found = _LISTS[options.list]
        print_table(found.titles, found.rows(catalogue), folds=("DESCRIPTION", "IMAGE"))
    return OK


def _document(catalogue: Catalogue, name: str | None) -> Any:
    document = catalogue.model_dump(mode="json", exclude_defaults=True)
    if name is None:
        return document
    part = {key: document[key] for key in _LISTS[name].keys if key in document}
    return next(iter(part.values())) if len(part) == 1 else part


def _applications(catalogue: Catalogue) -> _Rows:
    applications = sorted(catalogue.applications, key=lambda one: (one.kind, one.id))
    return [(one.id, one.label, one.kind, _where(catalogue, one), one.description) for one in applications]


def _where(catalogue: Catalogue, application: Application) -> str:
    """The systems that have it; the desktop ones alone for what needs a desktop."""
    on_desktop = application.kind == "desktop"
    systems = [entry.id for entry in catalogue.systems if entry.environments or not on_desktop]
    there = [one for one in systems if not application.route(one, on_desktop=on_desktop).unavailable]
    return "everywhere" if there == systems else " ".join(there) or "nowhere"


def _systems(catalogue: Catalogue) -> _Rows:
    return [
        (entry.id, image.environment, f"{entry.label} with {image.label}", image.reference)
        for entry in catalogue.desktop_systems()
        for image in entry.environments
    ]


def _windows(catalogue: Catalogue) -> _Rows:
    windows = catalogue.windows
    editions = [
        ("edition", one.code, f"{one.label}, evaluation" if one.evaluation else one.label) for one in windows.editions
    ]
    return [*editions, *_coded("language", windows.languages), *_coded("keyboard", windows.keyboards)]


def _coded(kind: str, choices: Iterable[Choice]) -> list[tuple[str, ...]]:
    return [(kind, choice.code, choice.label) for choice in choices]


def _choices(choices: Iterable[Choice]) -> _Rows:
    return [(choice.code, choice.label) for choice in choices]


_LISTS = {
    "apps": _List(
        "applications, and which distributions have them",
        ("ID", "NAME", "KIND", "ON", "DESCRIPTION"),
        _applications,
        ("applications",),
    ),
    "systems": _List("Linux desktops", ("SYSTEM", "ENVIRONMENT", "NAME", "IMAGE"), _systems, ("systems",)),
    "keyboards": _List(
        "keyboard layouts of Linux desktops", ("CODE", "NAME"), lambda found: _choices(found.keyboards), ("keyboards",)
    ),
    "languages": _List(
        "languages of Linux desktops", ("CODE", "NAME"), lambda found: _choices(found.languages), ("languages",)
    ),
    "windows": _List("editions, languages and keyboards of Windows", ("LIST", "CODE", "NAME"), _windows, ("windows",)),
}
