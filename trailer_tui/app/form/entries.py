"""Entries of the form's lists in words: environments, startup commands, files."""

from __future__ import annotations

from typing import TypeAlias

from trailer_tui.model.environment import DEFAULT_CHANNEL, Environment
from trailer_tui.model.image_file import ArchiveFile, GitRepository, UrlFile
from trailer_tui.model.startup import StartupCommand

FileEntry: TypeAlias = ArchiveFile | UrlFile | GitRepository
Entry: TypeAlias = Environment | StartupCommand | FileEntry

_MOST_NAMED = 4
"""Packages named in an environment's line."""


def entry_words(entry: Entry) -> str:
    """The whole entry in one line, for lists and comparisons."""
    if isinstance(entry, Environment):
        return f"{entry.name}  {environment_words(entry)}"
    if isinstance(entry, StartupCommand):
        return f"{entry.command}  in {entry.environment}" if entry.environment else entry.command
    return f"{file_source(entry)} → {entry.destination}"


def entry_name(entry: Entry) -> str:
    """What tells the entry from the others, for problems and questions."""
    if isinstance(entry, Environment):
        return entry.name
    return entry.command if isinstance(entry, StartupCommand) else file_source(entry)


def file_source(entry: FileEntry) -> str:
    """Where a file comes from."""
    if isinstance(entry, ArchiveFile):
        return entry.file
    return f"git {entry.url}" if isinstance(entry, GitRepository) else entry.url


def environment_words(environment: Environment) -> str:
    """What an environment asks for: `python==3.12, numpy, 3 more · pypi: flask · from defaults`."""
    words = []
    if environment.conda:
        words.append(_first_of([str(package) for package in environment.conda]))
    if environment.pypi:
        words.append(f"pypi: {_first_of([str(package) for package in environment.pypi])}")
    if environment.channels != [DEFAULT_CHANNEL]:
        words.append(f"from {', '.join(environment.channels) or 'no channel'}")
    if environment.pypi_index:
        words.append(f"index {environment.pypi_index}")
    return " · ".join(words) or "no packages"


def _first_of(names: list[str]) -> str:
    rest = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f", {rest} more" if rest > 0 else "")
