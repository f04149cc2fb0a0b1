"""The command palette's entries: the actions that apply, from the registry, and the themes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from textual.await_complete import AwaitComplete
from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider, SearchIcon

from trailer_tui.app.screens.leaving import LeavesOnce
from trailer_tui.app.themes import THEMES
from trailer_tui.app.widgets.action_footer import active_entries

_HIDDEN_SCOPES = frozenset({"table", "search", "hosts_table"})
"""Moving about is done by keys, not by name."""


@dataclass(frozen=True, slots=True)
class Command:
    """One entry."""

    title: str
    help: str
    run: Callable[[], Any]


class Palette(CommandPalette, LeavesOnce[None]):
    """The palette, in which an impatient second enter neither leaves the screen below nor runs the command again."""

    def on_mount(self) -> None:
        """The search's mark everywhere else; a picture character is not in every terminal's font."""
        self.query_one(SearchIcon).icon = "/"

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Leave, and forget the command once it is on its way."""
        self.call_next(self._forget_command)
        return super().dismiss(result)

    def _forget_command(self) -> None:
        self._selected_command = None


class TrailerCommands(Provider):
    """What applies on the screen below the palette."""

    async def discover(self) -> Hits:
        """Everything, while nothing is typed."""
        for command in self._commands():
            yield DiscoveryHit(command.title, command.run, help=command.help)

    async def search(self, query: str) -> Hits:
        """What matches."""
        matcher = self.matcher(query)
        for command in self._commands():
            score = matcher.match(command.title)
            if score > 0:
                yield Hit(score, matcher.highlight(command.title), command.run, help=command.help)

    def _commands(self) -> Iterator[Command]:
        for entry in active_entries(self.screen):
            if entry.action.scope in _HIDDEN_SCOPES or entry.action.id == "app.command_palette":
                continue
            run = partial(self.app.run_action, entry.action.method, entry.owner)
            yield Command(f"{entry.label}  ({entry.key})", entry.action.tooltip, run)
        for theme in THEMES:
            if theme.name != self.app.theme:
                yield Command(f"Theme: {theme.name}", "Change the colours until the app ends", self._theme(theme.name))

    def _theme(self, name: str) -> Callable[[], None]:
        return partial(setattr, self.app, "theme", name)
