"""The app: areas, connection, and what every screen has in common."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from textual.app import App
from textual.driver import Driver
from textual.events import DescendantFocus, Key
from textual.events import Event as TerminalEvent
from textual.screen import Screen
from textual.signal import Signal

from trailer_tui.app.actions import bindings
from trailer_tui.app.connection import Connection, Connector, NoClient, find_server
from trailer_tui.app.key_order import KeyOrder
from trailer_tui.app.reporting import report
from trailer_tui.app.screens.images import ImagesScreen
from trailer_tui.app.session import Session, refresh_seconds
from trailer_tui.app.settings import AppSettings, key_clashes, read_settings
from trailer_tui.app.situation import Situation
from trailer_tui.app.stylesheets import stylesheets
from trailer_tui.app.themes import THEMES
from trailer_tui.model.errors import TrailerError

if TYPE_CHECKING:
    from textual.command import Provider

    from trailer_tui.app.screens.offline import OfflineScreen
    from trailer_tui.client.client import TrailerClient
    from trailer_tui.model.events import Event

EXIT_NO_TERMINAL = 2


def palette_provider() -> type[Provider]:
    """The palette's entries, imported when it opens."""
    from trailer_tui.app.palette import TrailerCommands

    return TrailerCommands


class TrailerApp(App[None]):
    """Screens over one server; the server goes on without it."""

    TITLE = "Trailer"
    CSS_PATH = [str(path) for path in stylesheets()]
    BINDINGS = bindings("app")
    DEFAULT_MODE = "images"
    COMMANDS = {palette_provider}
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-normal"), (150, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]

    def __init__(
        self,
        *,
        settings: AppSettings | None = None,
        connector: Connector = find_server,
        clock: Callable[[], float] = time.time,
        driver_class: type[Driver] | None = None,
    ) -> None:
        """
        Args:
            settings: what the user configured; None means the defaults.
            connector: finds or starts the server.
            clock: seconds since the epoch, for ages.
            driver_class: the terminal's driver; None means Textual's own.
        """
        self._settings = settings or AppSettings()
        super().__init__(driver_class=driver_class)
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = self._settings.theme
        events: Signal[Event] = Signal(self, "server-events")
        client = cast("TrailerClient", NoClient())
        self.session = Session(client, events, refresh_seconds(self._settings.refresh_hz), clock)
        self.situation = Situation()
        self.situation_changed: Signal[Situation] = Signal(self, "situation-changed")
        self._connection = Connection(self.session, self, connector)
        self._key_order = KeyOrder(self)
        self._images = ImagesScreen(self.session)
        self.add_mode("images", lambda: self._images)
        self.add_mode("templates", self._make_templates)
        self.add_mode("files", self._make_files)
        self.add_mode("hosts", self._make_hosts)
        self._offline: OfflineScreen | None = None

    def _make_templates(self) -> Screen[None]:
        from trailer_tui.app.screens.templates import TemplatesScreen

        return TemplatesScreen(self.session)

    def _make_files(self) -> Screen[None]:
        from trailer_tui.app.screens.files import FilesScreen

        return FilesScreen(self.session)

    def _make_hosts(self) -> Screen[None]:
        from trailer_tui.app.screens.hosts import HostsScreen

        return HostsScreen(self.session)

    async def on_event(self, event: TerminalEvent) -> None:
        """Hand keys on in their order, each when the one before it has settled."""
        if not isinstance(event, Key) or event.is_forwarded:
            await super().on_event(event)
        elif self._key_order.takes(event):
            await super().on_event(event)
            self._key_order.handed_on()

    # Start

    def on_mount(self) -> None:
        """Paint first, connect then."""
        if self._settings.keys:
            self.set_keymap(self._settings.keys)
        self.call_after_refresh(self._first_frame_done)

    def _first_frame_done(self) -> None:
        gc.freeze()
        gc.enable()
        self.run_worker(self._connection.keep(), group="connection", exit_on_error=True)
        if self._settings.problem is not None:
            report(self, self._settings.problem)
        clashes = key_clashes(self._settings.keys)
        if clashes:
            self.notify("\n".join(clashes), title="Two actions on one key", severity="warning", markup=False)

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """A text cursor that blinks writes a line twice a second, all day."""
        if getattr(event.widget, "cursor_blink", False):
            setattr(event.widget, "cursor_blink", False)  # noqa: B010  # of several widgets, none imported here

    @property
    def _background_screens(self) -> list[Screen[Any]]:
        """None below a full screen: Textual repaints all of it whenever something below it changes."""
        return super()._background_screens if self.screen.is_modal else []

    # The connection, as `connection.Watcher`

    def connection_waits(self, text: str) -> None:
        """Connecting takes a moment."""
        if self._offline is not None:
            self._offline.say(text)
        self._images.server_waits(text)

    async def connection_made(self) -> None:
        """Show the rows first; what the top bar says can wait."""
        if self._offline is not None:
            self._offline.dismiss(None)
            self._offline = None
        self._images.server_ready()
        self._refresh_keys()

    def connection_failed(self, error: TrailerError) -> None:
        """No server, and none could be started."""
        if self._offline is not None:
            self._offline.show(error)
            return
        from trailer_tui.app.screens.offline import OfflineScreen

        self._offline = OfflineScreen(error, self._connection.retry)
        self.push_screen(self._offline)

    def connection_lost(self, error: TrailerError | None) -> bool:
        """The server went away; start another one only when its builds were cut off."""
        self.session.client = cast("TrailerClient", NoClient())
        had_builds = bool(self.situation.builds)
        self.situation.trouble = "✖ no server · reconnecting · r starts one"
        self.situation_changed.publish(self.situation)
        self._refresh_keys()
        return had_builds

    def event_received(self, event: Event) -> None:
        """Pass it on to the screens."""
        if event.event in ("hello", "resync"):
            self._learn_situation()
        elif self.situation.apply(event):
            self.situation_changed.publish(self.situation)
        if event.event != "heartbeat":
            self.session.events.publish(event)

    def _refresh_keys(self) -> None:
        if self.screen_stack:  # on the way out there is no screen any more, and the connection may still say something
            self.screen.refresh_bindings()

    def _learn_situation(self) -> None:
        self.situation.ask()
        self.run_worker(self._read_situation(), group="situation", exclusive=True, exit_on_error=False)

    async def _read_situation(self) -> None:
        client = self.session.client
        try:
            info = await client.info()
            self.session.introduce(info)
            self.situation.read(info, await client.active_builds(), await client.hosts())
        except TrailerError as error:
            self.situation.give_up()
            report(self, error)
        self.situation_changed.publish(self.situation)
        self._refresh_keys()

    # Actions of the whole app

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self.is_cut_off if action == "reconnect" else super().check_action(action, parameters)

    @property
    def is_cut_off(self) -> bool:
        """Whether the server went away and is not back yet."""
        return bool(self.situation.trouble)

    async def action_show_images(self) -> None:
        """The Images area."""
        await self.switch_mode("images")

    async def action_show_templates(self) -> None:
        """The Templates area."""
        await self.switch_mode("templates")

    async def action_show_files(self) -> None:
        """The Files area."""
        await self.switch_mode("files")

    async def action_show_hosts(self) -> None:
        """The Hosts area."""
        await self.switch_mode("hosts")

    def action_reconnect(self) -> None:
        """Look for the server now, and start one if there is none."""
        self._connection.retry()

    def action_help(self) -> None:
        """Every key that works here."""
        from trailer_tui.app.screens.help import HelpScreen, help_lines

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(help_lines(self.screen)))

    def action_command_palette(self) -> None:
        """Any action by name."""
        from trailer_tui.app.palette import Palette

        if not isinstance(self.screen, Palette):
            self.push_screen(Palette(id="--command-palette"))

    def action_help_quit(self) -> None:
        """ctrl+c with nothing selected: say how to leave."""
        self.notify("q leaves; builds go on in the background", timeout=4, markup=False)

    def action_detach(self) -> None:
        """Leave; the server goes on."""
        self.exit()


def run() -> int:
    """Run the app on this terminal.

    Returns:
        The exit code: 0 after quitting, 2 without a terminal, 129 when the terminal went away, 143 when told to end.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        sys.stderr.write("trailer: the app needs a terminal; `trailer ls` and `trailer --help` work without one\n")
        return EXIT_NO_TERMINAL
    from trailer_tui.app.driver import TerminalDriver

    gc.disable()
    settings = read_settings()
    app = TrailerApp(settings=settings, driver_class=TerminalDriver)
    app.run(mouse=settings.mouse)
    farewell = app.situation.farewell()
    if farewell and not app.return_code:
        sys.stdout.write(farewell + "\n")
    return app.return_code or 0
