"""The last line of every screen: the actions that apply now, as many as fit, from the action registry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.dom import DOMNode
from textual.keys import format_key
from textual.screen import Screen
from textual.widget import Widget

from trailer_tui.app.actions import ACTIONS, Action

_POSITIONS = {action.id: position for position, action in enumerate(ACTIONS)}


@runtime_checkable
class LabelsActions(Protocol):
    """A screen or widget whose actions are called by what they would do now."""

    def action_label(self, action: str) -> str | None:
        """The label of the action `action` (its method name) for the present selection; None for the usual one."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One key that works now."""

    action: Action
    key: str
    """As it is shown."""
    label: str
    owner: DOMNode
    is_enabled: bool

    @property
    def width(self) -> int:
        """Cells with the gap after it."""
        return cell_len(self.key) + 1 + cell_len(self.label) + 2

    @property
    def rank(self) -> tuple[int, int]:
        """Lowest stays longest; help always stays."""
        return (-1 if self.action.id == "app.help" else self.action.rank, _POSITIONS[self.action.id])

    @property
    def place(self) -> tuple[bool, int]:
        """Registry order, the whole app's actions last."""
        return (self.action.scope == "app", _POSITIONS[self.action.id])


def active_entries(screen: Screen[Any]) -> list[Entry]:
    """Every registered action whose key works on `screen` now, in registry order; the app's own last."""
    by_id = {action.id: action for action in ACTIONS}
    found: dict[str, Entry] = {}
    for key, active in screen.active_bindings.items():
        action = by_id.get(active.binding.id or "")
        if action is None or action.id in found or _is_typed(key, active.node, screen.focused):
            continue
        owner = active.node
        label = owner.action_label(action.method) if isinstance(owner, LabelsActions) else None
        found[action.id] = Entry(action, key_label(key, action), label or action.label, owner, active.enabled)
    return sorted(found.values(), key=lambda entry: entry.place)


def key_label(key: str, action: Action) -> str:
    """How one of the keys of `action` is shown."""
    is_first_default = key == action.keys.partition(",")[0]
    return action.key_display if action.key_display and is_first_default else format_key(key)


def _is_typed(key: str, owner: DOMNode, focused: Widget | None) -> bool:
    """Whether a text field takes `key` as text; Textual's own check does not know the slash's character."""
    return key == "slash" and focused is not None and owner is not focused and focused.check_consume_key(key, "/")


def fit_entries(entries: list[Entry], width: int) -> list[Entry]:
    """The entries of lowest rank that fit into `width` cells, in the order given."""
    kept: set[str] = set()
    left = width
    for entry in sorted(entries, key=lambda entry: entry.rank):
        if entry.width > left + 2:
            break
        left -= entry.width
        kept.add(entry.action.id)
    return [entry for entry in entries if entry.action.id in kept]


class ActionFooter(Widget):
    """One line, never two; a click runs the action."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES = {"action-footer--key", "action-footer--off"}

    def __init__(self) -> None:
        super().__init__()
        self._spans: list[tuple[int, int, Entry]] = []
        self._shown: list[Entry] = []

    def on_mount(self) -> None:
        """Follow what applies."""
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)

    def _bindings_changed(self, screen: Screen[Any]) -> None:
        # Before the first time the screen may not be ready to say what applies.
        if screen is self.screen and (not self._shown or self._entries() != self._shown):
            self.refresh()

    def _entries(self) -> list[Entry]:
        return [entry for entry in active_entries(self.screen) if entry.action.in_footer]

    def render(self) -> Content:
        """The keys and labels that fit."""
        entries = self._shown = self._entries()
        key_style = self.get_visual_style("action-footer--key")
        off_style = self.get_visual_style("action-footer--off")
        parts: list[Content] = [Content(" ")]
        self._spans, x = [], 1
        for entry in fit_entries(entries, self.size.width - 1):
            text = Content.assemble((entry.key, key_style), f" {entry.label}  ")
            parts.append(text if entry.is_enabled else Content.styled(text.plain, off_style))
            self._spans.append((x, x + entry.width - 2, entry))
            x += entry.width
        return Content("").join(parts)

    async def on_click(self, event: events.Click) -> None:
        """Run the action under the pointer."""
        for start, end, entry in self._spans:
            if start <= event.x < end:
                await self.app.run_action(entry.action.method, default_namespace=entry.owner)
