"""Every action of the app, once: footer, help, command palette and the user's keymap all read this list."""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding, BindingType


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
    rank: int = 50
    """Which entries a narrow footer keeps: those of the lowest rank."""

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
    Action("app.show_images", "1", "Images", "The images area", in_footer=False),
    Action("app.show_hosts", "5", "Hosts", "The build hosts area", in_footer=False),
    Action("app.copy_or_hint", "ctrl+c", "Copy", "Copy the selected text", in_footer=False),
    # Images
    Action("images.new", "n", "New", "Define a new image", rank=10),
    Action("images.build", "b", "Build", "Queue a build of this image, or of all marked ones", rank=11),
    Action("images.cancel", "c", "Cancel", "Cancel the queued or running build", rank=12),
    Action("images.details", "enter", "Details", "Everything about this image", rank=13, key_display="enter"),
    Action("images.log", "l", "Log", "The steps and the log of the last build", rank=14),
    Action("images.clone", "y", "Clone", "A new image that starts as a copy of this one", rank=22),
    Action("images.toggle_enabled", "e", "Enable/Disable", "Whether workspaces can be made from it", rank=20),
    Action("images.mark", "space", "Mark", "Mark for a batch", rank=23, key_display="space"),
    Action("images.mark_shown", "asterisk", "Mark all", "Mark all shown", in_footer=False, key_display="*"),
    Action("images.delete", "d", "Delete", "Delete the record", rank=21),
    Action("images.search", "slash", "Search", "Search name, description, configuration", rank=15, key_display="/"),
    Action("images.sort", "o", "Sort", "Choose the column to sort by", rank=24),
    Action("images.reverse", "O", "Reverse", "Reverse the sort order", in_footer=False, key_display="O"),
    Action("images.filter_status", "s", "Status", "Show one status only", rank=25),
    Action("images.refresh", "r", "Refresh", "Read the list again", in_footer=False),
    Action("images.back", "escape", "Back", "Clear the marks, then the search", in_footer=False, key_display="esc"),
    # The images table
    Action("table.cursor_down", "j,down", "Down", "Next row", in_footer=False),
    Action("table.cursor_up", "k,up", "Up", "Previous row", in_footer=False),
    Action("table.page_down", "pagedown", "Page down", "One page down", in_footer=False),
    Action("table.page_up", "pageup", "Page up", "One page up", in_footer=False),
    Action("table.half_page_down", "ctrl+d", "Half page down", "Half a page down", in_footer=False),
    Action("table.half_page_up", "ctrl+u", "Half page up", "Half a page up", in_footer=False),
    Action("table.first", "g,home", "First", "First row", in_footer=False),
    Action("table.last", "G,end", "Last", "Last row", in_footer=False, key_display="G"),
    # Hosts
    Action("hosts.check", "r", "Check now", "Look at the selected host now", rank=10),
    Action("hosts.back", "escape", "Back", "To the images", in_footer=False, key_display="esc"),
    # Help
    Action("help.close", "escape,question_mark,f1", "Close", "Back to where you were", key_display="esc"),
    Action("help.search", "slash", "Search", "Find a key or a word", key_display="/"),
    # Without a server
    Action("offline.retry", "r", "Retry", "Look for the server again, and start it if there is none"),
    Action("offline.copy", "c", "Copy", "Copy the error"),
    # Dialogs
    Action("confirm.accept", "y", "Yes", "Do it", in_footer=False),
    Action("confirm.refuse", "escape,n", "No", "Do nothing", in_footer=False),
    Action("confirm.toggle_checkbox", "x", "Tick", "Set or clear the additional choice", in_footer=False),
    Action("confirm.next_choice", "right,down", "Next", "Next choice", in_footer=False),
    Action("confirm.previous_choice", "left,up", "Previous", "Choice before", in_footer=False),
    Action("error.close", "escape,q", "Close", "Back to the screen below", in_footer=False),
    Action("error.copy", "c", "Copy", "Copy the error", in_footer=False),
    Action("error.scroll_down", "down,j", "Down", "Scroll a long error", in_footer=False),
    Action("error.scroll_up", "up,k", "Up", "Scroll a long error", in_footer=False),
    Action("choice.close", "escape,q", "Close", "Choose nothing", in_footer=False),
    Action("choice.next", "j", "Down", "Next choice", in_footer=False),
    Action("choice.previous", "k", "Up", "Choice before", in_footer=False),
)


def bindings(scope: str) -> list[BindingType]:
    """The bindings of one scope, for a `BINDINGS` class variable."""
    return [action.binding() for action in ACTIONS if action.scope == scope]
