"""Every key that works where the user came from, searchable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, Static

from trailer_tui.app.actions import bindings
from trailer_tui.app.screens.leaving import Dialog
from trailer_tui.app.widgets.action_footer import ActionFooter, active_entries, key_label

WIDE = 110
"""From this width on the ids are shown, by which the configuration file names actions."""

WIDTH = 110
"""The most that the frame takes."""

MOST_NARROW = 16
"""Cells that an explanation has at least."""

_FIELD = "This field"
"""The scope of keys that no action has; a text field's have long names, which must not narrow the columns of others."""

_SCOPES = {"app": "Everywhere", "table": "The table", "hosts_table": "The table", "search": "The search"}
"""Headings; other scopes are called by their name."""


@dataclass(frozen=True, slots=True)
class HelpLine:
    """One key."""

    scope: str
    keys: str
    label: str
    tooltip: str
    id: str

    def matches(self, text: str) -> bool:
        """Whether the search finds it."""
        folded = text.casefold()
        return any(folded in part.casefold() for part in (self.keys, self.label, self.tooltip, self.id))


def help_lines(screen: Screen[Any]) -> list[HelpLine]:
    """What works on `screen` now: registered actions, then other keys of the focused widget."""
    entries = active_entries(screen)
    actions = {entry.action.id: entry.action for entry in entries}
    all_keys: dict[str, list[str]] = {}
    for key, active in screen.active_bindings.items():
        action = actions.get(active.binding.id or "")
        if action is not None:
            all_keys.setdefault(action.id, []).append(key_label(key, action))
    lines = [
        HelpLine(
            entry.action.scope,
            " ".join(sorted(all_keys[entry.action.id], key=lambda shown: shown != entry.key)),
            entry.label,
            entry.action.tooltip,
            entry.action.id,
        )
        for entry in entries
    ]
    for active in screen.active_bindings.values():
        binding = active.binding
        if active.node is screen.focused and binding.description and (binding.id or "") not in actions:
            keys = screen.app.get_key_display(binding)
            lines.append(HelpLine(_FIELD, keys, binding.description, binding.tooltip or "", ""))
    return lines


class HelpScreen(Dialog[None]):
    """Generated from the action registry; nothing here is written twice."""

    BINDINGS = bindings("help")
    AUTO_FOCUS = "#help-lines"

    def __init__(self, lines: Sequence[HelpLine]) -> None:
        """
        Args:
            lines: `help_lines` of the screen below.
        """
        super().__init__()
        self._lines = list(lines)

    def compose(self) -> ComposeResult:
        with Vertical(id="help-frame"):
            yield Static("Keys", id="help-title", markup=False)
            yield Input(placeholder="/ to search", id="help-search", compact=True)
            with VerticalScroll(id="help-lines"):
                yield Static(self._text(""), id="help-text")
        yield ActionFooter()

    def _text(self, search: str) -> Content:
        found = [line for line in self._lines if line.matches(search)]
        if not found:
            return Content(f"No key for “{search}”")
        tables = [[line for line in found if (line.scope == _FIELD) is of_field] for of_field in (False, True)]
        parts = [part for lines in tables if lines for part in self._table(lines)]
        return Content("\n").join(parts[1:])

    def _table(self, lines: Sequence[HelpLine]) -> list[Content]:
        """Lines under the headings of their scopes, in columns that fit them."""
        key_width = max(cell_len(line.keys) for line in lines) + 2
        label_width = max(cell_len(line.label) for line in lines) + 2
        id_width = max(cell_len(line.id) for line in lines) + 2 if self.app.size.width >= WIDE else 0
        indent = 2 + key_width + label_width
        room = max(MOST_NARROW, self._inner_width - indent - id_width)
        parts: list[Content] = []
        scope = ""
        for line in lines:
            if line.scope != scope:
                scope = line.scope
                heading = _SCOPES.get(scope, scope[:1].upper() + scope[1:])
                parts += [Content(""), Content.styled(heading, "bold $text-accent")]
            keys = Content.styled(_pad(line.keys, key_width), "bold $text-primary")
            first, *rest = wrap(line.tooltip, room) or [""]
            name = Content.styled(f"  {line.id}", "$foreground 60%") if id_width else Content("")
            explained = Content(_pad(line.label, label_width) + (_pad(first, room) if id_width else first))
            parts.append(Content("").join([Content("  "), keys, explained, name]))
            parts += [Content(" " * indent + more) for more in rest]
        return parts

    @property
    def _inner_width(self) -> int:
        """Cells between frame and scroll bar, as the style sheet gives them."""
        return min(WIDTH, int(self.app.size.width * 0.96)) - 5

    def on_resize(self) -> None:
        """Wrap anew."""
        self.query_one("#help-text", Static).update(self._text(self.query_one(Input).value))

    @on(Input.Changed)
    def search(self, event: Input.Changed) -> None:
        """Show the keys that match."""
        self.query_one("#help-text", Static).update(self._text(event.value))

    @on(Input.Submitted)
    def leave_search(self) -> None:
        """Scroll what was found."""
        self.query_one("#help-lines").focus()

    def action_search(self) -> None:
        """Type what to look for."""
        self.query_one(Input).focus()

    def action_close(self) -> None:
        """Back."""
        self.dismiss(None)


def _pad(text: str, width: int) -> str:
    return text + " " * (width - cell_len(text))
