"""Every action of the app, once: footer, help, command palette and the user's keymap all read this list."""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a key does in one scope."""

    id: str
    """`scope.name`; the user's keymap names it. `name` is also the Textual action: method `action_name`."""
    keys: str
    """Default keys, separated by commas; the first is shown."""
    label: str
    tooltip: str
    in_footer: bool = True
    key_display: str = ""

    @property
    def scope(self) -> str:
        """The screen or widget that owns the action."""
        return self.id.partition(".")[0]

    @property
    def method(self) -> str:
        """The Textual action's name."""
        return self.id.partition(".")[2]

    def binding(self) -> Binding:
        """The Textual binding of this action."""
        return Binding(
            self.keys,
            self.method,
            self.label,
            show=self.in_footer,
            key_display=self.key_display or None,
            id=self.id,
            tooltip=self.tooltip,
        )


ACTIONS: tuple[Action, ...] = (
    # The whole app
    Action("app.help", "question_mark,f1", "Help", "Every key that works here", key_display="?"),
    Action("app.command_palette", "ctrl+p,colon", "Palette", "Find any action by name", key_display="^p"),
    Action("app.detach", "q", "Quit", "Leave; builds go on in the background", in_footer=False),
)


def bindings(scope: str) -> list[Binding]:
    """The bindings of one scope, for a `BINDINGS` class variable."""
    return [action.binding() for action in ACTIONS if action.scope == scope]
