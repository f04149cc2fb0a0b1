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
    priority: bool = False
    """Whether the key works before the focused widget's own use of it."""

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
            priority=self.priority,
        )


ACTIONS: tuple[Action, ...] = (
    # The whole app
    Action("app.help", "question_mark,f1", "Help", "Every key that works here", key_display="?"),
    Action("app.command_palette", "ctrl+p,colon", "Palette", "Find any action by name", key_display="^p"),
    Action("app.reconnect", "r", "Reconnect", "Look for the server now, and start one if there is none", rank=1),
    Action("app.detach", "q", "Quit", "Leave; builds go on in the background", in_footer=False),
    Action("app.show_images", "1", "Images", "The images area", in_footer=False),
    Action("app.show_templates", "2", "Templates", "What new images start from", in_footer=False),
    Action("app.show_files", "4", "Files", "What images can add", in_footer=False),
    Action("app.show_hosts", "5", "Hosts", "The build hosts area", in_footer=False),
    # Images
    Action("images.new", "n", "New", "Define a new image", rank=10),
    Action("images.build", "b", "Build", "Queue a build of this image, or of all marked ones", rank=11),
    Action("images.cancel", "c", "Cancel", "Cancel the queued or running build", rank=12),
    Action("images.details", "enter", "Details", "Everything about this image", rank=13, key_display="enter"),
    Action("images.log", "l", "Log", "The steps and the log of the last build", rank=14),
    Action("images.edit", "E", "Edit", "Change the configuration", rank=16, key_display="E"),
    Action("images.clone", "y", "Clone", "A new image that starts as a copy of this one", rank=22),
    Action("images.as_template", "T", "As template", "A new template of this image", rank=26, key_display="T"),
    Action("images.toggle_enabled", "e", "Enable/Disable", "Whether workspaces can be made from it", rank=20),
    Action("images.push", "p", "Push", "Push the image of the last build again, without building", rank=22),
    Action(
        "images.resolve_again",
        "R",
        "Resolve again",
        "Build with the newest packages that fit",
        rank=27,
        key_display="R",
    ),
    Action("images.packages", "P", "Packages", "What the environments hold", rank=28, key_display="P"),
    Action("images.move", "m", "Move", "Move the queued build to another host", rank=21),
    Action("images.mark", "space", "Mark", "Mark for a batch", rank=23, key_display="space"),
    Action("images.mark_shown", "asterisk", "Mark all", "Mark all shown", in_footer=False, key_display="*"),
    Action("images.delete", "d", "Delete", "Delete the record", rank=21),
    Action("images.search", "slash", "Search", "Search name, description, configuration", rank=15, key_display="/"),
    Action("images.sort", "o", "Sort", "Choose the column to sort by", rank=24),
    Action("images.reverse", "O", "Reverse", "Reverse the sort order", in_footer=False, key_display="O"),
    Action("images.filter_status", "s", "Status", "Show one status only", rank=25),
    Action("images.refresh", "r", "Refresh", "Read the list again", in_footer=False),
    Action(
        "images.back",
        "escape",
        "Back",
        "Clear the marks, then the search, then the status",
        in_footer=False,
        key_display="esc",
    ),
    # Templates
    Action("templates.use", "enter,u", "Use", "A new image that starts from it", rank=10, key_display="enter"),
    Action("templates.new", "n", "New", "Define a new template", rank=11),
    Action("templates.details", "v", "View", "Everything about this template", rank=13),
    Action("templates.edit", "E", "Edit", "Change the template", rank=14, key_display="E"),
    Action("templates.toggle_enabled", "e", "Enable/Disable", "Whether images can be made from it", rank=15),
    Action("templates.delete", "d", "Delete", "Delete the template", rank=16),
    Action("templates.mark", "space", "Mark", "Mark for a batch", rank=23, key_display="space"),
    Action("templates.mark_shown", "asterisk", "Mark all", "Mark all shown", in_footer=False, key_display="*"),
    Action("templates.search", "slash", "Search", "Search name, description, content", rank=12, key_display="/"),
    Action("templates.sort", "o", "Sort", "Choose the column to sort by", rank=24),
    Action("templates.reverse", "O", "Reverse", "Reverse the sort order", in_footer=False, key_display="O"),
    Action("templates.refresh", "r", "Refresh", "Read the list again", in_footer=False),
    Action("templates.back", "escape", "Back", "Clear the marks, then the search", in_footer=False, key_display="esc"),
    # The search text above it
    Action("search.results", "down", "Results", "Go to the results; enter does too"),
    Action("search.clear_or_leave", "escape", "Clear", "Clear the search", key_display="esc"),
    # The images table
    Action("table.cursor_down", "j,down", "Down", "Next row", in_footer=False),
    Action("table.cursor_up", "k,up", "Up", "Previous row", in_footer=False),
    Action("table.page_down", "pagedown", "Page down", "One page down", in_footer=False),
    Action("table.page_up", "pageup", "Page up", "One page up", in_footer=False),
    Action("table.half_page_down", "ctrl+d", "Half page down", "Half a page down", in_footer=False),
    Action("table.half_page_up", "ctrl+u", "Half page up", "Half a page up", in_footer=False),
    Action("table.first", "g,home", "First", "First row", in_footer=False),
    Action("table.last", "G,end", "Last", "Last row", in_footer=False, key_display="G"),
    # The image form
    Action(
        "form.save", "ctrl+o,f2", "Save", "Store it; a new image is queued for its build", rank=10, key_display="^o"
    ),
    Action("form.save_and_build", "ctrl+g,f3", "Save and build", "Save and queue a build", rank=11, key_display="^g"),
    Action(
        "form.save_as_template",
        "T,f4",
        "Save as template",
        "Store it as a template, from which images are made; nothing is built",
        rank=12,
        key_display="T",
    ),
    Action(
        "form.edit_outside", "ctrl+e", "Editor", "The Dockerfile in $EDITOR", rank=12, key_display="^e", priority=True
    ),
    Action(
        "form.automatic_name", "ctrl+r", "Auto name", "Let the image name follow the name", rank=13, key_display="^r"
    ),
    Action(
        "form.next_problem", "ctrl+t,f8", "Next problem", "To the next field with a problem", rank=14, key_display="^t"
    ),
    Action("form.next_section", "ctrl+n,right_square_bracket", "Section", "Next section", rank=20, key_display="^n"),
    Action("form.previous_section", "left_square_bracket", "Back", "Section before", in_footer=False),
    Action("form.show_general", "1", "General", "Name and description", in_footer=False),
    Action("form.show_build_host", "2", "Build host", "Where the image is built", in_footer=False),
    Action("form.show_image", "3", "Image", "How the image comes about", in_footer=False),
    Action("form.show_packages", "4", "Packages", "Environments and their packages", in_footer=False),
    Action("form.show_services", "5", "Services", "Desktop and applications", in_footer=False),
    Action("form.show_user", "6", "User", "The user that workspaces run as", in_footer=False),
    Action("form.show_startup", "7", "Startup", "What runs when a workspace starts", in_footer=False),
    Action("form.show_files", "8", "Files", "Files that the image adds", in_footer=False),
    Action("form.show_review", "9", "Review", "What will be built", in_footer=False),
    Action("form.read_hosts", "ctrl+l", "Read again", "Read hosts, files and catalogue again", in_footer=False),
    Action("form.leave", "escape", "Back", "Out of the field, then out of the form", rank=21, key_display="esc"),
    Action("form.detach", "q", "Quit", "Leave; builds go on in the background", in_footer=False),
    # Parts of the image form
    Action("tabs.next", "right,l", "Right", "Section on the right", in_footer=False),
    Action("tabs.previous", "left,h", "Left", "Section on the left", in_footer=False),
    Action("tabs.enter", "enter,down,j", "Enter", "Into the section", in_footer=False),
    Action("options.next", "right,l", "Right", "Choose the option on the right", in_footer=False),
    Action("options.previous", "left,h", "Left", "Choose the option on the left", in_footer=False),
    Action("options.finish", "enter", "Go on", "To the next field", in_footer=False),
    Action("options.cycle", "space", "Next", "Choose the next option", in_footer=False),
    Action("block.fold", "enter,space", "Fold", "Show or hide the block", in_footer=False),
    Action("input.open_list", "down", "List", "Show the known values", in_footer=False),
    Action("secrets.store", "ctrl+y", "Store secret", "Store a build secret on the server", rank=9, key_display="^y"),
    Action("suggestions.close", "escape", "Close", "Back to the input", in_footer=False),
    Action("entries.add", "a", "Add", "Add an entry", rank=2),
    Action("entries.edit", "enter", "Edit", "Change the entry under the cursor", rank=3, key_display="enter"),
    Action("entries.remove", "d,delete", "Remove", "Take the entry out of the list", rank=4),
    Action("entries.undo", "u", "Undo", "Take back the last change of the list", rank=5),
    Action("entries.move_down", "J", "Down", "Move the entry down", rank=8, key_display="J"),
    Action("entries.move_up", "K", "Up", "Move the entry up", rank=9, key_display="K"),
    Action("entries.import_file", "i", "Import", "Make an environment of an environment.yml", rank=6),
    Action("entries.show_file", "x", "Export", "Show the environment as an environment.yml", rank=7),
    Action("entries.cursor_down", "j", "Next", "Next entry", in_footer=False),
    Action("entries.cursor_up", "k", "Before", "Entry before", in_footer=False),
    Action("entry.accept", "ctrl+o,f2", "Done", "Take the entry into the form", key_display="^o"),
    Action("entry.close", "escape", "Back", "Out of the entry; asks when something was typed", key_display="esc"),
    Action("picked.open", "enter,space,down", "Choose", "Show what can be chosen", rank=2, key_display="enter"),
    Action("pick.accept", "ctrl+o,f2", "Done", "Take what is ticked", in_footer=False),
    Action("pick.close", "escape", "Cancel", "Choose nothing else", in_footer=False),
    Action("pick.next", "down", "Down", "Next line", in_footer=False),
    Action("pick.previous", "up", "Up", "Line before", in_footer=False),
    Action("pick.page_down", "pagedown", "Page down", "One page down", in_footer=False),
    Action("pick.page_up", "pageup", "Page up", "One page up", in_footer=False),
    Action("text_dialog.close", "escape,q", "Close", "Back to the form", in_footer=False),
    Action("services.take_base", "B", "Base image", "Take that of the chosen desktop", rank=3, key_display="B"),
    Action("form_packages.show_installed", "v", "Installed", "What the last build installed", rank=10),
    Action("import.accept", "ctrl+o,f2", "Import", "Take the file's environment into the form", key_display="^o"),
    Action("import.cancel", "escape", "Cancel", "Import nothing", key_display="esc"),
    Action("hostlist.select", "space", "Choose", "Build on this host", in_footer=False),
    Action("hostlist.cursor_down", "j", "Down", "Next host", in_footer=False),
    Action("hostlist.cursor_up", "k", "Up", "Host before", in_footer=False),
    Action("conflict.rebase", "e", "Edit on", "Keep my changes on top of what is stored", in_footer=False),
    Action("conflict.reload", "t", "Take theirs", "Drop my changes and show what is stored", in_footer=False),
    Action("conflict.close", "escape", "Back", "Change nothing", in_footer=False),
    Action("conflict.scroll_down", "down,j", "Down", "Scroll the differences", in_footer=False),
    Action("conflict.scroll_up", "up,k", "Up", "Scroll the differences", in_footer=False),
    # The build pane: steps and log
    Action("pane.follow", "f", "Follow", "Keep the newest lines on the screen", rank=12),
    Action(
        "pane.search", "slash", "Search", "Find text in the log; /…/ is a regular expression", rank=10, key_display="/"
    ),
    Action("pane.next_match", "n", "Next", "Next match", rank=16),
    Action("pane.previous_match", "N", "Previous", "Match before", in_footer=False),
    Action("pane.filter", "ampersand", "Filter", "Show only matching lines", rank=13, key_display="&"),
    Action("pane.all_steps", "a", "All steps", "The log of all steps, or of the selected one", rank=11),
    Action("pane.wrap", "w", "Wrap", "Break long lines, or let them run off the edge", rank=20),
    Action("pane.times", "t", "Times", "Time since the build's start before every line", rank=21),
    Action("pane.save", "s", "Save", "Save the whole log to a file", rank=15),
    Action("pane.copy", "Y", "Copy", "Copy the selection, else the error, else what is shown", rank=14),
    Action("pane.steps", "z", "Steps", "Hide the steps to give the log all the room, or show them", rank=22),
    Action("pane.clear", "escape", "Clear", "Clear the search, then the filter", in_footer=False, key_display="esc"),
    # The log of a build
    Action("log.line_down", "j,down", "Down", "One line down", in_footer=False),
    Action("log.line_up", "k,up", "Up", "One line up; stops following", in_footer=False),
    Action("log.page_down", "pagedown,space", "Page down", "One page down", in_footer=False),
    Action("log.page_up", "pageup", "Page up", "One page up", in_footer=False),
    Action("log.half_page_down", "ctrl+d", "Half page down", "Half a page down", in_footer=False),
    Action("log.half_page_up", "ctrl+u", "Half page up", "Half a page up", in_footer=False),
    Action("log.start", "g,home", "First line", "To the first line", in_footer=False),
    Action("log.end", "G,end", "Last line", "To the last line, and follow", in_footer=False, key_display="G"),
    Action("log.left", "left", "Left", "Half a screen to the left", in_footer=False),
    Action("log.right", "right", "Right", "Half a screen to the right", in_footer=False),
    # The line in which a search or a filter is typed
    Action("prompt.cancel", "escape", "Cancel", "Back to the log", key_display="esc"),
    Action("prompt.regex", "ctrl+r", "Regex", "Plain text, or a regular expression", key_display="^r"),
    # Where to save a log
    Action("save_log.cancel", "escape", "Cancel", "Save nothing", key_display="esc"),
    # The steps of a build
    Action("steps.next", "j,down", "Down", "Next step", in_footer=False),
    Action("steps.previous", "k,up", "Up", "Step before", in_footer=False),
    Action("steps.first", "g,home", "First", "First step", in_footer=False),
    Action("steps.last", "G,end", "Last", "Last step, and follow the running one", in_footer=False, key_display="G"),
    Action("steps.page_down", "pagedown", "Page down", "One page down", in_footer=False),
    Action("steps.page_up", "pageup", "Page up", "One page up", in_footer=False),
    Action("steps.open", "enter", "Read", "To the log of this step", key_display="enter", rank=9),
    # The log of one build, full screen
    Action("build_log.back", "escape", "Back", "One level back", key_display="esc", rank=30),
    Action("build_log.build", "b", "Build", "Queue a build of this image", rank=17),
    Action("build_log.cancel", "c", "Cancel", "Cancel this build", rank=18),
    # One image
    Action("details.next_tab", "right_square_bracket", "Next tab", "To the tab on the right", key_display="]", rank=30),
    Action(
        "details.previous_tab", "left_square_bracket", "Tab before", "To the left", in_footer=False, key_display="["
    ),
    Action("details.show_overview", "1", "Overview", "What is known of the image", in_footer=False),
    Action("details.show_builds", "2", "Builds", "Every build of the image", in_footer=False),
    Action("details.show_log", "3", "Log", "Steps and log of the last build", in_footer=False),
    Action("details.show_dockerfile", "4", "Dockerfile", "As it was built, and what changed since", in_footer=False),
    Action("details.show_configuration", "5", "Configuration", "What the image is made of", in_footer=False),
    Action("details.show_delete", "6", "Delete", "Where the record is deleted", in_footer=False),
    Action("details.build", "b", "Build", "Queue a build", rank=10),
    Action("details.cancel", "c", "Cancel", "Cancel the queued or running build", rank=11),
    Action("details.push", "p", "Push", "Push the image of the last build again, without building", rank=22),
    Action(
        "details.resolve_again",
        "R",
        "Resolve again",
        "Build with the newest packages that fit",
        rank=24,
        key_display="R",
    ),
    Action(
        "details.packages", "P", "Packages", "What the environments hold, and what changed", rank=17, key_display="P"
    ),
    Action("details.move", "m", "Move", "Move the queued build to another host", rank=21),
    Action("details.edit", "E", "Edit", "Change the configuration", rank=12, key_display="E"),
    Action("details.toggle_enabled", "e", "Enable/Disable", "Whether workspaces can be made from it", rank=14),
    Action("details.clone", "y", "Clone", "A new image that starts as a copy of this one", rank=15),
    Action("details.as_template", "T", "As template", "A new template of this image", rank=23, key_display="T"),
    Action("details.log", "l", "Log", "Steps and log of the last build, full screen", rank=13),
    Action("details.difference", "v", "Compare", "As built, what changed since, as it is now", rank=9),
    Action("details.delete", "d", "Delete", "Delete the record after typing its name", rank=16),
    Action("details.back", "escape", "Back", "To the list", key_display="esc", rank=7),
    # The packages of one image
    Action(
        "packages.resolve_again",
        "R",
        "Resolve again",
        "Build with the newest packages that fit",
        rank=8,
        key_display="R",
    ),
    Action("packages.back", "escape", "Back", "One level back", key_display="esc", rank=7),
    # The builds of one image
    Action("history.next", "j,down", "Down", "Next build", in_footer=False),
    Action("history.previous", "k,up", "Up", "Build before", in_footer=False),
    Action("history.page_down", "pagedown,ctrl+d", "Page down", "One page down", in_footer=False),
    Action("history.page_up", "pageup,ctrl+u", "Page up", "One page up", in_footer=False),
    Action("history.first", "g,home", "First", "Newest build", in_footer=False),
    Action("history.last", "G,end", "Last", "Oldest build that was read", in_footer=False, key_display="G"),
    Action("history.open", "enter", "Open", "Steps and log of this build", key_display="enter", rank=8),
    # Plain text
    Action("text.down", "j,down", "Down", "One line down", in_footer=False),
    Action("text.up", "k,up", "Up", "One line up", in_footer=False),
    Action("text.page_down", "pagedown,space,ctrl+d", "Page down", "One page down", in_footer=False),
    Action("text.page_up", "pageup,ctrl+u", "Page up", "One page up", in_footer=False),
    Action("text.start", "g,home", "First line", "To the first line", in_footer=False),
    Action("text.end", "G,end", "Last line", "To the last line", in_footer=False, key_display="G"),
    Action("text.left", "left", "Left", "Half a screen to the left", in_footer=False),
    Action("text.right", "right", "Right", "Half a screen to the right", in_footer=False),
    # The Dockerfile editor; the form's key for problems means those of the text while the cursor is in it
    Action(
        "editor.next_problem",
        "ctrl+t,f8",
        "Next problem",
        "Go to the next line with a problem",
        rank=14,
        key_display="^t",
    ),
    Action("editor_text.document_start", "ctrl+home", "Start", "To the start of the text", in_footer=False),
    Action("editor_text.document_end", "ctrl+end", "End", "To the end of the text", in_footer=False),
    # Files
    Action("files.new", "n", "New", "Upload a file, or store a URL", rank=10),
    Action("files.details", "enter", "Details", "All of it; change name, description", rank=11, key_display="enter"),
    Action("files.delete", "d", "Delete", "Delete the file, unless an image uses it", rank=12),
    Action("files.search", "slash", "Search", "Find files by name", rank=13, key_display="/"),
    Action("files.sort", "o", "Sort", "Choose the column to sort by", rank=14),
    Action("files.reverse", "O", "Reverse", "Reverse the sort order", in_footer=False, key_display="O"),
    Action("files.refresh", "r", "Refresh", "Read the list again", rank=15),
    Action("files.back", "escape", "Back", "Clear the search, then to the images", in_footer=False, key_display="esc"),
    Action("files_table.cursor_down", "j,down", "Down", "Next file", in_footer=False),
    Action("files_table.cursor_up", "k,up", "Up", "File before", in_footer=False),
    Action("files_table.page_down", "pagedown,ctrl+d", "Page down", "One page down", in_footer=False),
    Action("files_table.page_up", "pageup,ctrl+u", "Page up", "One page up", in_footer=False),
    Action("files_table.scroll_top", "g,home", "First", "First file", in_footer=False),
    Action("files_table.scroll_bottom", "G,end", "Last", "Last file", in_footer=False),
    # Hosts
    Action("hosts.new", "n", "New", "Add a Docker host", rank=10),
    Action("hosts.details", "enter", "Details", "Everything about this host", rank=11, key_display="enter"),
    Action("hosts.edit", "E", "Edit", "Change the host's settings", rank=13, key_display="E"),
    Action("hosts.toggle_enabled", "e", "Enable/Disable", "Whether the host takes new builds", rank=14),
    Action("hosts.check", "r", "Check", "Look at the selected host now", rank=12),
    Action("hosts.import_contexts", "i", "Import", "Make hosts of the server account's docker contexts", rank=17),
    Action("hosts.prune", "p,P", "Prune", "Free disk space on the host, after a look at what could go", rank=15),
    Action("hosts.delete", "d", "Delete", "Delete the host's record", rank=16),
    Action("hosts.search", "slash", "Search", "Find hosts by name, address, label or state", rank=18, key_display="/"),
    Action("hosts.back", "escape", "Back", "Clear the search, then to the images", in_footer=False, key_display="esc"),
    Action("hosts_table.cursor_down", "j,down", "Down", "Next host", in_footer=False),
    Action("hosts_table.cursor_up", "k,up", "Up", "Host before", in_footer=False),
    Action("hosts_table.page_down", "pagedown,ctrl+d", "Page down", "One page down", in_footer=False),
    Action("hosts_table.page_up", "pageup,ctrl+u", "Page up", "One page up", in_footer=False),
    Action("hosts_table.scroll_top", "g,home", "First", "First host", in_footer=False),
    Action("hosts_table.scroll_bottom", "G,end", "Last", "Last host", in_footer=False),
    # One host
    Action("host.next_tab", "right_square_bracket", "Next tab", "To the tab on the right", key_display="]", rank=30),
    Action("host.previous_tab", "left_square_bracket", "Tab before", "To the left", in_footer=False, key_display="["),
    Action("host.show_overview", "1", "Overview", "The host's state, engine and abilities", in_footer=False),
    Action("host.show_queue", "2", "Queue", "Builds that run and wait there", in_footer=False),
    Action("host.show_disk", "3", "Disk", "What fills the host's disk", in_footer=False),
    Action("host.show_settings", "4", "Settings", "What is configured", in_footer=False),
    Action("host.measure", "u", "Measure", "Measure again what fills the disk", rank=9),
    Action("host.edit", "E", "Edit", "Change the host's settings", rank=12, key_display="E"),
    Action("host.toggle_enabled", "e", "Enable/Disable", "Whether the host takes new builds", rank=13),
    Action("host.check", "r", "Check", "Look at the host now", rank=11),
    Action("host.prune", "p,P", "Prune", "Free disk space, after a look at what could go", rank=14),
    Action("host.delete", "d", "Delete", "Delete the host's record after typing its name", rank=15),
    Action("host.back", "escape", "Back", "To the list", key_display="esc", rank=4),
    # The builds of one host
    Action("queue.cursor_down", "j,down", "Down", "Next build", in_footer=False),
    Action("queue.cursor_up", "k,up", "Up", "Build before", in_footer=False),
    Action("queue.page_down", "pagedown,ctrl+d", "Page down", "One page down", in_footer=False),
    Action("queue.page_up", "pageup,ctrl+u", "Page up", "One page up", in_footer=False),
    Action("queue.scroll_top", "g,home", "First", "First build", in_footer=False),
    Action("queue.scroll_bottom", "G,end", "Last", "Last build", in_footer=False, key_display="G"),
    Action("queue.open", "enter", "Log", "Steps and log of this build", key_display="enter", rank=6),
    Action("queue.move", "m", "Move", "Move the queued build to another host", rank=5),
    Action("queue.cancel", "c", "Cancel", "Cancel the queued or running build", rank=7),
    # The host form
    Action("host_form.save", "ctrl+o,f2", "Save", "Store it, and look at the host at once", rank=10, key_display="^o"),
    Action(
        "host_form.next_problem",
        "ctrl+t,f8",
        "Next problem",
        "To the next field with a problem",
        rank=11,
        key_display="^t",
    ),
    Action("host_form.leave", "escape", "Back", "Out of the form", rank=12, key_display="esc"),
    Action("host_form.detach", "q", "Quit", "Leave; builds go on in the background", in_footer=False),
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
    Action("prune.accept", "y", "Prune", "Remove what is ticked", in_footer=False),
    Action("prune.refuse", "escape,n", "No", "Remove nothing", in_footer=False),
    Action("prune.next", "right,down,j", "Next", "Next box or button", in_footer=False),
    Action("prune.previous", "left,up,k", "Previous", "Box or button before", in_footer=False),
    Action("imported.close", "escape,q", "Close", "Back to the hosts", in_footer=False),
    Action("imported.scroll_down", "down,j", "Down", "Scroll a long list", in_footer=False),
    Action("imported.scroll_up", "up,k", "Up", "Scroll a long list", in_footer=False),
    Action("archive_file.accept", "ctrl+o,f2", "Store", "Store it", key_display="^o"),
    Action("archive_file.cancel", "escape", "Cancel", "Store nothing", key_display="esc"),
    Action("secret.cancel", "escape", "Cancel", "Store nothing", key_display="esc"),
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
